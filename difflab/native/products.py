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
def _multiply_by_columns(a: Any, transposed: Any, blocks: Any, result: Any) -> None:
    parts, columns = len(blocks), len(transposed)
    for part in numba.prange(parts):
        first, last = part * columns // parts, (part + 1) * columns // parts
        block = blocks[part, : len(a) * (last - first)].reshape(len(a), last - first)
        np.dot(a, transposed[first:last].T, block)
        result[:, first:last] = block


@parallel
def _sum_products(a: Any, b: Any, results: Any) -> None:
    parts = len(results)
    for part in numba.prange(parts):
        first, last = part * len(a) // parts, (part + 1) * len(a) // parts
        np.dot(a[first:last].T, b[first:last], results[part])


@parallel
def _multiply_by_rows(a: Any, b: Any, result: Any, parts: int) -> None:
    for part in numba.prange(parts):
        first, last = part * len(result) // parts, (part + 1) * len(result) // parts
        np.dot(np.ascontiguousarray(a[:, first:last]).T, b, result[first:last])


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
        elif b.flags.f_contiguous and len(a) < b.shape[1]:  # each thread then reorders a part of b alone, not all of it
            parts = min(b.shape[1], numba.get_num_threads())
            blocks = empty((parts, len(a) * -(-b.shape[1] // parts)), a.dtype)
            _multiply_by_columns(a, b.T, blocks, result)
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
    a, b, threads = np.ascontiguousarray(a), np.ascontiguousarray(b), numba.get_num_threads()
    result = empty((a.shape[1], b.shape[1]), a.dtype)
    if len(a) < len(result):
        with products_in_one_thread():
            _multiply_by_rows(a, b, result, min(len(result), threads))
        return result
    results = empty((min(len(a), threads), *result.shape), a.dtype)
    with products_in_one_thread():
        _sum_products(a, b, results)
    return summed(results, result)


def summed(parts: Any, result: Any) -> Any:
    """Add up arrays along the first axis, which NumPy's sum does in three times the time where they are few and large.

    >>> summed(np.ones((3, 2)), np.empty(2))
    array([3., 3.])
    """
    if len(parts) == 1:
        result[...] = parts[0]
    else:
        np.add(parts[0], parts[1], out=result)
    for part in parts[2:]:
        result += part
    return result


def _contiguous(matrix: Any) -> Any:
    """Give a matrix whose rows, or columns, lie one after another: a view where they do."""
    return matrix if matrix.flags.f_contiguous else np.ascontiguousarray(matrix)
