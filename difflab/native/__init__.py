"""Loops that Numba compiles, on plain arrays. Imported when a function that runs one is first called."""

from .threading_layer import choose_threading_layer

choose_threading_layer()
