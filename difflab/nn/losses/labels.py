"""Labels that number classes."""

from typing import Any

import numpy as np

from ...carrier import Carrier
from ...engines.points import Points
from ...errors import InvalidArgument
from ...primitives.arguments import as_array
from ...primitives.indexing import looked_at
from ...types import Array


def require_labels(function: str, scores: Array, labels: Any) -> Array:
    """Give labels as an array; raises `InvalidArgument` unless there is one for each example, the number of a class."""
    if not isinstance(labels, Points):
        labels = looked_at(labels) if isinstance(labels, Carrier) else as_array(labels, scores)
    if np.ndim(scores) < 1 or labels.shape != np.shape(scores)[:-1]:
        raise InvalidArgument(
            f"{function} was given classes along the last axis of shape {np.shape(scores)}, and labels of shape "
            f"{labels.shape}: give one label for each example, an array of shape {np.shape(scores)[:-1]}."
        )
    if labels.dtype.kind not in "iu":
        raise InvalidArgument(f"The labels of {function} have dtype {labels.dtype}: give whole numbers, of classes.")
    classes = np.shape(scores)[-1]
    labels_of_all = labels
    while isinstance(labels_of_all, Points):
        labels_of_all = labels_of_all.data
    known = looked_at(labels_of_all)
    if wrong := known[(known < 0) | (known >= classes)][:1].tolist():
        raise InvalidArgument(
            f"{function} was given the label {wrong[0]}: of {classes} classes, they are 0 to {classes - 1}."
        )
    return labels
