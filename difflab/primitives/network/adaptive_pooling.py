"""Pooling into a given number of windows, which are made to fit the image."""

from typing import Any

import numpy as np

from ...types import Array
from ..arguments import as_array
from .pooling import max_pool2d
from .windows import check_images, per_axis


def adaptive_avg_pool2d(x: Array, *, output: Any) -> Array:
    """Give the means of as many windows as asked for, whatever the size of the images.

    Window i of n along an axis of length L goes from ⌊i L / n⌋ to ⌈(i + 1) L / n⌉, so neighbours may share an entry.

    Args:
        x: (batch, channels, height, width).
        output: rows and columns of windows, a whole number or a pair of them.

    Returns:
        (batch, channels, rows, columns).

    Raises:
        InvalidArgument: the shape, dtype or output does not fit.

    >>> adaptive_avg_pool2d(np.arange(6.0).reshape(1, 1, 2, 3), output=(1, 2))
    array([[[[2., 3.]]]])
    """
    x = as_array(x)
    check_images("adaptive_avg_pool2d", "x", x, 2)
    rows, columns = per_axis("adaptive_avg_pool2d", "output", output, 2, least=1)
    batch, channels, height, width = x.shape
    if height % rows == 0 and width % columns == 0:
        blocks = np.reshape(x, (batch, channels, rows, height // rows, columns, width // columns))
        return np.mean(blocks, (3, 5))
    of_columns = [np.mean(x[:, :, :, window], 3) for window in _adapted(width, columns)]
    means = np.stack(of_columns, 3)
    return np.stack([np.mean(means[:, :, window], 2) for window in _adapted(height, rows)], 2)


def adaptive_max_pool2d(x: Array, *, output: Any) -> Array:
    """Give the largest entries of as many windows as asked for, which lie as in `adaptive_avg_pool2d`.

    Of equal entries the first takes the slope, as in `max_pool2d`.

    Args:
        x: (batch, channels, height, width).
        output: rows and columns of windows, a whole number or a pair of them.

    Returns:
        (batch, channels, rows, columns).

    Raises:
        InvalidArgument: the shape, dtype or output does not fit.

    >>> adaptive_max_pool2d(np.arange(6.0).reshape(1, 1, 2, 3), output=(1, 2))
    array([[[[4., 5.]]]])
    """
    x = as_array(x)
    check_images("adaptive_max_pool2d", "x", x, 2)
    rows, columns = per_axis("adaptive_max_pool2d", "output", output, 2, least=1)
    height, width = x.shape[2:]
    if height % rows == 0 and width % columns == 0:
        return max_pool2d(x, kernel=(height // rows, width // columns))
    maxima = [
        np.concatenate([_largest(x[:, :, down, right]) for right in _adapted(width, columns)], 3)
        for down in _adapted(height, rows)
    ]
    return np.concatenate(maxima, 2)


def _largest(x: Array) -> Array:
    return max_pool2d(x, kernel=tuple(x.shape[2:]))


def _adapted(length: int, count: int) -> list[slice]:
    return [slice(each * length // count, -(-(each + 1) * length // count)) for each in range(count)]
