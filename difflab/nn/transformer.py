"""A block of a transformer."""

from typing import Any

import numpy as np

from ..types import Array
from .activations import GELU
from .attention import MultiHeadAttention
from .dropout import Dropout
from .initializers import Rng, generator_of
from .linear import Linear
from .module import Module
from .normalization import LayerNorm
from .sequential import Sequential


class TransformerBlock(Module):
    """Attention, then two linear layers, each added to what came in and applied to its layer-normalised form.

    x ← x + attention(norm(x)), x ← x + W₂ gelu(W₁ norm(x)): normalisation comes first (Xiong et al., ICML 2020), where
    the original transformer (Vaswani et al., NeurIPS 2017) has it last, so that gradients are even from the start.

    Args:
        size: of the vectors, (N, T, size).
        heads: of the attention.
        hidden: entries between the two linear layers; by default, 4 times the size.
        dropout: rate of dropout of what is added.
        causal: whether position t attends to positions up to t alone.
        rng: a Generator or a seed for the initial values and for dropout.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: the size does not divide into heads, or the rate is out of range.

    >>> TransformerBlock(8, heads=2, causal=True, rng=0)(np.ones((5, 10, 8), np.float32)).shape
    (5, 10, 8)
    """

    def __init__(
        self,
        size: int,
        heads: int,
        hidden: int | None = None,
        dropout: float = 0.0,
        causal: bool = False,
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        hidden = 4 * size if hidden is None else hidden
        generator = generator_of(rng)
        self.causal = causal
        self.attention_norm = LayerNorm(size, dtype=dtype)
        self.attention = MultiHeadAttention(size, heads, rng=generator, dtype=dtype)
        self.attention_dropout = Dropout(dropout, generator)
        self.feed_forward = Sequential(
            LayerNorm(size, dtype=dtype),
            Linear(size, hidden, rng=generator, dtype=dtype),
            GELU(),
            Linear(hidden, size, rng=generator, dtype=dtype),
            Dropout(dropout, generator),
        )

    def forward(self, x: Array, mask: Array | None = None) -> Array:
        attended = self.attention(self.attention_norm(x), mask=mask, causal=self.causal)
        x = x + self.attention_dropout(attended)
        return x + self.feed_forward(x)

    def settings(self) -> str:
        return "causal=True" if self.causal else ""
