"""Correlation of plain arrays with kernels, and its two transposes, by compiled loops over products of matrices."""

import math
from typing import NamedTuple

import numpy as np

from ...pool import empty, zeros
from ...types import Array
from .scratch import scratch
from .windows import Lengths, Windows

BLOCK = 1 << 16
"""Entries of the windows that one product takes: with them a thread's second-level cache of half a megabyte is half
full."""


class Work(NamedTuple):
    """What the compiled loops take last: each thread's memory, and how the windows lie; see `native.correlation`."""

    memory: tuple[Array, Array, Array]
    across: int
    rows: int
    in_columns: bool
    kernel: Lengths
    steps: tuple[Lengths, Lengths, Lengths]


def correlate(x: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Array:
    """Give the product of each kernel with each window.

    Args:
        x: (batch, channels, height, width), in any order of memory.
        weight: (outputs, channels / groups, kernel height, kernel width).
        bias: (outputs,) or None.
        windows: where they lie.
        groups: output g of `groups` equal parts sees part g of the channels.

    Returns:
        (batch, outputs, rows, columns).
    """
    from ...native import correlation
    from ...native.blas import products_in_one_thread

    shape = (len(x), len(weight), *windows.outputs(x.shape[2:]))
    result = empty(shape, x.dtype)
    work = _work(shape, x.shape, windows, groups, x.dtype)
    per_output = zeros((len(weight),), x.dtype) if bias is None else np.ascontiguousarray(bias)
    with products_in_one_thread():
        correlation.correlate(
            _images(x, groups),
            _kernels(weight, groups, in_columns=work.in_columns),
            per_output.reshape(groups, -1),
            _products(result, groups),
            *work,
        )
    return result


def spread(y: Array, weight: Array, windows: Windows, groups: int, lengths: Lengths) -> Array:
    """Give the transpose of `correlate` in its images, whose lengths are given, applied to y.

    Args:
        y: (batch, outputs, rows, columns), in any order of memory.
        weight: as in `correlate`.
        windows: likewise.
        groups: likewise.
        lengths: height and width of the result.
    """
    from ...native import correlation
    from ...native.blas import products_in_one_thread

    result = empty((len(y), weight.shape[1] * groups, *lengths), y.dtype)
    work = _work(y.shape, result.shape, windows, groups, y.dtype)
    with products_in_one_thread():
        correlation.spread(
            _products(y, groups),
            _kernels(weight, groups, in_columns=work.in_columns),
            _images(result, groups),
            *work,
        )
    return result


def correlate_with(y: Array, x: Array, windows: Windows, groups: int) -> Array:
    """Give the transpose of `correlate` in its weight, applied to y: each channel of y times its windows of x."""
    from ...native import correlation
    from ...native.blas import products_in_one_thread
    from ...native.products import summed

    outputs, channels = y.shape[1], x.shape[1]
    work = _work(y.shape, x.shape, windows, groups, y.dtype)
    size = channels // groups * math.prod(windows.kernel)
    sums = zeros((len(work.memory[0]), groups, outputs // groups, size), y.dtype)
    with products_in_one_thread():
        correlation.correlate_with(_products(y, groups), _images(x, groups), sums, *work)
    total = empty((outputs, channels // groups, *windows.kernel), y.dtype)
    if work.in_columns:
        summed(sums, total.reshape(sums.shape[1:]))
    else:
        by_entry = sums.reshape(len(sums), outputs, *windows.kernel, channels // groups)
        summed(by_entry.transpose(0, 1, 4, 2, 3), total)
    return total


def sums_of_channels(y: Array) -> Array:
    """Sum over all axes but the channels'."""
    return np.sum(np.sum(np.ascontiguousarray(y), (2, 3)), 0)


def _images(x: Array, groups: int) -> Array:
    batch, channels, *lengths = x.shape
    return np.ascontiguousarray(x).reshape(batch, groups, channels // groups, *lengths)


def _products(y: Array, groups: int) -> Array:
    return np.ascontiguousarray(y).reshape(len(y), groups, y.shape[1] // groups, math.prod(y.shape[2:]))


def _in_columns(windows: Windows, channels: int, across: int) -> bool:
    """Say whether windows are copied faster as columns than as rows: in longer runs."""
    return windows.stride[1] == 1 and channels * (windows.kernel[1] if windows.dilation[1] == 1 else 1) < across


def _kernels(weight: Array, groups: int, *, in_columns: bool) -> Array:
    """Give (groups, outputs / groups, entries), an entry's channel first where windows are columns, else last."""
    ordered = weight if in_columns else weight.transpose(0, 2, 3, 1)
    return np.ascontiguousarray(ordered).reshape(groups, len(weight) // groups, -1)


def _work(y_shape: Lengths, x_shape: Lengths, windows: Windows, groups: int, dtype: np.dtype) -> Work:
    import numba

    threads = max(1, min(numba.get_num_threads(), x_shape[0]))
    channels, outputs, (down, across) = x_shape[1] // groups, y_shape[1] // groups, y_shape[2:]
    size = channels * math.prod(windows.kernel)
    rows = min(down, max(1, BLOCK // (across * size)))
    in_columns = _in_columns(windows, channels, across)
    height, width = windows.padded(x_shape[2:])
    image = (channels, height, width) if in_columns else (height, width, channels)
    lengths = (math.prod(image), rows * across * size, outputs * rows * across)
    padded, matrices, blocks = np.split(scratch(threads * sum(lengths), dtype), np.cumsum(lengths)[:2] * threads)
    memory = padded.reshape(threads, *image), matrices.reshape(threads, -1), blocks.reshape(threads, -1)
    steps = windows.stride, windows.padding, windows.dilation
    return Work(memory, across, rows, in_columns, windows.kernel, steps)
