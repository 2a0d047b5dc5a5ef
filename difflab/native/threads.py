"""Loops compiled for one thread, and for several, which are faster where there is enough to do."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba

Loop = Callable[..., Any]


def parallel(loop: Loop, **options: Any) -> Loop:
    """Compile a loop over `numba.prange` for several threads."""
    compiled: Loop = numba.njit(cache=True, error_model="numpy", parallel=True, **options)(loop)
    return compiled


def serial_and_parallel(loop: Loop, **options: Any) -> tuple[Loop, Loop]:
    """Compile a loop over `numba.prange` for one thread and for several.

    The second is compiled from a twin of another name: the cache goes by names, and would give one for the other.
    """
    twin = FunctionType(loop.__code__, loop.__globals__)
    twin.__qualname__ = f"{loop.__qualname__}_in_threads"
    serial = numba.njit(cache=True, error_model="numpy", **options)(loop)
    return serial, parallel(twin, **options)
