"""Gradients of plain NumPy functions, timed in difflab's methods and in other engines."""
