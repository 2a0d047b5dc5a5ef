"""Losses of numbers that are to be near others, entry by entry."""

from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...types import Array
from .reduction import Reduction, as_target, reduce


def mean_squared_error(prediction: Array, target: Any, reduction: Reduction = "mean") -> Array:
    """Give (p - t)², by default its mean over all entries.

    Args:
        prediction: p, any shape.
        target: t, of the same shape.
        reduction: "mean", "sum", or "none" for the shape of the prediction.

    Raises:
        InvalidArgument: the shapes differ, or there is no such reduction.

    >>> mean_squared_error(np.array([1.0, 4.0]), [1.0, 2.0])
    np.float64(2.0)
    """
    residual = prediction - as_target("mean_squared_error", prediction, target)
    return reduce(residual * residual, reduction)


def mean_absolute_error(prediction: Array, target: Any, reduction: Reduction = "mean") -> Array:
    """Give |p - t|, by default its mean over all entries; the slope at 0 is 0.

    The arguments, and the errors raised, are those of `mean_squared_error`.

    >>> mean_absolute_error(np.array([1.0, 4.0]), [1.0, 2.0])
    np.float64(1.0)
    """
    return reduce(np.abs(prediction - as_target("mean_absolute_error", prediction, target)), reduction)


def huber(prediction: Array, target: Any, delta: float = 1.0, reduction: Reduction = "mean") -> Array:
    """Give r² / 2 where |r| ≤ δ, r = p - t, and δ (|r| - δ / 2) beyond (Huber, Ann. Math. Statist. 35, 1964).

    Args:
        prediction: p, any shape.
        target: t, of the same shape.
        delta: δ, positive: where the parabola goes over into straight lines.
        reduction: "mean", "sum", or "none" for the shape of the prediction.

    Raises:
        InvalidArgument: the shapes differ, `delta` is not positive, or there is no such reduction.

    >>> huber(np.array([0.5, 4.0]), [0.0, 0.0], reduction="none")
    array([0.125, 3.5  ])
    """
    if not delta > 0:
        raise InvalidArgument(f"delta={delta!r} of huber: give a positive number, where straight lines begin.")
    residual = prediction - as_target("huber", prediction, target)
    clipped = np.clip(residual, -delta, delta)
    return reduce(clipped * (residual - clipped / 2), reduction)
