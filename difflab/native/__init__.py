"""Loops that Numba compiles, on plain arrays. Imported when a function that runs one is first called."""
