"""Attention of several heads."""

from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..primitives.network.attention import scaled_dot_product_attention
from ..types import Array
from .checks import require_input, require_sizes
from .initializers import Rng, generator_of
from .linear import Linear
from .module import Module


class MultiHeadAttention(Module):
    """Means of values, weighted by how well their keys fit queries, in several heads (Vaswani et al., NeurIPS 2017).

    Each head attends with its own part of the projected queries, keys and values; an output layer joins the heads.

    Args:
        size: of the vectors, (N, T, size).
        heads: how many parts the vectors are divided into.
        bias: whether the projections add a number.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: the size does not divide into heads; when called, shapes do not fit.

    >>> MultiHeadAttention(8, heads=2, rng=0)(np.ones((5, 10, 8), np.float32)).shape
    (5, 10, 8)
    """

    def __init__(self, size: int, heads: int, bias: bool = True, rng: Rng = None, dtype: Any = np.float32):
        require_sizes("MultiHeadAttention", size=size, heads=heads)
        if size % heads:
            raise InvalidArgument(
                f"MultiHeadAttention cannot divide {size} entries into {heads} heads: give a multiple."
            )
        self.size, self.heads = size, heads
        generator = generator_of(rng)
        self.query, self.key, self.value, self.output = (Linear(size, size, bias, generator, dtype) for _ in range(4))

    def forward(
        self,
        query: Array,
        key: Array | None = None,
        value: Array | None = None,
        mask: Array | None = None,
        causal: bool = False,
    ) -> Array:
        """Attend; without keys, to the queries' own positions, without values, to the keys.

        Args:
            query: (N, T, size).
            key: (N, S, size).
            value: (N, S, size).
            mask: that fits (N, heads, T, S): True where a query may attend, or numbers that are added to the scores.
            causal: whether position t attends to positions up to t alone.
        """
        key = query if key is None else key
        value = key if value is None else value
        for each in (query, key, value):
            require_input(self, each, ("N", "T", self.size), self.query.weight.dtype)
        heads = [self._split(layer(x)) for layer, x in ((self.query, query), (self.key, key), (self.value, value))]
        attended = scaled_dot_product_attention(*heads, *([] if mask is None else [mask]), causal=causal)
        return self.output(np.swapaxes(attended, 1, 2).reshape(query.shape))

    def _split(self, x: Array) -> Array:
        """Give (N, T, size) as (N, heads, T, size / heads)."""
        examples, steps, size = x.shape
        return np.swapaxes(x.reshape(examples, steps, self.heads, size // self.heads), 1, 2)

    def settings(self) -> str:
        return f"{self.size}, heads={self.heads}{'' if self.query.bias is not None else ', bias=False'}"
