"""The entries of sliding windows as an axis of their own, and the way back, in functions that have rules."""

import numpy as np

from ...types import Array
from ..indexing import scatter
from .windows import Lengths, Windows


def unfold(x: Array, windows: Windows, fill: float = 0.0) -> Array:
    """Lay out the entries of all windows.

    Args:
        x: (batch, channels, height, width).
        windows: what slides over the last two axes.
        fill: what stands in the padding.

    Returns:
        (batch, channels, entries of a window row by row, rows of windows, windows in a row).
    """
    lengths = tuple(x.shape[2:])
    if any(windows.padding):
        x = np.pad(x, ((0, 0), (0, 0), *((each, each) for each in windows.padding)), constant_values=fill)
    return np.stack([x[(..., *place)] for _, place in windows.places(lengths)], 2)


def fold(entries: Array, windows: Windows, lengths: Lengths) -> Array:
    """Add up what lies on each entry of images whose height and width are given: the transpose of `unfold`."""
    padded = (*entries.shape[:2], *windows.padded(lengths))
    everything = slice(None)
    total = sum(
        scatter(entries[:, :, number], template=(everything, everything, *place), shape=padded)
        for number, (_, place) in enumerate(windows.places(lengths))
    )
    return total[(..., *windows.interior(lengths))]
