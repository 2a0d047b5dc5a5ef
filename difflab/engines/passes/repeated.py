"""Constant arrays that repeat one number."""

from typing import Any

import numpy as np


def repeated(array: Any) -> Any:
    """Give the number that all entries of an array are, as a scalar of its dtype; None if there is none.

    >>> repeated(np.full((2, 3), 0.5)), repeated(np.array([0.0, -0.0])), repeated(np.arange(3))
    (np.float64(0.5), None, None)
    """
    if not array.size or array.dtype.kind not in "fi":
        return None
    first = array.flat[0]
    if array.flat[-1] != first or (array != first).any():
        return None
    return None if first == 0 and (np.signbit(array) != np.signbit(first)).any() else first
