"""From the loss of each example to one number, and what every loss asks of its arguments."""

from typing import Any, Literal, TypeAlias

import numpy as np

from ...arrays import place_of
from ...errors import InvalidArgument
from ...types import Array

Reduction: TypeAlias = Literal["mean", "sum", "none"]
"""What becomes of the losses of the examples: their mean, their sum, or nothing, so that there is one for each."""


def reduce(losses: Array, reduction: Reduction) -> Array:
    """Take the mean or the sum of losses, or give them as they are; raises `InvalidArgument` for another word.

    >>> reduce(np.array([1.0, 2.0]), "mean")
    np.float64(1.5)
    """
    if reduction == "mean":
        if not losses.size:
            raise InvalidArgument("A mean of no examples was asked for: give some, or take reduction='sum'.")
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    if reduction == "none":
        return losses
    raise InvalidArgument(f"reduction={reduction!r} is no reduction of losses: use 'mean', 'sum' or 'none'.")


def as_target(function: str, prediction: Array, target: Any) -> Array:
    """Give targets as an array of the dtype of the predictions.

    Raises:
        InvalidArgument: the shapes differ; numbers would be repeated without a word.
    """
    if not hasattr(target, "dtype"):
        target = np.asarray(target, like=place_of(prediction))
    if np.shape(target) != np.shape(prediction):
        raise InvalidArgument(
            f"{function} was given a prediction of shape {np.shape(prediction)} and a target of shape "
            f"{np.shape(target)}: give a target for each entry, of the same shape."
        )
    return target if target.dtype == prediction.dtype else target.astype(prediction.dtype)
