"""Images as rows of numbers."""

import math

from ..types import Array
from .checks import require_input
from .module import Module


class Flatten(Module):
    """All axes but the first joined into one.

    >>> import numpy as np
    >>> Flatten()(np.zeros((5, 3, 2))).shape
    (5, 6)
    """

    def forward(self, x: Array) -> Array:
        require_input(self, x, (..., "entries"))
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))
