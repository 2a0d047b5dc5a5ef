"""The engines: forward, reverse, batch and trace, all by NumPy's own protocols."""
