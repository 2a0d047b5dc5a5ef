"""Correlation of images with kernels, and its two transposes: products of matrices of windows, image by image.

Each thread takes a part of the batch and does all by itself, in memory that stays in its cache: it lays an image out
with its channels last, so that a row of a window is one run of entries; copies the windows, one a row, into a matrix
(Chellapilla, Puri and Simard, High Performance Convolutional Neural Networks for Document Processing, 2006); and
multiplies that.

All take images (batch, groups, channels, height, width), kernels (groups, outputs, entries of a window), where an
entry is (y, x, channel), and products of both (batch, groups, outputs, windows).
"""

from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL

_UNSIGNED = np.uintp
"""Of indices that cannot count from the end, which loops would ask of each: eight times as fast for short runs."""

_parallel = numba.njit(cache=True, error_model="numpy", parallel=True)
_inner = numba.njit(error_model="numpy", fastmath=CAREFUL)


@_inner
def _lay_out(image: Any, padded: Any, padding: Any) -> None:
    """Write (channels, height, width) into the middle of (height, width, channels)."""
    channels, height, width = image.shape
    down, right = _UNSIGNED(padding[0]), _UNSIGNED(padding[1])
    for c in range(_UNSIGNED(channels)):
        for y in range(_UNSIGNED(height)):
            for x in range(_UNSIGNED(width)):
                padded[y + down, x + right, c] = image[c, y, x]


@_inner
def _take_out(image: Any, padded: Any, padding: Any) -> None:
    """Undo `_lay_out`."""
    channels, height, width = image.shape
    down, right = _UNSIGNED(padding[0]), _UNSIGNED(padding[1])
    for c in range(_UNSIGNED(channels)):
        for y in range(_UNSIGNED(height)):
            for x in range(_UNSIGNED(width)):
                image[c, y, x] = padded[y + down, x + right, c]


@_inner
def _runs(padded: Any, kernel: Any, dilation: Any) -> tuple[int, int]:
    """Say how many runs of neighbouring entries a row of a window has, and how long they are."""
    channels = padded.shape[2]
    return (1, kernel[1] * channels) if dilation[1] == 1 else (kernel[1], channels)


@_inner
def _fill(matrix: Any, padded: Any, top: int, across: int, kernel: Any, stride: Any, dilation: Any) -> None:
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
def _add(matrix: Any, padded: Any, top: int, across: int, kernel: Any, stride: Any, dilation: Any) -> None:
    """Add the rows of a matrix to the entries that `_fill` would copy into them."""
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
def _copy_columns(product: Any, block: Any, first: int) -> None:
    """Copy the columns of a matrix from `first` on into a smaller one."""
    start = _UNSIGNED(first)
    for row in range(_UNSIGNED(block.shape[0])):
        for n in range(_UNSIGNED(block.shape[1])):
            block[row, n] = product[row, start + n]


@_inner
def _put_columns(product: Any, block: Any, first: int, bias: Any) -> None:
    """Undo `_copy_columns`, adding a number to each row."""
    start = _UNSIGNED(first)
    for row in range(_UNSIGNED(block.shape[0])):
        constant = bias[row]
        for n in range(_UNSIGNED(block.shape[1])):
            product[row, start + n] = block[row, n] + constant


@_parallel
def correlate(
    images: Any, kernels: Any, bias: Any, products: Any, memory: Any, across: int, rows: int, kernel: Any, steps: Any
) -> None:
    """Write into the products those of each kernel with each window, plus a bias (groups, outputs).

    Args:
        images: see above, like `kernels` and `products`.
        kernels: likewise.
        bias: what is added to the products of each kernel.
        products: likewise.
        memory: of each thread: an image with its padding (threads, height, width, channels), windows and products of
            them (threads, entries); as many entries as `rows` rows of windows need.
        across: windows in a row.
        rows: rows of windows in one product of matrices.
        kernel: height and width of the windows.
        steps: stride, padding and dilation, each down and to the right.
    """
    padded, windows, blocks = memory
    stride, padding, dilation = steps
    threads, batch = len(padded), len(images)
    outputs, size = kernels.shape[1:]
    for thread in numba.prange(threads):
        image = padded[thread]
        image[:] = 0
        for n in range(thread * batch // threads, (thread + 1) * batch // threads):
            for group in range(images.shape[1]):
                _lay_out(images[n, group], image, padding)
                for first in range(0, products.shape[3], rows * across):
                    count = min(rows * across, products.shape[3] - first)
                    matrix = windows[thread, : count * size].reshape(count, size)
                    block = blocks[thread, : outputs * count].reshape(outputs, count)
                    _fill(matrix, image, first // across, across, kernel, stride, dilation)
                    np.dot(kernels[group], matrix.T, block)
                    _put_columns(products[n, group], block, first, bias[group])


@_parallel
def spread(
    products: Any, kernels: Any, images: Any, memory: Any, across: int, rows: int, kernel: Any, steps: Any
) -> None:
    """Write into the images the sums of the kernels, each times its product, over all windows; see `correlate`."""
    padded, windows, blocks = memory
    stride, padding, dilation = steps
    threads, batch = len(padded), len(images)
    outputs, size = kernels.shape[1:]
    for thread in numba.prange(threads):
        image = padded[thread]
        for n in range(thread * batch // threads, (thread + 1) * batch // threads):
            for group in range(images.shape[1]):
                image[:] = 0
                for first in range(0, products.shape[3], rows * across):
                    count = min(rows * across, products.shape[3] - first)
                    matrix = windows[thread, : count * size].reshape(count, size)
                    block = blocks[thread, : outputs * count].reshape(outputs, count)
                    _copy_columns(products[n, group], block, first)
                    np.dot(block.T, kernels[group], matrix)
                    _add(matrix, image, first // across, across, kernel, stride, dilation)
                _take_out(images[n, group], image, padding)


@_parallel
def correlate_with(
    products: Any, images: Any, sums: Any, memory: Any, across: int, rows: int, kernel: Any, steps: Any
) -> None:
    """Add to sums (threads, groups, outputs, entries of a window) each product times its window; see `correlate`."""
    padded, windows, blocks = memory
    stride, padding, dilation = steps
    threads, batch = len(padded), len(images)
    outputs, size = sums.shape[2:]
    for thread in numba.prange(threads):
        image = padded[thread]
        image[:] = 0
        term = np.empty((outputs, size), sums.dtype)
        for n in range(thread * batch // threads, (thread + 1) * batch // threads):
            for group in range(images.shape[1]):
                _lay_out(images[n, group], image, padding)
                for first in range(0, products.shape[3], rows * across):
                    count = min(rows * across, products.shape[3] - first)
                    matrix = windows[thread, : count * size].reshape(count, size)
                    block = blocks[thread, : outputs * count].reshape(outputs, count)
                    _fill(matrix, image, first // across, across, kernel, stride, dilation)
                    _copy_columns(products[n, group], block, first)
                    np.dot(block, matrix, term)
                    sums[thread, group] += term
