"""Pooling: the largest entry, or the mean, of each window of an image.

Convention: of equal largest entries of a window the first, row by row, has slope 1, and the others 0. A NaN is larger
than any number, as NumPy has it.
"""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from ...arrays import place_of
from ...errors import InvalidArgument
from ...pool import empty, zeros
from ...types import Array
from ..arguments import as_array
from ..table import fused
from .planes import planes_of
from .unfolding import unfold
from .windows import Windows, check_fit, check_images, per_axis

PARAMETERS = ("kernel", "stride", "padding")


def _windows(function: str, x: Array, *, kernel: Any, stride: Any = None, padding: Any = 0) -> Windows:
    """Read the parameters of a call; raises `InvalidArgument`, in the function's name, for what does not fit."""
    axes = 1 if function.endswith("1d") else 2
    check_images(function, "x", x, axes)
    kernel = per_axis(function, "kernel", kernel, axes, least=1)
    windows = Windows(
        kernel=kernel,
        stride=kernel if stride is None else per_axis(function, "stride", stride, axes, least=1),
        padding=per_axis(function, "padding", padding, axes, least=0),
        dilation=(1,) * axes,
    )
    if any(2 * each > length for each, length in zip(windows.padding, kernel, strict=True)):
        raise InvalidArgument(
            f"{function} was given kernel={kernel} and padding={windows.padding}: windows would lie in the padding "
            f"alone; pad by at most half the kernel."
        )
    check_fit(function, windows, tuple(x.shape))
    return windows


def _max_forward(x: Array, **parameters: Any) -> tuple[Array, Any]:
    from ...native.pooling import find_largest

    windows = _windows("max_pool2d", x, **parameters)
    planes = planes_of(x)
    result = empty((len(planes), *windows.outputs(x.shape[2:])), x.dtype)
    offsets = empty(result.shape, np.dtype(np.uint8 if math.prod(windows.kernel) <= 256 else np.int64))
    find_largest(planes, result, offsets, windows.kernel, windows.stride, windows.padding)
    return result.reshape(*x.shape[:2], *result.shape[1:]), (x.shape, offsets, windows)


def _max_backward(cotangent: Array, saved: Any, needed: Collection[int], **parameters: Any) -> tuple[Array]:
    from ...native.pooling import put_back

    shape, offsets, windows = saved
    result = empty(shape, cotangent.dtype)
    put_back(planes_of(cotangent), offsets, planes_of(result), windows.kernel, windows.stride, windows.padding)
    return (result,)


@fused(_max_forward, _max_backward, PARAMETERS)
def max_pool2d(x: Array, *, kernel: Any, stride: Any = None, padding: Any = 0) -> Array:
    """Give the largest entry of each window; what the padding holds is never it.

    Args:
        x: (batch, channels, height, width).
        kernel: height and width of the windows, a whole number or a pair of them.
        stride: from a window to the next, down and to the right, likewise; None is the kernel.
        padding: how far windows begin outside, likewise; at most half the kernel.

    Returns:
        (batch, channels, rows, columns), rows = ⌊(height + 2 padding - kernel) / stride⌋ + 1.

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), kernel=2)
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """
    x = as_array(x)
    windows = _windows("max_pool2d", x, kernel=kernel, stride=stride, padding=padding)
    entries = unfold(x, windows, -np.inf)
    first_inside = _first_inside(windows, x)
    largest = np.argmax(entries, 2)
    largest = np.where(largest < first_inside, first_inside, largest)
    return np.take_along_axis(entries, np.expand_dims(largest, 2), 2)[:, :, 0]


def _first_inside(windows: Windows, x: Array) -> Array:
    """Say for each window over x which of its entries is the first that is not padding."""
    inside = unfold(np.ones_like(place_of(x), float, shape=(1, 1, *x.shape[2:])), windows)
    return np.argmax(inside[0, 0], 0)


def _mean_forward(x: Array, **parameters: Any) -> tuple[Array, Any]:
    windows = _windows("avg_pool2d", x, **parameters)
    lengths, padded = x.shape[2:], planes_of(x)
    if any(windows.padding):
        padded = np.pad(padded, ((0, 0), *((each, each) for each in windows.padding)))
    total = zeros((len(padded), *windows.outputs(lengths)), x.dtype)
    for _, place in windows.places(lengths):
        total += padded[(slice(None), *place)]
    total /= math.prod(windows.kernel)
    return total.reshape(*x.shape[:2], *total.shape[1:]), (x.shape, windows)


def _mean_backward(cotangent: Array, saved: Any, needed: Collection[int], **parameters: Any) -> tuple[Array]:
    (batch, channels, *lengths), windows = saved
    share = planes_of(cotangent) / math.prod(windows.kernel)
    padded = zeros((batch * channels, *windows.padded(tuple(lengths))), cotangent.dtype)
    for _, place in windows.places(tuple(lengths)):
        padded[(slice(None), *place)] += share
    result = np.ascontiguousarray(padded[(slice(None), *windows.interior(tuple(lengths)))])
    return (result.reshape(batch, channels, *lengths),)


@fused(_mean_forward, _mean_backward, PARAMETERS)
def avg_pool2d(x: Array, *, kernel: Any, stride: Any = None, padding: Any = 0) -> Array:
    """Give the mean of each window, the zeros of the padding among its entries.

    Args:
        x: (batch, channels, height, width).
        kernel: height and width of the windows, a whole number or a pair of them.
        stride: from a window to the next, down and to the right, likewise; None is the kernel.
        padding: how far windows begin outside, likewise; at most half the kernel.

    Returns:
        (batch, channels, rows, columns), rows = ⌊(height + 2 padding - kernel) / stride⌋ + 1.

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), kernel=2)
    array([[[[ 2.5,  4.5],
             [10.5, 12.5]]]])
    """
    x = as_array(x)
    windows = _windows("avg_pool2d", x, kernel=kernel, stride=stride, padding=padding)
    return np.sum(unfold(x, windows), 2) / math.prod(windows.kernel)


def max_pool1d(x: Array, *, kernel: int, stride: int | None = None, padding: int = 0) -> Array:
    """Give the largest entry of each window of sequences: `max_pool2d` of images of one row.

    Args:
        x: (batch, channels, length).
        kernel: length of the windows.
        stride: from a window to the next; None is the kernel.
        padding: how far windows begin outside; at most half the kernel.

    Returns:
        (batch, channels, windows).

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> max_pool1d(np.array([[[1.0, 3.0, 2.0, 0.0]]]), kernel=2)
    array([[[3., 2.]]])
    """
    x = as_array(x)
    return _of_one_row(max_pool2d, x, _windows("max_pool1d", x, kernel=kernel, stride=stride, padding=padding))


def avg_pool1d(x: Array, *, kernel: int, stride: int | None = None, padding: int = 0) -> Array:
    """Give the mean of each window of sequences: `avg_pool2d` of images of one row.

    Args:
        x: (batch, channels, length).
        kernel: length of the windows.
        stride: from a window to the next; None is the kernel.
        padding: how far windows begin outside; at most half the kernel.

    Returns:
        (batch, channels, windows).

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> avg_pool1d(np.array([[[1.0, 3.0, 2.0, 0.0]]]), kernel=2)
    array([[[2., 1.]]])
    """
    x = as_array(x)
    return _of_one_row(avg_pool2d, x, _windows("avg_pool1d", x, kernel=kernel, stride=stride, padding=padding))


def _of_one_row(function: Any, x: Array, windows: Windows) -> Array:
    result = function(
        np.reshape(x, (*x.shape[:2], 1, x.shape[2])),
        kernel=(1, *windows.kernel),
        stride=(1, *windows.stride),
        padding=(0, *windows.padding),
    )
    return np.reshape(result, (*result.shape[:2], result.shape[3]))
