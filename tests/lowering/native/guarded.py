"""Arrays directly before, or behind, memory that nobody may touch: a read or write out of bounds ends the process."""

import ctypes
import mmap
from typing import Any

import numpy as np

PAGE = mmap.PAGESIZE
_LIBC = ctypes.CDLL(None, use_errno=True)


def guarded(array: Any, *, at_end: bool = True) -> Any:
    """Copy an array of entries in order to where it ends, or begins, at a page that cannot be read.

    Its memory is never given back: tests are short.
    """
    array = np.ascontiguousarray(array)
    pages = -(-array.nbytes // PAGE)
    _LIBC.mmap.restype = ctypes.c_void_p
    _LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    _LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    size = (pages + 2) * PAGE
    base = _LIBC.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    assert base not in (None, ctypes.c_void_p(-1).value)
    for page in (0, pages + 1):
        assert _LIBC.mprotect(base + page * PAGE, PAGE, 0) == 0
    begin = base + PAGE + (pages * PAGE - array.nbytes if at_end else 0)
    memory = np.frombuffer((ctypes.c_char * array.nbytes).from_address(begin), np.uint8)
    result = memory.view(array.dtype).reshape(array.shape)
    result[...] = array
    assert result.ctypes.data == begin
    return result
