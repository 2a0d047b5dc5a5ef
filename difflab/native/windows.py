"""Windows of an image as the rows, or as the columns, of a matrix: what is neighbours in the image is copied in runs.

One window a row, of an image with its channels last, has runs of a row of a window; one window a column, of an image
with its channels first, has runs of a row of windows, which are longer where channels are few.
"""

from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL

_UNSIGNED = np.uintp
"""Of indices that cannot count from the end, which loops would ask of each: eight times as fast for short runs."""

_inner = numba.njit(error_model="numpy", fastmath=CAREFUL)


@_inner
def lay_out(image: Any, padded: Any, padding: Any, in_columns: bool) -> None:
    """Write (channels, height, width) into the middle of (height, width, channels), or of (channels, height, width)."""
    channels, height, width = image.shape
    down, right = _UNSIGNED(padding[0]), _UNSIGNED(padding[1])
    for c in range(_UNSIGNED(channels)):
        for y in range(_UNSIGNED(height)):
            if in_columns:
                for x in range(_UNSIGNED(width)):
                    padded[c, y + down, x + right] = image[c, y, x]
            else:
                for x in range(_UNSIGNED(width)):
                    padded[y + down, x + right, c] = image[c, y, x]


@_inner
def take_out(image: Any, padded: Any, padding: Any, in_columns: bool) -> None:
    """Undo `lay_out`."""
    channels, height, width = image.shape
    down, right = _UNSIGNED(padding[0]), _UNSIGNED(padding[1])
    for c in range(_UNSIGNED(channels)):
        for y in range(_UNSIGNED(height)):
            if in_columns:
                for x in range(_UNSIGNED(width)):
                    image[c, y, x] = padded[c, y + down, x + right]
            else:
                for x in range(_UNSIGNED(width)):
                    image[c, y, x] = padded[y + down, x + right, c]


@_inner
def _runs(padded: Any, kernel: Any, dilation: Any) -> tuple[int, int]:
    """Say how many runs of neighbouring entries a row of a window has, and how long they are."""
    channels = padded.shape[2]
    return (1, kernel[1] * channels) if dilation[1] == 1 else (kernel[1], channels)


@_inner
def fill_rows(matrix: Any, padded: Any, top: int, across: int, kernel: Any, stride: Any, dilation: Any) -> None:
    """Copy windows into the rows of a matrix, from row `top` of windows on, `across` in each."""
    width, channels = padded.shape[1], padded.shape[2]
    entries, target = padded.reshape(-1), matrix.reshape(-1)
    runs, length = _runs(padded, kernel, dilation)
    at = _UNSIGNED(0)
    for window in range(len(matrix)):
        down, right = (top + window // across) * stride[0], (window % across) * stride[1]
        for y in range(kernel[0]):
            row = (down + y * dilation[0]) * width + right
            for run in range(runs):
                start = _UNSIGNED((row + run * dilation[1]) * channels)
                for n in range(_UNSIGNED(length)):
                    target[at + n] = entries[start + n]
                at += _UNSIGNED(length)


@_inner
def add_rows(matrix: Any, padded: Any, top: int, across: int, kernel: Any, stride: Any, dilation: Any) -> None:
    """Add the rows of a matrix to the entries that `fill_rows` would copy into them."""
    width, channels = padded.shape[1], padded.shape[2]
    entries, source = padded.reshape(-1), matrix.reshape(-1)
    runs, length = _runs(padded, kernel, dilation)
    at = _UNSIGNED(0)
    for window in range(len(matrix)):
        down, right = (top + window // across) * stride[0], (window % across) * stride[1]
        for y in range(kernel[0]):
            row = (down + y * dilation[0]) * width + right
            for run in range(runs):
                start = _UNSIGNED((row + run * dilation[1]) * channels)
                for n in range(_UNSIGNED(length)):
                    entries[start + n] += source[at + n]
                at += _UNSIGNED(length)


@_inner
def fill_columns(matrix: Any, padded: Any, top: int, across: int, kernel: Any, stride: Any, dilation: Any) -> None:
    """Copy windows into the columns of a matrix, which has a row for each (channel, y, x); see `fill_rows`."""
    channels, height, width = padded.shape
    entries, target = padded.reshape(-1), matrix.reshape(-1)
    rows, step = matrix.shape[1] // across, _UNSIGNED(stride[1])
    at = _UNSIGNED(0)
    for c in range(channels):
        for y in range(kernel[0]):
            for x in range(kernel[1]):
                for row in range(top, top + rows):
                    down = c * height + row * stride[0] + y * dilation[0]
                    start = _UNSIGNED(down * width + x * dilation[1])
                    for n in range(_UNSIGNED(across)):
                        target[at + n] = entries[start + n * step]
                    at += _UNSIGNED(across)


@_inner
def add_columns(matrix: Any, padded: Any, top: int, across: int, kernel: Any, stride: Any, dilation: Any) -> None:
    """Add the columns of a matrix to the entries that `fill_columns` would copy into them."""
    channels, height, width = padded.shape
    entries, source = padded.reshape(-1), matrix.reshape(-1)
    rows, step = matrix.shape[1] // across, _UNSIGNED(stride[1])
    at = _UNSIGNED(0)
    for c in range(channels):
        for y in range(kernel[0]):
            for x in range(kernel[1]):
                for row in range(top, top + rows):
                    down = c * height + row * stride[0] + y * dilation[0]
                    start = _UNSIGNED(down * width + x * dilation[1])
                    for n in range(_UNSIGNED(across)):
                        entries[start + n * step] += source[at + n]
                    at += _UNSIGNED(across)
