"""Images read row by row."""

from typing import Any

import numpy as np

from ..nn import LSTM, Linear, Module
from ..nn.initializers import Rng, generator_of
from ..types import Array


class RowLSTM(Module):
    """An LSTM that takes a row of an image at each step, and a linear layer from its last state to scores.

    Args:
        columns: numbers in a row; images are (N, rows, columns), or (N, channels, rows, columns) with those of all
            channels.
        units: numbers in the state of the LSTM.
        classes: how many scores to give, (N, classes).
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the images.

    Raises:
        InvalidArgument: when called, the images have other axes or columns.

    >>> RowLSTM(rng=0)(np.zeros((5, 1, 28, 28), np.float32)).shape
    (5, 10)
    """

    def __init__(
        self, columns: int = 28, units: int = 128, classes: int = 10, rng: Rng = None, dtype: Any = np.float32
    ):
        generator = generator_of(rng)
        self.lstm = LSTM(columns, units, batch_first=True, rng=generator, dtype=dtype)
        self.linear = Linear(units, classes, rng=generator, dtype=dtype)

    def forward(self, images: Array) -> Array:
        _, (hidden, _) = self.lstm(_rows_of(images))
        return self.linear(hidden[-1])


def _rows_of(images: Array) -> Array:
    """Give (N, channels, rows, columns) as (N, rows, channels · columns)."""
    if len(images.shape) != 4:
        return images
    count, channels, rows, columns = images.shape
    if channels == 1:
        return images.reshape(count, rows, columns)
    return np.swapaxes(images, 1, 2).reshape(count, rows, channels * columns)
