"""Memory that is used again: a buffer for each thread, so that passing values cost no page faults."""

import threading

import numpy as np

from ...types import Array

LARGEST = 1 << 24
"""Bytes of the largest buffer that is kept."""


class _Buffers(threading.local):
    def __init__(self) -> None:
        self.bytes = np.empty(0, np.uint8)


_BUFFERS = _Buffers()


def scratch(count: int, dtype: np.dtype) -> Array:
    """Give `count` entries of any value, which hold until the thread asks for the next.

    >>> scratch(3, np.dtype(np.float32)).shape
    (3,)
    """
    size = count * dtype.itemsize
    if size > LARGEST:
        return np.empty(count, dtype)
    if size > _BUFFERS.bytes.size:
        _BUFFERS.bytes = np.empty(size, np.uint8)
    return _BUFFERS.bytes[:size].view(dtype)
