"""Losses of one score for two classes."""

from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...primitives.network.activations import relu, softplus
from ...types import Array
from .reduction import Reduction, as_target, reduce


def binary_cross_entropy_with_logits(scores: Array, target: Any, reduction: Reduction = "mean") -> Array:
    """Give -t log σ(s) - (1 - t) log(1 - σ(s)), σ the logistic function, to full accuracy for scores of any size.

    It is computed as t softplus(-s) + (1 - t) softplus(s), where nothing cancels.

    Args:
        scores: s, the log-odds of the second class, any shape.
        target: t, of the same shape: 1 for the second class, 0 for the first, or a probability.
        reduction: "mean", "sum", or "none" for the shape of the scores.

    Raises:
        InvalidArgument: the shapes differ, a target is not between 0 and 1, or there is no such reduction.

    >>> losses = binary_cross_entropy_with_logits(np.array([0.0, -1000.0]), [1, 1], reduction="none")
    >>> losses
    array([6.93147181e-01, 1.00000000e+03])
    """
    target = as_target("binary_cross_entropy_with_logits", scores, target)
    if not np.all((target >= 0) & (target <= 1)):
        raise InvalidArgument(
            "A target of binary_cross_entropy_with_logits is not between 0 and 1: give 0 for the first class and 1 for "
            "the second; labels of -1 and 1 are (labels + 1) / 2."
        )
    return reduce(target * softplus(-scores) + (1 - target) * softplus(scores), reduction)


def exponential(scores: Array, labels: Any, reduction: Reduction = "mean") -> Array:
    """Give exp(-y s), the loss that AdaBoost makes small (Friedman, Hastie and Tibshirani, Ann. Statist. 28, 2000).

    Args:
        scores: s, any shape; positive for the class 1.
        labels: y, of the same shape, -1 or 1.
        reduction: "mean", "sum", or "none" for the shape of the scores.

    Raises:
        InvalidArgument: the shapes differ, a label is neither -1 nor 1, or there is no such reduction.

    >>> exponential(np.array([0.0, 2.0]), [1, 1], reduction="none")
    array([1.        , 0.13533528])
    """
    return reduce(np.exp(-_margins("exponential", scores, labels)), reduction)


def hinge(scores: Array, labels: Any, reduction: Reduction = "mean") -> Array:
    """Give max(0, 1 - y s), the loss of support vector machines (Cortes and Vapnik, Machine Learning 20, 1995).

    At the margin, y s = 1, the slope is 0. The arguments, and the errors raised, are those of `exponential`.

    >>> hinge(np.array([0.0, 2.0, -1.0]), [1, 1, 1], reduction="none")
    array([1., 0., 2.])
    """
    return reduce(relu(1 - _margins("hinge", scores, labels)), reduction)


def _margins(function: str, scores: Array, labels: Any) -> Array:
    labels = as_target(function, scores, labels)
    if not np.all(np.abs(labels) == 1):
        raise InvalidArgument(f"A label of {function} is neither -1 nor 1: labels of 0 and 1 are 2 * labels - 1.")
    return labels * scores
