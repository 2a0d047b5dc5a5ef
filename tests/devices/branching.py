"""Code whose way is decided by numbers, entries and masks, for the tests of methods that trace."""

from typing import Any

import numpy as np


def branching(x: Any) -> Any:
    if x[0] > 0:
        return np.sum(x**3)
    steps = int(4 * abs(x[1]))
    for _ in range(steps):
        x = np.sin(x)
    return np.max(x) if x[2] > 0 else x[np.argmax(x)] + np.sum(x[x > -0.3] ** 2)
