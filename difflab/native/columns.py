"""Columns of windows of images, filled and added back: what makes a convolution a product of matrices.

Row (channel, y, x) of the columns holds the entry (y, x) of all windows (Chellapilla, Puri and Simard, High Performance
Convolutional Neural Networks for Document Processing, 2006).
"""

from typing import Any

import numba

from .exponential import CAREFUL
from .threads import serial_and_parallel

PARALLEL_FROM = 16384
"""Entries of columns from which two threads pay for being started."""


@numba.njit(error_model="numpy")
def _inside(shift: int, stride: int, length: int, count: int) -> tuple[int, int]:
    """Give the first window whose entry at `shift` lies within the length, and the first after it that lies beyond."""
    first = min(count, max(0, -(shift // stride)))
    return first, max(first, min(count, (length - 1 - shift) // stride + 1))


@numba.njit(error_model="numpy")
def _copy(block: Any, plane: Any, down: int, right: int, stride: tuple[int, int]) -> None:
    """Write into the block the entries of a plane, shifted, and zeros outside; loops beat slices, which are short."""
    rows, count = block.shape
    top, bottom = _inside(down, stride[0], plane.shape[0], rows)
    first, last = _inside(right, stride[1], plane.shape[1], count)
    if bottom - top < rows or last - first < count:
        for y in range(rows):
            for x in range(count):
                block[y, x] = 0
    for y in range(top, bottom):
        target, source = block[y, first:last], plane[y * stride[0] + down, first * stride[1] + right :]
        if stride[1] == 1:
            for x in range(target.size):
                target[x] = source[x]
        else:
            for x in range(target.size):
                target[x] = source[x * stride[1]]


@numba.njit(error_model="numpy", fastmath=CAREFUL)
def _add_copy(block: Any, plane: Any, down: int, right: int, stride: tuple[int, int]) -> None:
    """Add the block to the entries of the plane that `_copy` would read."""
    rows, count = block.shape
    top, bottom = _inside(down, stride[0], plane.shape[0], rows)
    first, last = _inside(right, stride[1], plane.shape[1], count)
    for y in range(top, bottom):
        source, target = block[y, first:last], plane[y * stride[0] + down, first * stride[1] + right :]
        if stride[1] == 1:
            for x in range(source.size):
                target[x] += source[x]
        else:
            for x in range(source.size):
                target[x * stride[1]] += source[x]


def _fill(columns: Any, planes: Any, start: int, steps: Any, stride: Any, padding: Any, dilation: Any) -> None:
    channels, height, width, images, _, _ = columns.shape
    for each in numba.prange(channels * images):
        channel, image = each // images, each % images
        plane = planes[start + image * steps[0] + channel * steps[1]]
        for y in range(height):
            for x in range(width):
                down, right = y * dilation[0] - padding[0], x * dilation[1] - padding[1]
                _copy(columns[channel, y, x, image], plane, down, right, stride)


def _add(columns: Any, planes: Any, start: int, steps: Any, stride: Any, padding: Any, dilation: Any) -> None:
    channels, height, width, images, _, _ = columns.shape
    for each in numba.prange(channels * images):
        channel, image = each // images, each % images
        plane = planes[start + image * steps[0] + channel * steps[1]]
        plane[:, :] = 0
        for y in range(height):
            for x in range(width):
                down, right = y * dilation[0] - padding[0], x * dilation[1] - padding[1]
                _add_copy(columns[channel, y, x, image], plane, down, right, stride)


_fill_serial, _fill_parallel = serial_and_parallel(_fill)
_add_serial, _add_parallel = serial_and_parallel(_add)


def fill_columns(columns: Any, planes: Any, start: int, steps: Any, stride: Any, padding: Any, dilation: Any) -> None:
    """Write the windows' entries into the columns, zeros for those in the padding.

    Args:
        columns: (channels, kernel height, kernel width, images, rows of windows, windows in a row), contiguous.
        planes: one channel of one image each, (any number, height, width), contiguous.
        start: the plane of the first image and the first channel.
        steps: how many planes lie from an image to the next, and from a channel to the next.
        stride: of the windows, down and to the right, like all that follows.
        padding: how many zeros surround the images.
        dilation: how far entries of a window lie apart.
    """
    (_fill_serial if columns.size < PARALLEL_FROM else _fill_parallel)(
        columns, planes, start, steps, stride, padding, dilation
    )


def add_columns(columns: Any, planes: Any, start: int, steps: Any, stride: Any, padding: Any, dilation: Any) -> None:
    """Write into the planes the sums of what the columns hold for each entry; the transpose of `fill_columns`."""
    (_add_serial if columns.size < PARALLEL_FROM else _add_parallel)(
        columns, planes, start, steps, stride, padding, dilation
    )
