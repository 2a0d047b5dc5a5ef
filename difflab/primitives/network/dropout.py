"""Dropout (Srivastava and others, JMLR 15, 2014), given which entries are kept."""

from collections.abc import Collection
from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...pool import empty_like
from ...types import Array
from ..table import fused
from .memory import flat


def _check(x: Array, keep: Array, rate: float) -> None:
    if not 0 <= rate < 1:
        raise InvalidArgument(f"The rate of dropout is the share, from 0 to below 1, that is dropped: not {rate!r}.")
    if np.shape(keep) != np.shape(x):
        raise InvalidArgument(
            f"Dropout of an array of shape {np.shape(x)} is told of each entry whether to keep it: give truth values "
            f"of that shape, not of {np.shape(keep)}."
        )


def _scaled(x: Array, keep: Array, rate: float) -> Array:
    from ...native.dropout import keep_scaled

    result = empty_like(x)
    result_flat, x_flat, keep_flat = flat(result, x, keep)
    keep_scaled(x_flat, keep_flat, x.dtype.type(1 / (1 - rate)), result_flat)
    return result


def _forward(x: Array, keep: Array, *, rate: float) -> tuple[Array, Array]:
    _check(x, keep, rate)
    return _scaled(x, keep, rate), keep


def _backward(cotangent: Array, keep: Array, needed: Collection[int], *, rate: float) -> tuple[Any, None]:
    return _scaled(cotangent, keep, rate), None


@fused(_forward, _backward, ("rate",))
def dropout(x: Array, keep: Array, *, rate: float) -> Array:
    """Give x / (1 - rate) where an entry is kept, else 0, so that its mean is x where `rate` of all are dropped.

    Args:
        x: any shape.
        keep: truth values of that shape.
        rate: the probability with which they are False, from 0 to below 1.

    Raises:
        InvalidArgument: the rate is out of range, or the shapes differ.

    >>> dropout(np.array([1.0, 2.0]), np.array([True, False]), rate=0.5)
    array([2., 0.])
    """
    _check(x, keep, rate)
    return np.where(keep, x * (1 / (1 - rate)), 0)
