"""How often a classification is wrong, and how often right: numbers to report, not to train on."""

from typing import Any

import numpy as np

from ...primitives.network.zero_one import zero_one as zero_one_losses
from ...types import Array
from .labels import require_labels
from .reduction import Reduction, reduce


def zero_one(scores: Array, labels: Any, reduction: Reduction = "mean") -> Array:
    """Give 0 for each example whose highest score is that of its label, and 1 for the others; by default, the mean.

    Args:
        scores: (..., classes), of which the first counts as the highest among equals; or (...), one score for each
            example, positive for the second of two classes.
        labels: (...), whole numbers below the number of classes.
        reduction: "mean" over the examples, "sum", or "none" for one number each.

    Raises:
        InvalidArgument: shapes do not fit together, a label is no class, or there is no such reduction.
        NotDifferentiable: a derivative is asked for; it is 0 wherever it exists.

    >>> zero_one(np.array([[0.0, 1.0], [2.0, 1.0]]), [1, 1])
    np.float64(0.5)
    """
    return reduce(_losses("zero_one", scores, labels), reduction)


def accuracy(scores: Array, labels: Any, reduction: Reduction = "mean") -> Array:
    """Give the share of examples whose highest score is that of their label: 1 - zero_one, with the same arguments.

    >>> accuracy(np.array([[0.0, 1.0], [2.0, 1.0]]), [1, 1], reduction="none")
    array([1., 0.])
    """
    return reduce(1 - _losses("accuracy", scores, labels), reduction)


def _losses(function: str, scores: Array, labels: Any) -> Array:
    if np.shape(scores) == np.shape(labels):
        scores = np.stack([np.zeros_like(scores), scores], axis=-1)
    return zero_one_losses(scores, require_labels(function, scores, labels))
