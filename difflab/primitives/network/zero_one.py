"""The 0-1 loss, which has no gradient to follow."""

from typing import Any

import numpy as np

from ...arrays import place_of
from ...errors import NotDifferentiable
from ...types import Array
from ..dispatching import dispatching
from ..table import general


@dispatching
def zero_one(scores: Array, labels: Array) -> Array:
    """Give, for each example, 0 where the highest score is that of its label, and 1 elsewhere.

    Args:
        scores: (..., classes); of equal scores, the first counts as the highest.
        labels: (...), the numbers of classes.

    Returns:
        (...), of the dtype of the scores. Derivatives raise `NotDifferentiable`.

    >>> zero_one(np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1, 1]))
    array([0., 1.])
    """
    return np.asarray(np.argmax(scores, axis=-1) != labels, dtype=scores.dtype, like=place_of(scores))


def _refuse(*_: Any) -> Any:
    raise NotDifferentiable(
        "A derivative of the 0-1 loss (or of the accuracy) was asked for, and it is 0 wherever it exists: the loss is "
        "piecewise constant. Train on one with slopes, such as cross_entropy or hinge, and only report this one."
    )


general(zero_one, _refuse, _refuse, layout=2, read=frozenset())
