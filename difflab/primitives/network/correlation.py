"""Correlation of plain arrays with kernels, by products of matrices, with its two transposes.

Batches are cut into chunks whose columns stay in the cache. Results lie in memory channel by channel, (channels, batch,
height, width), and are given as the view (batch, channels, height, width): so one product writes all channels of a
chunk where they belong, and no result is transposed.
"""

import math
from collections.abc import Iterator

import numpy as np

from ...types import Array
from .planes import lies_by_channel, planes_of
from .scratch import scratch
from .windows import Lengths, Windows

CHUNK = 1 << 19
"""Entries of the columns of a chunk: two megabytes in single precision, which was fastest with a third-level cache of
eight."""


def correlate(x: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Array:
    """Give the product of each kernel with each window.

    Args:
        x: (batch, channels, height, width), in any order of memory.
        weight: (outputs, channels / groups, kernel height, kernel width).
        bias: (outputs,) or None.
        windows: where they lie.
        groups: output g of `groups` equal parts sees part g of the channels.

    Returns:
        (batch, outputs, rows, columns), channel by channel in memory.
    """
    batch, outputs = len(x), len(weight)
    result = np.empty((outputs, batch, *windows.outputs(x.shape[2:])), x.dtype)
    rows = result.reshape(groups, outputs // groups, -1)
    kernels = weight.reshape(groups, outputs // groups, -1)
    for place, columns in _columns(x, windows):
        block = rows[:, :, place]
        np.matmul(kernels, columns.reshape(groups, -1, columns.shape[1]), out=block)
        if bias is not None:
            block += bias.reshape(groups, -1, 1)
    return result.transpose(1, 0, 2, 3)


def spread(y: Array, weight: Array, windows: Windows, groups: int, lengths: Lengths) -> Array:
    """Give the transpose of `correlate` in its images, whose lengths are given, applied to y.

    Args:
        y: (batch, outputs, rows, columns), in any order of memory.
        weight: as in `correlate`.
        windows: likewise.
        groups: likewise.
        lengths: height and width of the result.
    """
    batch, outputs = len(y), len(weight)
    channels = weight.shape[1] * groups
    result = np.empty((channels, batch, *lengths), y.dtype)
    kernels = weight.reshape(groups, outputs // groups, -1).transpose(0, 2, 1)
    rows = _channel_rows(y, groups)
    if _is_pointwise(windows):
        np.matmul(kernels, rows, out=result.reshape(groups, channels // groups, -1))
        return result.transpose(1, 0, 2, 3)
    from ...native.columns import add_columns

    planes = result.reshape(-1, *lengths)
    for first, images, place in _chunks(batch, channels, windows, lengths):
        columns = _empty_columns(channels, images, windows, lengths, y.dtype)
        np.matmul(kernels, rows[:, :, place], out=columns.reshape(groups, -1, place.stop - place.start))
        add_columns(columns, planes, first, (1, batch), windows.stride, windows.padding, windows.dilation)
    return result.transpose(1, 0, 2, 3)


def correlate_with(y: Array, x: Array, windows: Windows, groups: int) -> Array:
    """Give the transpose of `correlate` in its weight, applied to y: each channel of y times its windows of x."""
    outputs, channels = y.shape[1], x.shape[1]
    rows = _channel_rows(y, groups)
    result = np.zeros((groups, outputs // groups, channels // groups * math.prod(windows.kernel)), y.dtype)
    for place, columns in _columns(x, windows):
        result += rows[:, :, place] @ columns.reshape(groups, -1, columns.shape[1]).transpose(0, 2, 1)
    return result.reshape(outputs, channels // groups, *windows.kernel)


def sums_of_channels(y: Array) -> Array:
    """Sum over all axes but the channels'."""
    return np.sum(_channel_rows(y, 1)[0], 1)


def _channel_rows(y: Array, groups: int) -> Array:
    """Give (groups, channels / groups, all entries of a channel), a view where y lies channel by channel in memory."""
    return np.ascontiguousarray(y.transpose(1, 0, 2, 3)).reshape(groups, y.shape[1] // groups, -1)


def _is_pointwise(windows: Windows) -> bool:
    return windows.kernel == (1, 1) == windows.stride and windows.padding == (0, 0)


def _columns(x: Array, windows: Windows) -> Iterator[tuple[slice, Array]]:
    """Go through chunks of the batch: where their windows lie among all, and their columns as a matrix."""
    batch, channels, *lengths = x.shape
    if _is_pointwise(windows):
        yield slice(None), _channel_rows(x, 1)[0]
        return
    from ...native.columns import fill_columns

    by_channel = lies_by_channel(x)
    planes = planes_of(x, by_channel=by_channel)
    steps = (1, batch) if by_channel else (channels, 1)
    for first, images, place in _chunks(batch, channels, windows, tuple(lengths)):
        columns = _empty_columns(channels, images, windows, tuple(lengths), x.dtype)
        start = first * steps[0]
        fill_columns(columns, planes, start, steps, windows.stride, windows.padding, windows.dilation)
        yield place, columns.reshape(-1, place.stop - place.start)


def _chunks(batch: int, channels: int, windows: Windows, lengths: Lengths) -> Iterator[tuple[int, int, slice]]:
    """Cut a batch: the first image of each chunk, how many it has, and where its windows lie among all."""
    count = math.prod(windows.outputs(lengths))
    per_image = channels * math.prod(windows.kernel) * count
    size = max(1, CHUNK // max(1, per_image))
    for first in range(0, batch, size):
        images = min(size, batch - first)
        yield first, images, slice(first * count, (first + images) * count)


def _empty_columns(channels: int, images: int, windows: Windows, lengths: Lengths, dtype: np.dtype) -> Array:
    shape = (channels, *windows.kernel, images, *windows.outputs(lengths))
    return scratch(math.prod(shape), dtype).reshape(shape)
