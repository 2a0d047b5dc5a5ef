"""Sums over one run of numbers, in any order, so that they become vector instructions."""

from typing import Any

import numba

from .exponential import CAREFUL

_ANY_ORDER = CAREFUL | {"reassoc"}


@numba.njit(fastmath=_ANY_ORDER, error_model="numpy")
def total(row: Any) -> Any:
    """Give Σ a."""
    result = row.dtype.type(0)
    for j in range(row.size):
        result += row[j]
    return result


@numba.njit(fastmath=_ANY_ORDER, error_model="numpy")
def inner(row: Any, other: Any) -> Any:
    """Give Σ a b."""
    result = row.dtype.type(0)
    for j in range(row.size):
        result += row[j] * other[j]
    return result


@numba.njit(fastmath=_ANY_ORDER, error_model="numpy")
def squares_around(row: Any, mean: Any) -> Any:
    """Give Σ (a - mean)²."""
    result = row.dtype.type(0)
    for j in range(row.size):
        distance = row[j] - mean
        result += distance * distance
    return result


@numba.njit(fastmath=_ANY_ORDER, error_model="numpy")
def inner_around(row: Any, mean: Any, other: Any) -> Any:
    """Give Σ (a - mean) b."""
    result = row.dtype.type(0)
    for j in range(row.size):
        result += (row[j] - mean) * other[j]
    return result
