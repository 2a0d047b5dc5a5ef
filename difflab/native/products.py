"""Products of matrices, divided among the threads of compiled loops.

NumPy's OpenBLAS would divide them too, but its threads go on spinning for some twenty milliseconds after each
product, and take the processor from the loops that follow: training steps with both took twice as long.
"""

from typing import Any

import numba
import numpy as np

from ..pool import empty
from .blas import products_in_one_thread
from .threads import parallel

TINY = 1 << 18
"""Multiplications up to which OpenBLAS starts no threads, and NumPy's own product costs least."""
SMALL = 1 << 22
"""Multiplications up to which starting threads costs more than they save."""

_serial = numba.njit(cache=True, error_model="numpy")


@_serial
def _multiply_alone(a: Any, b: Any, result: Any) -> None:
    np.dot(a, b, result)


@parallel
def _multiply(a: Any, b: Any, result: Any, parts: int) -> None:
    for part in numba.prange(parts):
        first, last = part * len(a) // parts, (part + 1) * len(a) // parts
        np.dot(a[first:last], b, result[first:last])


@parallel
def _multiply_transposed(a: Any, b: Any, results: Any) -> None:
    parts = len(results)
    for part in numba.prange(parts):
        first, last = part * len(a) // parts, (part + 1) * len(a) // parts
        np.dot(a[first:last].T, b[first:last], results[part])


def multiply(a: Any, b: Any) -> Any:
    """Give a b, of matrices (n, k) and (k, m) of one dtype.

    >>> multiply(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    if (multiplications := a.size * b.shape[1]) <= TINY:
        return np.matmul(a, b, out=empty((a.shape[0], b.shape[1]), a.dtype))
    result = empty((a.shape[0], b.shape[1]), a.dtype)
    a, b, parts = _contiguous(a), _contiguous(b), min(a.shape[0], numba.get_num_threads())
    with products_in_one_thread():
        if multiplications <= SMALL or not a.flags.c_contiguous:
            _multiply_alone(a, b, result)
        else:
            _multiply(a, b, result, parts)
    return result


def multiply_transposed(a: Any, b: Any) -> Any:
    """Give aᵀ b, of matrices (k, n) and (k, m) of one dtype.

    >>> multiply_transposed(np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    if a.size * b.shape[1] <= SMALL:
        return multiply(a.T, b)
    results = empty((min(len(a), numba.get_num_threads()), a.shape[1], b.shape[1]), a.dtype)
    with products_in_one_thread():
        _multiply_transposed(np.ascontiguousarray(a), np.ascontiguousarray(b), results)
    total = empty(results.shape[1:], a.dtype)
    return np.sum(results, axis=0, out=total)


def _contiguous(matrix: Any) -> Any:
    """Give a matrix whose rows, or columns, lie one after another: a view where they do."""
    return matrix if matrix.flags.f_contiguous else np.ascontiguousarray(matrix)
