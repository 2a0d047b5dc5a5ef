"""Loops that Numba compiles, on plain arrays. Imported when a function that runs one is first called."""

from ..heap import keep_freed_memory
from .threading_layer import choose_threading_layer

choose_threading_layer()
keep_freed_memory()
