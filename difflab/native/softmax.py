"""Softmax and its relatives, over the rows of a matrix."""

import math
from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL, exp
from .sums import inner, total


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _exponentials(row: Any, result: Any) -> Any:
    """Write exp(row - max(row)); give the maximum and the sum."""
    maximum = row.dtype.type(-np.inf)
    for j in range(row.size):
        maximum = row[j] if row[j] > maximum else maximum
    for j in range(row.size):
        result[j] = exp(row[j] - maximum)
    return maximum, total(result)


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def softmax(x: Any, y: Any) -> None:
    """Write the softmax of each row of x into y."""
    for i in range(x.shape[0]):
        _, summed = _exponentials(x[i], y[i])
        inverse = x.dtype.type(1) / summed
        for j in range(x.shape[1]):
            y[i, j] *= inverse


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def softmax_or_zeros(x: Any) -> None:
    """Replace each row by its softmax, and one of -infinity alone by zeros."""
    zero, nothing = x.dtype.type(0), x.dtype.type(-np.inf)
    for i in range(x.shape[0]):
        if np.all(x[i] == nothing):
            x[i, :] = zero
            continue
        _, summed = _exponentials(x[i], x[i])
        inverse = x.dtype.type(1) / summed
        for j in range(x.shape[1]):
            x[i, j] *= inverse


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def softmax_back(cotangent: Any, y: Any, result: Any) -> None:
    """Write y (ȳ - ⟨ȳ, y⟩), row by row."""
    for i in range(y.shape[0]):
        mean = inner(cotangent[i], y[i])
        for j in range(y.shape[1]):
            result[i, j] = y[i, j] * (cotangent[i, j] - mean)


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def log_softmax(x: Any, y: Any) -> None:
    """Write the logarithm of the softmax of each row of x into y."""
    for i in range(x.shape[0]):
        maximum, summed = _exponentials(x[i], y[i])
        logarithm = x.dtype.type(math.log(summed))
        for j in range(x.shape[1]):
            y[i, j] = (x[i, j] - maximum) - logarithm


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def log_softmax_back(cotangent: Any, y: Any, result: Any) -> None:
    """Write ȳ - exp(y) Σ ȳ, row by row."""
    for i in range(y.shape[0]):
        flow = total(cotangent[i])
        for j in range(y.shape[1]):
            result[i, j] = cotangent[i, j] - exp(y[i, j]) * flow


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def cross_entropy(logits: Any, labels: Any, smoothing: Any, probabilities: Any, losses: Any) -> None:
    """Write the softmax of each row, and its cross-entropy with the row's label, smoothed."""
    one = logits.dtype.type(1)
    share = smoothing / logits.dtype.type(logits.shape[1])
    for i in range(logits.shape[0]):
        maximum, summed = _exponentials(logits[i], probabilities[i])
        inverse = one / summed
        below = logits.dtype.type(0)
        for j in range(logits.shape[1]):
            probabilities[i, j] *= inverse
            below += maximum - logits[i, j]
        distance = (one - smoothing) * (maximum - logits[i, labels[i]]) + share * below
        losses[i] = distance + logits.dtype.type(math.log(summed))
