"""Memory that is freed stays with the process, for the next array of its size.

The C library gives large blocks back to the system when they are freed, and each new one is then mapped page by page:
a step of a small convolutional network, which makes and frees the same arrays each time, met 4,000 page faults, which
took 14 of its 37 ms.
"""

import ctypes
import os
from functools import cache

KEPT = 1 << 28
"""Bytes of free memory at the end of the heap that are not given back."""
LARGEST = 1 << 25
"""Bytes from which a block is mapped by itself, and given back: as many as glibc allows."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""As glibc numbers the parameters of mallopt(3)."""


@cache
def keep_freed_memory() -> None:
    """Let the C library keep what is freed, where it is glibc, and unless the environment says what it shall do."""
    if "MALLOC_TRIM_THRESHOLD_" in os.environ or "MALLOC_MMAP_THRESHOLD_" in os.environ:
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, KEPT)
        mallopt(_MMAP_THRESHOLD, LARGEST)
