"""Softmax and its logarithm.

Both subtract the largest entry before they exponentiate, so that nothing overflows (Blanchard, Higham and Higham, IMA
Journal of Numerical Analysis 41, 2021).
"""

import math
from collections.abc import Collection

import numpy as np

from ...errors import InvalidArgument
from ...pool import empty, empty_like
from ...types import Array
from ..table import fused


def _checked_axis(x: Array, axis: int) -> int:
    rank = np.ndim(x)
    if not -rank <= axis < rank:
        remedy = f"give one from {-rank} to {rank - 1}" if rank else "give the number an axis, x[None]"
        raise InvalidArgument(f"There is no axis {axis} in an array of shape {np.shape(x)}: {remedy}.")
    return axis % rank


def _rows(x: Array, axis: int) -> Array:
    """Give a matrix whose rows lie along an axis of x."""
    moved = np.moveaxis(x, axis, -1)
    return moved.reshape(math.prod(moved.shape[:-1]), moved.shape[-1])


def _from_rows(rows: Array, like: Array, axis: int) -> Array:
    """Undo `_rows`, for an array of the shape of `like`."""
    return np.moveaxis(rows.reshape(np.moveaxis(like, axis, -1).shape), -1, axis)


def _softmax(x: Array, *, axis: int = -1) -> tuple[Array, Array]:
    from ...native import softmax

    rows = _rows(x, _checked_axis(x, axis))
    y = empty(rows.shape, rows.dtype)
    softmax.softmax(rows, y)
    return _from_rows(y, x, axis), y


def _softmax_back(cotangent: Array, y: Array, needed: Collection[int], *, axis: int = -1) -> tuple[Array]:
    from ...native import softmax

    result = empty_like(y)
    softmax.softmax_back(_rows(cotangent, axis), y, result)
    return (_from_rows(result, cotangent, axis),)


def _shifted(x: Array, axis: int) -> Array:
    return x - np.max(x, axis, keepdims=True)


@fused(_softmax, _softmax_back, ("axis",))
def softmax(x: Array, *, axis: int = -1) -> Array:
    """Give exp(x) / Σ exp(x) along an axis.

    Raises:
        InvalidArgument: there is no such axis.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    e = np.exp(_shifted(x, _checked_axis(x, axis)))
    return e / np.sum(e, axis, keepdims=True)


def _log_softmax(x: Array, *, axis: int = -1) -> tuple[Array, Array]:
    from ...native import softmax

    rows = _rows(x, _checked_axis(x, axis))
    y = empty(rows.shape, rows.dtype)
    softmax.log_softmax(rows, y)
    return _from_rows(y, x, axis), y


def _log_softmax_back(cotangent: Array, y: Array, needed: Collection[int], *, axis: int = -1) -> tuple[Array]:
    from ...native import softmax

    result = empty_like(y)
    softmax.log_softmax_back(_rows(cotangent, axis), y, result)
    return (_from_rows(result, cotangent, axis),)


@fused(_log_softmax, _log_softmax_back, ("axis",))
def log_softmax(x: Array, *, axis: int = -1) -> Array:
    """Give x - log Σ exp(x) along an axis.

    Raises:
        InvalidArgument: there is no such axis.

    >>> log_softmax(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """
    shifted = _shifted(x, _checked_axis(x, axis))
    return shifted - np.log(np.sum(np.exp(shifted), axis, keepdims=True))
