"""Text that goes on, character by character, by attention to what came before."""

from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..nn import Embedding, LayerNorm, Linear, Module, Sequential, TransformerBlock
from ..nn.checks import require_input
from ..nn.initializers import Rng, generator_of
from ..types import Array


class Transformer(Module):
    """From each character and those before it, scores for the next one: a decoder alone, as GPT (Radford et al., 2018).

    Called with characters as numbers (N, T), it gives scores (N, T, characters).

    Args:
        characters: how many there are, numbered from 0.
        length: the largest T.
        size: of the vectors.
        heads: of the attention.
        blocks: one after the other.
        dropout: rate of dropout in the blocks.
        rng: a Generator or a seed for the initial values and for dropout.
        dtype: of the parameters.

    Raises:
        InvalidArgument: the size does not divide into heads; when called, a text is too long.

    >>> Transformer(30, length=8, size=16, heads=2, blocks=1, rng=0)(np.zeros((2, 7), int)).shape
    (2, 7, 30)
    """

    def __init__(
        self,
        characters: int,
        length: int,
        size: int = 64,
        heads: int = 4,
        blocks: int = 2,
        dropout: float = 0.0,
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        generator = generator_of(rng)
        shared: dict[str, Any] = {"rng": generator, "dtype": dtype}
        self.length = length
        self.characters = Embedding(characters, size, **shared)
        self.places = Embedding(length, size, **shared)
        for table in (self.characters, self.places):
            table.weight.data *= 0.02  # the deviation of GPT: attention is even at first
        self.blocks = Sequential(
            *(TransformerBlock(size, heads, dropout=dropout, causal=True, **shared) for _ in range(blocks))
        )
        self.norm = LayerNorm(size, dtype=dtype)
        self.linear = Linear(size, characters, **shared)

    def forward(self, characters: Array) -> Array:
        require_input(self, characters, ("N", "T"))
        steps = characters.shape[1]
        if steps > self.length:
            raise InvalidArgument(
                f"Transformer(length={self.length}) was given {steps} characters: give it the last {self.length}, or "
                f"make it for more."
            )
        x = self.characters(characters) + self.places(np.arange(steps))
        return self.linear(self.norm(self.blocks(x)))
