"""Text that goes on, character by character, by a recurrent network."""

from typing import Any

import numpy as np

from ..nn import LSTM, Embedding, Linear, Module
from ..nn.initializers import Rng, generator_of
from ..types import Array


class CharacterLSTM(Module):
    """From each character of a text and those before it, scores for the next one.

    Called with characters as numbers (N, T), and perhaps a state to go on from, it gives scores (N, T, characters);
    `step` gives the state as well.

    Args:
        characters: how many there are, numbered from 0.
        units: numbers in the vector of a character and in each state of the LSTM.
        layers: of the LSTM.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters.

    >>> CharacterLSTM(30, units=16, rng=0)(np.zeros((2, 7), int)).shape
    (2, 7, 30)
    """

    def __init__(self, characters: int, units: int = 128, layers: int = 1, rng: Rng = None, dtype: Any = np.float32):
        generator = generator_of(rng)
        self.embedding = Embedding(characters, units, generator, dtype)
        self.lstm = LSTM(units, units, layers, batch_first=True, rng=generator, dtype=dtype)
        self.linear = Linear(units, characters, rng=generator, dtype=dtype)

    def forward(self, characters: Array, state: Any = None) -> Array:
        return self.step(characters, state)[0]

    def step(self, characters: Array, state: Any = None) -> tuple[Array, Any]:
        """Give scores, and the state of the LSTM after the last character, to go on from."""
        outputs, state = self.lstm(self.embedding(characters), state)
        return self.linear(outputs), state
