"""Correlation of images with kernels, and its two transposes: products of matrices of windows, image by image.

Each thread takes a part of the batch and does all by itself, in memory that stays in its cache: it copies the windows
of an image into a matrix (Chellapilla, Puri and Simard, High Performance Convolutional Neural Networks for Document
Processing, 2006), and multiplies that.

All take images (batch, groups, channels, height, width), kernels (groups, outputs, entries of a window), and products
of both (batch, groups, outputs, windows). Windows are rows of the matrix, and their entries (y, x, channel), or they
are columns, and their entries (channel, y, x); see `windows`.
"""

from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL
from .threads import parallel
from .windows import add_columns, add_rows, fill_columns, fill_rows, lay_out, take_out

_inner = numba.njit(error_model="numpy", fastmath=CAREFUL)


@_inner
def _copy_columns(product: Any, block: Any, first: int) -> None:
    """Copy the columns of a matrix from `first` on into a smaller one."""
    start = np.uintp(first)
    for row in range(np.uintp(block.shape[0])):
        for n in range(np.uintp(block.shape[1])):
            block[row, n] = product[row, start + n]


@_inner
def _put_columns(product: Any, block: Any, first: int, bias: Any) -> None:
    """Undo `_copy_columns`, adding a number to each row."""
    start = np.uintp(first)
    for row in range(np.uintp(block.shape[0])):
        constant = bias[row]
        for n in range(np.uintp(block.shape[1])):
            product[row, start + n] = block[row, n] + constant


@parallel
def correlate(
    images: Any,
    kernels: Any,
    bias: Any,
    products: Any,
    memory: Any,
    across: int,
    rows: int,
    in_columns: bool,
    kernel: Any,
    steps: Any,
) -> None:
    """Write into the products those of each kernel with each window, plus a bias (groups, outputs).

    Args:
        images: see above, like `kernels` and `products`.
        kernels: likewise.
        bias: what is added to the products of each kernel.
        products: likewise.
        memory: of each thread: an image with its padding, windows and products of
            them (threads, entries); as many entries as `rows` rows of windows need.
        across: windows in a row.
        rows: rows of windows in one product of matrices.
        in_columns: whether windows are columns of the matrix.
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
                lay_out(images[n, group], image, padding, in_columns)
                for first in range(0, products.shape[3], rows * across):
                    count = min(rows * across, products.shape[3] - first)
                    entries = windows[thread, : count * size]
                    block = blocks[thread, : outputs * count].reshape(outputs, count)
                    if in_columns:
                        matrix = entries.reshape(size, count)
                        fill_columns(matrix, image, first // across, across, kernel, stride, dilation)
                        np.dot(kernels[group], matrix, block)
                    else:
                        matrix = entries.reshape(count, size)
                        fill_rows(matrix, image, first // across, across, kernel, stride, dilation)
                        np.dot(kernels[group], matrix.T, block)
                    _put_columns(products[n, group], block, first, bias[group])


@parallel
def spread(
    products: Any,
    kernels: Any,
    images: Any,
    memory: Any,
    across: int,
    rows: int,
    in_columns: bool,
    kernel: Any,
    steps: Any,
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
                    entries = windows[thread, : count * size]
                    block = blocks[thread, : outputs * count].reshape(outputs, count)
                    _copy_columns(products[n, group], block, first)
                    if in_columns:
                        matrix = entries.reshape(size, count)
                        np.dot(kernels[group].T, block, matrix)
                        add_columns(matrix, image, first // across, across, kernel, stride, dilation)
                    else:
                        matrix = entries.reshape(count, size)
                        np.dot(block.T, kernels[group], matrix)
                        add_rows(matrix, image, first // across, across, kernel, stride, dilation)
                take_out(images[n, group], image, padding, in_columns)


@parallel
def correlate_with(
    products: Any,
    images: Any,
    sums: Any,
    memory: Any,
    across: int,
    rows: int,
    in_columns: bool,
    kernel: Any,
    steps: Any,
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
                lay_out(images[n, group], image, padding, in_columns)
                for first in range(0, products.shape[3], rows * across):
                    count = min(rows * across, products.shape[3] - first)
                    entries = windows[thread, : count * size]
                    block = blocks[thread, : outputs * count].reshape(outputs, count)
                    _copy_columns(products[n, group], block, first)
                    if in_columns:
                        matrix = entries.reshape(size, count)
                        fill_columns(matrix, image, first // across, across, kernel, stride, dilation)
                        np.dot(block, matrix.T, term)
                    else:
                        matrix = entries.reshape(count, size)
                        fill_rows(matrix, image, first // across, across, kernel, stride, dilation)
                        np.dot(block, matrix, term)
                    sums[thread, group] += term
