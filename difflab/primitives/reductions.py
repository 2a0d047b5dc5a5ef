"""Reductions and cumulative sums and products."""

from typing import Any

import numpy as np

from ..types import Array
from .batching import over_axis
from .table import linear


def restore(reduced: Array, x: Array, axis: Any, keepdims: bool) -> Array:
    """Broadcast a reduced array back over the shape that it was reduced from."""
    if not keepdims and axis is not None:
        reduced = np.expand_dims(reduced, axis)
    return np.broadcast_to(reduced, np.shape(x))


linear(
    np.sum,
    lambda g, position, x, axis=None, keepdims=False: restore(g, x, axis, keepdims),
    ("axis", "keepdims"),
    batch=over_axis(),
)
