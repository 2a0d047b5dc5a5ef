"""Largest entries of windows, and where they are; the first of equal ones, and the first NaN before any number.

Values are compared without branches, which random images would mispredict.
"""

from typing import Any

import numba
import numpy as np

from .threads import serial_and_parallel

PARALLEL_FROM = 16384
"""Entries of images from which two threads pay for being started."""


@numba.njit(error_model="numpy")
def _search(plane: Any, y: int, x: int, height: int, width: int) -> Any:
    """Give the largest entry of the window at (y, x), as far as it lies in the plane, and how many stand before it."""
    top, bottom = max(0, y), min(plane.shape[0], y + height)
    left, right = max(0, x), min(plane.shape[1], x + width)
    largest, has_nan = plane[top, left], False
    for i in range(top, bottom):
        for j in range(left, right):
            value = plane[i, j]
            largest = value if value > largest else largest
            has_nan |= value != value
    searching, offset = True, (top - y) * width + left - x
    for i in range(top, bottom):
        for j in range(left, right):
            value = plane[i, j]
            searching &= (value == value) if has_nan else (value != largest)
            offset += searching
        offset += searching * (width - right + left)
    return (plane.dtype.type(np.nan) if has_nan else largest), offset


def _find(
    planes: Any, result: Any, offsets: Any, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
) -> None:
    _, rows, count = result.shape
    for each in numba.prange(len(planes)):
        for i in range(rows):
            for j in range(count):
                result[each, i, j], offsets[each, i, j] = _search(
                    planes[each], i * stride[0] - padding[0], j * stride[1] - padding[1], kernel[0], kernel[1]
                )


def _find_in_squares(planes: Any, result: Any, offsets: Any) -> None:
    """Do the same for the windows of all pooling but little: two by two entries that share none with others."""
    _, rows, count = result.shape
    for each in numba.prange(len(planes)):
        for i in range(rows):
            upper, lower = planes[each, 2 * i], planes[each, 2 * i + 1]
            largest, offset = result[each, i], offsets[each, i]
            may_have_nan = False
            for j in range(count):
                a, b, c, d = upper[2 * j], upper[2 * j + 1], lower[2 * j], lower[2 * j + 1]
                above, below = (a if a > b else b), (c if c > d else d)
                value = above if above > below else below
                largest[j] = value
                offset[j] = (a != value) * (1 + (b != value) * (1 + (c != value)))
                total = a + b + c + d
                may_have_nan |= total != total
            if may_have_nan:
                for j in range(count):
                    largest[j], offset[j] = _search(planes[each], 2 * i, 2 * j, 2, 2)


def _put(cotangent: Any, offsets: Any, jumps: Any, result: Any, step: tuple[int, int], start: int) -> None:
    _, rows, count = cotangent.shape
    for each in numba.prange(len(cotangent)):
        plane = result[each]
        plane[:] = 0
        for i in range(rows):
            for j in range(count):
                plane[start + i * step[0] + j * step[1] + jumps[offsets[each, i, j]]] += cotangent[each, i, j]


_find_serial, _find_parallel = serial_and_parallel(_find)
_find_in_squares_serial, _find_in_squares_parallel = serial_and_parallel(_find_in_squares)
_put_serial, _put_parallel = serial_and_parallel(_put)


def find_largest(planes: Any, result: Any, offsets: Any, kernel: Any, stride: Any, padding: Any) -> None:
    """Write the largest entries of all windows into the result, and their places in the window into the offsets.

    Args:
        planes: (planes, height, width), contiguous.
        result: (planes, rows of windows, windows in a row), likewise.
        offsets: whole numbers of the result's shape: row times the width of the kernel, plus column.
        kernel: height and width of the windows.
        stride: of the windows, down and to the right.
        padding: how far windows begin outside; each must reach inside.
    """
    serial = planes.size < PARALLEL_FROM
    if kernel == stride == (2, 2) and padding == (0, 0):
        (_find_in_squares_serial if serial else _find_in_squares_parallel)(planes, result, offsets)
    else:
        (_find_serial if serial else _find_parallel)(planes, result, offsets, kernel, stride, padding)


def put_back(cotangent: Any, offsets: Any, result: Any, kernel: Any, stride: Any, padding: Any) -> None:
    """Write into the result the sums of the cotangents of the windows whose largest entry each is; see `find_largest`.

    Args:
        cotangent: (planes, rows of windows, windows in a row), contiguous.
        offsets: as `find_largest` left them.
        result: (planes, height, width), contiguous.
        kernel: height and width of the windows.
        stride: of the windows, down and to the right.
        padding: how far windows begin outside.
    """
    planes, height, width = result.shape
    jumps = np.add.outer(np.arange(kernel[0]) * width, np.arange(kernel[1])).reshape(-1)
    (_put_serial if result.size < PARALLEL_FROM else _put_parallel)(
        cotangent,
        offsets,
        jumps,
        result.reshape(planes, height * width),
        (stride[0] * width, stride[1]),
        -padding[0] * width - padding[1],
    )
