"""Loops that Numba compiles, on plain arrays. Imported when a function that runs one is first called."""

import numba

# OpenMP's threads wait for work by spinning, and keep the processor from OpenBLAS's: a product after a loop takes ten
# times as long. Those of the workqueue sleep.
numba.config.THREADING_LAYER = "workqueue"
