"""Training steps, recorded once and replayed: forward, backward, and what an optimizer does."""
