"""Images as planes, one for each channel of each image."""

import math

import numpy as np

from ...types import Array


def planes_of(x: Array) -> Array:
    """Give (batch · channels, ...) of (batch, channels, ...), contiguous: a view where it is, else a copy.

    >>> planes_of(np.zeros((2, 3, 4, 5))).shape
    (6, 4, 5)
    """
    return np.ascontiguousarray(x).reshape(math.prod(x.shape[:2]), *x.shape[2:])
