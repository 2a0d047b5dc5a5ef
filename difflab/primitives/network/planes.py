"""Images in the order in which they lie in memory: image by image, or channel by channel."""

import numpy as np

from ...types import Array


def lies_by_channel(x: Array) -> bool:
    """Say whether images of shape (batch, channels, height, width) lie channel by channel, without gaps."""
    return bool(x.transpose(1, 0, 2, 3).flags.c_contiguous)


def planes_of(x: Array, *, by_channel: bool) -> Array:
    """Give (planes, height, width) in this order, contiguous: a view where they lie so, else a copy."""
    ordered = x.transpose(1, 0, 2, 3) if by_channel else x
    return np.ascontiguousarray(ordered).reshape(x.shape[0] * x.shape[1], *x.shape[2:])


def images_of(planes: Array, batch: int, channels: int, *, by_channel: bool) -> Array:
    """Undo `planes_of`: give a view of shape (batch, channels, height, width).

    >>> x = np.zeros((2, 3, 4, 4))
    >>> images_of(planes_of(x, by_channel=True), 2, 3, by_channel=True).shape
    (2, 3, 4, 4)
    """
    if by_channel:
        return planes.reshape(channels, batch, *planes.shape[1:]).transpose(1, 0, 2, 3)
    return planes.reshape(batch, channels, *planes.shape[1:])
