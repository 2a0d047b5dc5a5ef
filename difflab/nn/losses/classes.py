"""Losses of scores, or of log-probabilities, for each of several classes. The last axis is that of the classes."""

from typing import Any

import numpy as np
from scipy import special

from ...arrays import place_of
from ...errors import InvalidArgument
from ...primitives.network.cross_entropy import cross_entropy as cross_entropies
from ...types import Array
from .labels import require_labels
from .reduction import Reduction, as_target, reduce


def cross_entropy(scores: Array, target: Any, smoothing: float = 0.0, reduction: Reduction = "mean") -> Array:
    """Give -Σ q log softmax(s), q the wanted distribution, one number for each example; stable for scores of any size.

    Args:
        scores: s (..., classes), what goes into a softmax.
        target: labels (...), whole numbers below the number of classes, or distributions (..., classes).
        smoothing: ε: q becomes (1 - ε) q + ε / classes (Szegedy et al., CVPR 2016, section 7).
        reduction: "mean" over the examples, "sum", or "none" for one loss each.

    Raises:
        InvalidArgument: shapes do not fit together, a label is no class, or there is no such reduction.

    >>> cross_entropy(np.array([[0.0, 0.0], [1000.0, 0.0]]), [0, 1], reduction="none")
    array([6.93147181e-01, 1.00000000e+03])
    """
    if not hasattr(target, "dtype"):
        target = np.asarray(target, like=place_of(scores))
    if target.dtype.kind == "f":
        target = as_target("cross_entropy", scores, target)
    return reduce(cross_entropies(scores, target, smoothing=smoothing), reduction)


def negative_log_likelihood(log_probabilities: Array, labels: Any, reduction: Reduction = "mean") -> Array:
    """Give -log p of the class that each example has; cross_entropy is this of log_softmax.

    Args:
        log_probabilities: (..., classes).
        labels: (...), whole numbers below the number of classes.
        reduction: "mean" over the examples, "sum", or "none" for one loss each.

    Raises:
        InvalidArgument: shapes do not fit together, a label is no class, or there is no such reduction.

    >>> negative_log_likelihood(np.log([[0.5, 0.5], [0.25, 0.75]]), [0, 1], reduction="none")
    array([0.69314718, 0.28768207])
    """
    labels = require_labels("negative_log_likelihood", log_probabilities, labels)
    picked = np.take_along_axis(log_probabilities, labels[..., None], axis=-1)
    return reduce(-picked[..., 0], reduction)


def kullback_leibler(log_probabilities: Array, target: Any, reduction: Reduction = "mean") -> Array:
    """Give Σ q (log q - log p), q the wanted distribution, one number for each example (Kullback and Leibler, 1951).

    Args:
        log_probabilities: log p (..., classes).
        target: q, of the same shape; where q is 0, so is its term.
        reduction: "mean" over the examples, "sum", or "none" for one loss each.

    Raises:
        InvalidArgument: the shapes differ, an entry of `target` is negative, or there is no such reduction.

    >>> kullback_leibler(np.log([[0.5, 0.5]]), [[1.0, 0.0]])
    np.float64(0.6931471805599453)
    """
    target = as_target("kullback_leibler", log_probabilities, target)
    if np.any(target < 0):
        raise InvalidArgument("A target of kullback_leibler is negative: give probabilities, not their logarithms.")
    logarithms = np.where(target == 0, 0, log_probabilities)
    return reduce(np.sum(special.xlogy(target, target) - target * logarithms, axis=-1), reduction)
