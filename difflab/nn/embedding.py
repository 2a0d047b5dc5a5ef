"""Vectors for things that are numbered."""

from typing import Any

import numpy as np

from ..primitives.network.embedding import embedding
from ..types import Array
from .checks import require_sizes
from .initializers import Rng, normal
from .module import Module
from .parameter import Parameter


class Embedding(Module):
    """A table of vectors, from which whole numbers pick: row i for the number i.

    The weight has shape (count, size), and begins normally distributed with variance 1, as PyTorch's does.

    Args:
        count: how many things there are, numbered from 0.
        size: of the vector of each.
        rng: a Generator or a seed for the initial values.
        dtype: of the vectors.

    Raises:
        InvalidArgument: a size is no positive whole number; when called, an index is none of the numbers.

    >>> Embedding(10, 4, rng=0)(np.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    def __init__(self, count: int, size: int, rng: Rng = None, dtype: Any = np.float32):
        require_sizes("Embedding", count=count, size=size)
        self.count, self.size = count, size
        self.weight = Parameter(normal((count, size), rng, dtype, deviation=1.0), copy=False)

    def forward(self, indices: Array) -> Array:
        return embedding(self.weight, indices)

    def settings(self) -> str:
        return f"{self.count}, {self.size}"
