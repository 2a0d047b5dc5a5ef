"""Loops compiled for one thread, and for several, which are faster where there is enough to do."""

import threading
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any

import numba

from .threading_layer import choose_threading_layer

_ONE_AT_A_TIME = threading.Lock()

Loop = Callable[..., Any]


def parallel(loop: Loop, **options: Any) -> Loop:
    """Compile a loop over `numba.prange` for several threads; any number of Python's threads may run it at once."""
    compiled: Loop = numba.njit(cache=True, error_model="numpy", parallel=True, **options)(loop)
    return compiled if choose_threading_layer() else _one_at_a_time(compiled)


def _one_at_a_time(loop: Loop) -> Loop:
    @wraps(loop)
    def run(*arguments: Any) -> Any:
        with _ONE_AT_A_TIME:
            return loop(*arguments)

    return run


def serial_and_parallel(loop: Loop, **options: Any) -> tuple[Loop, Loop]:
    """Compile a loop over `numba.prange` for one thread and for several.

    The second is compiled from a twin of another name: the cache goes by names, and would give one for the other.
    """
    twin = FunctionType(loop.__code__, loop.__globals__)
    twin.__qualname__ = f"{loop.__qualname__}_in_threads"
    serial = numba.njit(cache=True, error_model="numpy", **options)(loop)
    return serial, parallel(twin, **options)
