"""Columns of windows of images, filled and added back: what makes a convolution a product of matrices.

Row (channel, y, x) of the columns holds the entry (y, x) of all windows (Chellapilla, Puri and Simard, High Performance
Convolutional Neural Networks for Document Processing, 2006). Where windows move by one entry and are as many as the
entries of a row, an image's part of such a row is the image shifted, and is copied in one run; else line by line.
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
def _clear_border(block: Any, right: int, width: int) -> None:
    """Write zeros where an image of this width, shifted by `right`, would run over into its next or last row."""
    rows, count = block.shape
    for y in range(rows):
        for x in range(min(count, -right)):
            block[y, x] = 0
        for x in range(max(0, width - right), count):
            block[y, x] = 0


@numba.njit(error_model="numpy")
def _is_shifted(count: int, width: int, stride: tuple[int, int]) -> bool:
    return count == width and stride[0] == 1 and stride[1] == 1


@numba.njit(error_model="numpy")
def _copy_run(block: Any, plane: Any, down: int, right: int) -> None:
    width = plane.shape[1]
    shift = down * width + right
    target, source = block.reshape(block.size), plane.reshape(plane.size)
    first, last = _inside(shift, 1, source.size, target.size)
    target[:first] = 0
    inside, shifted = target[first:last], source[first + shift : last + shift]
    for i in range(inside.size):
        inside[i] = shifted[i]
    target[last:] = 0
    _clear_border(block, right, width)


@numba.njit(error_model="numpy")
def _copy_rows(block: Any, plane: Any, down: int, right: int, stride: tuple[int, int]) -> None:
    rows, count = block.shape
    height, width = plane.shape
    first, last = _inside(right, stride[1], width, count)
    for y in range(rows):
        source = y * stride[0] + down
        if source < 0 or source >= height:
            block[y, :] = 0
            continue
        block[y, :first] = 0
        if stride[1] == 1:
            inside, shifted = block[y, first:last], plane[source, first + right : last + right]
            for i in range(inside.size):
                inside[i] = shifted[i]
        else:
            for x in range(first, last):
                block[y, x] = plane[source, x * stride[1] + right]
        block[y, last:] = 0


def _fill(columns: Any, planes: Any, start: int, steps: Any, stride: Any, padding: Any, dilation: Any) -> None:
    channels, height, width, images, _, count = columns.shape
    for each in numba.prange(channels * images):
        channel, image = each // images, each % images
        plane = planes[start + image * steps[0] + channel * steps[1]]
        for y in range(height):
            for x in range(width):
                down, right = y * dilation[0] - padding[0], x * dilation[1] - padding[1]
                block = columns[channel, y, x, image]
                if _is_shifted(count, plane.shape[1], stride):
                    _copy_run(block, plane, down, right)
                else:
                    _copy_rows(block, plane, down, right, stride)


@numba.njit(error_model="numpy", fastmath=CAREFUL)
def _add_run(plane: Any, block: Any, down: int, right: int) -> None:
    width = plane.shape[1]
    shift = down * width + right
    _clear_border(block, right, width)
    target, source = plane.reshape(plane.size), block.reshape(block.size)
    first, last = _inside(shift, 1, target.size, source.size)
    shifted, inside = target[first + shift : last + shift], source[first:last]
    for i in range(inside.size):
        shifted[i] += inside[i]


@numba.njit(error_model="numpy", fastmath=CAREFUL)
def _add_rows(plane: Any, block: Any, down: int, right: int, stride: tuple[int, int]) -> None:
    rows, count = block.shape
    height, width = plane.shape
    first, last = _inside(right, stride[1], width, count)
    for y in range(rows):
        target = y * stride[0] + down
        if target < 0 or target >= height:
            continue
        if stride[1] == 1:
            shifted, inside = plane[target, first + right : last + right], block[y, first:last]
            for i in range(inside.size):
                shifted[i] += inside[i]
        else:
            for x in range(first, last):
                plane[target, x * stride[1] + right] += block[y, x]


def _add(columns: Any, planes: Any, start: int, steps: Any, stride: Any, padding: Any, dilation: Any) -> None:
    channels, height, width, images, _, count = columns.shape
    for each in numba.prange(channels * images):
        channel, image = each // images, each % images
        plane = planes[start + image * steps[0] + channel * steps[1]]
        plane[:, :] = 0
        for y in range(height):
            for x in range(width):
                down, right = y * dilation[0] - padding[0], x * dilation[1] - padding[1]
                block = columns[channel, y, x, image]
                if _is_shifted(count, plane.shape[1], stride):
                    _add_run(plane, block, down, right)
                else:
                    _add_rows(plane, block, down, right, stride)


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
    """Write into the planes the sums of what the columns hold for each entry; the transpose of `fill_columns`.

    It spoils the columns.
    """
    (_add_serial if columns.size < PARALLEL_FROM else _add_parallel)(
        columns, planes, start, steps, stride, padding, dilation
    )
