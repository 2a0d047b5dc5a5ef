"""Training steps of difflab and of other engines, on the same networks and examples."""
