"""What is trained, one step at a time: networks by name, and examples for them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from difflab.types import Array

Step = Callable[[], float]
"""Runs forward, backward and the optimizer once; gives the loss."""


@dataclass(frozen=True)
class Row:
    """One network at one batch size.

    Args:
        name: which network it is.
        shape: of one example.
        batch: examples in a step.
    """

    name: str
    shape: tuple[int, ...]
    batch: int

    def examples(self) -> tuple[Array, Array]:
        """Draw inputs `(batch, *shape)`, float32, and labels of ten classes, int64."""
        generator = np.random.default_rng(0)
        inputs = generator.standard_normal((self.batch, *self.shape), dtype=np.float32)
        return inputs, generator.integers(10, size=self.batch)


ROWS = (
    Row("mlp 784-64-10", (784,), 32),
    Row("mlp 784-256-128-10", (784,), 100),
    Row("LeNet-5", (1, 28, 28), 100),
    Row("convnet", (1, 28, 28), 100),
    Row("LSTM rows", (28, 28), 100),
)
