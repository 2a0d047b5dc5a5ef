"""Loops compiled twice: for one thread, and for several, which are faster where there is enough to do."""

from types import FunctionType
from typing import Any

import numba


def serial_and_parallel(loop: Any, **options: Any) -> tuple[Any, Any]:
    """Compile a loop over `numba.prange` for one thread and for several.

    The second is compiled from a twin of another name: the cache goes by names, and would give one for the other.
    """
    twin = FunctionType(loop.__code__, loop.__globals__)
    twin.__qualname__ = f"{loop.__qualname__}_in_threads"
    serial = numba.njit(cache=True, error_model="numpy", **options)(loop)
    return serial, numba.njit(cache=True, error_model="numpy", parallel=True, **options)(twin)
