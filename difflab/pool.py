"""Arrays whose memory is used again once nothing refers to them: so that a step that is replayed takes none anew.

>>> pool = Pool()
>>> with pool:
...     address = empty((3,), np.dtype(float)).ctypes.data
...     address == empty((3,), np.dtype(float)).ctypes.data
True
"""

import threading
from contextvars import ContextVar, Token
from sys import getrefcount
from typing import Any

import numpy as np

from .types import Array


class Pool(threading.local):
    """Arrays that were handed out, by shape and dtype, each thread's apart; a context, in which they are drawn from."""

    def __init__(self) -> None:
        self.arrays: dict[Any, list[Array]] = {}
        self.tokens: list[Token[Pool | None]] = []

    def __enter__(self) -> None:
        self.tokens.append(_current.set(self))

    def __exit__(self, *error: object) -> None:
        _current.reset(self.tokens.pop())

    def empty(self, shape: tuple[int, ...], dtype: np.dtype) -> Array:
        """Give an array that nothing else refers to, of any entries."""
        found = self.arrays.setdefault((shape, dtype), [])
        for array in found:
            if getrefcount(array) == _UNSHARED:
                return array
        array = np.empty(shape, dtype)
        found.append(array)
        return array


_current: ContextVar[Pool | None] = ContextVar("pool", default=None)


def _count_of_listed() -> int:
    """Say what is counted of an array that only a list and the loop over it refer to."""
    for array in [np.empty(0)]:
        count = getrefcount(array)
    return count


_UNSHARED = _count_of_listed()


_NUMPY = np.empty(0)


def empty(shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """Give an array of any entries, of memory that is used again where a pool is drawn from."""
    pool = _current.get()
    return np.empty(shape, dtype) if pool is None else pool.empty(shape, dtype)


def zeros(shape: tuple[int, ...], dtype: np.dtype, like: Array = _NUMPY) -> Array:
    """Give an array of zeros, likewise; of another library, as np.zeros does, if `like` is of one."""
    pool = _current.get()
    if pool is None or type(like) is not np.ndarray:
        return np.zeros(shape, dtype, like=like)
    array = pool.empty(shape, dtype)
    array.fill(0)
    return array


def empty_like(array: Array) -> Array:
    """Give an array like another, in the order of its memory, likewise."""
    return empty(array.shape, array.dtype) if array.flags.c_contiguous else np.empty_like(array)


def zeros_like(array: Array) -> Array:
    """Give zeros like another array, likewise."""
    return zeros(array.shape, array.dtype) if array.flags.c_contiguous else np.zeros_like(array)


def copied(array: Array) -> Array:
    """Give a copy of an array, row by row in memory, likewise."""
    copy = empty(array.shape, array.dtype)
    copy[...] = array
    return copy
