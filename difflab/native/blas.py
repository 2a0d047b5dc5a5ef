"""Products of matrices inside compiled loops, each in one thread: the loop itself is what the threads divide.

Numba's `np.dot` calls the BLAS library that SciPy came with. Called from several threads at once, that would start
threads of its own in each.
"""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numba
import numpy as np
from threadpoolctl import ThreadpoolController

from .threads import parallel

TOUCHED = 512
"""Rows and columns of the product that a thread begins with."""


@parallel
def _touch(matrix: Any, results: Any) -> None:
    for thread in numba.prange(len(results)):
        np.dot(matrix, matrix, results[thread])


@cache
def _libraries() -> tuple[Any, ...]:
    """Find the library that compiled products call, and let each thread touch the memory that it packs matrices into.

    OpenBLAS prefetches beyond what it has packed. Where those pages were never written, each prefetch walks the page
    tables: products of small matrices took up to three times as long before the first large one, and do so ever after.
    """
    import scipy.linalg.cython_blas  # noqa: F401  (loads the library)

    found = ThreadpoolController().select(user_api="blas").lib_controllers
    libraries = tuple(library for library in found if "scipy" in Path(library.filepath).parent.name) or tuple(found)
    counts = [library.num_threads for library in libraries]
    threads = numba.get_num_threads()
    _set(libraries, [1] * len(libraries))
    for dtype in (np.float32, np.float64):
        _touch(np.ones((TOUCHED, TOUCHED), dtype), np.empty((threads, TOUCHED, TOUCHED), dtype))
    _set(libraries, counts)
    return libraries


def _set(libraries: Sequence[Any], counts: Sequence[int]) -> None:
    for library, count in zip(libraries, counts, strict=True):
        library.set_num_threads(count)


class _InOneThread:
    """Sets the number of threads when the first block begins, of all threads, and sets it back when the last ends."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.begin_anew()

    def begin_anew(self) -> None:
        self.lock = Lock()
        self.running = 0

    def __enter__(self) -> None:
        with self.lock:
            if not self.running:
                libraries = _libraries()
                self.counts = [library.num_threads for library in libraries]
                _set(libraries, [1] * len(libraries))
            self.running += 1

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.running = max(0, self.running - 1)  # a block that a fork left has been forgotten
            if not self.running:
                _set(_libraries(), self.counts)


_in_one_thread = _InOneThread()
os.register_at_fork(after_in_child=_in_one_thread.begin_anew)  # threads that were inside are not there


def products_in_one_thread() -> _InOneThread:
    """Give the context in which each `np.dot` of compiled code takes one thread; inside another it costs nothing."""
    return _in_one_thread
