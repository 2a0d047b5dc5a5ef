"""The transpose of convolution: images made larger with learnt kernels."""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...types import Array
from ..arguments import as_array
from ..table import fused
from .convolution import check_bias, check_kernels
from .correlation import correlate, correlate_with, spread, sums_of_channels
from .unfolding import fold
from .windows import Lengths, Windows, check_images, per_axis

FUNCTION = "conv_transpose2d"


def _read(
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> tuple[Windows, int, Lengths]:
    """Give windows and groups of the convolution whose transpose is asked for, and height and width of the result."""
    check_images(FUNCTION, "x", x, 2)
    check_kernels(FUNCTION, weight, 2)
    windows = Windows(
        kernel=tuple(weight.shape[2:]),
        stride=per_axis(FUNCTION, "stride", stride, 2, least=1),
        padding=per_axis(FUNCTION, "padding", padding, 2, least=0),
        dilation=per_axis(FUNCTION, "dilation", dilation, 2, least=1),
    )
    more = per_axis(FUNCTION, "output_padding", output_padding, 2, least=0)
    (groups,) = per_axis(FUNCTION, "groups", groups, 1, least=1)
    _check_channels(x, weight, groups)
    check_bias(FUNCTION, bias, weight.shape[1] * groups)
    return windows, groups, _lengths_of_result(tuple(x.shape), windows, more)


def _check_channels(x: Array, weight: Array, groups: int) -> None:
    if x.shape[1] != weight.shape[0] or x.shape[1] % groups:
        raise InvalidArgument(
            f"{FUNCTION} was given x of shape {tuple(x.shape)}, {x.shape[1]} channels, weight of shape "
            f"{tuple(weight.shape)} and groups={groups}: make weight.shape[0] the number of channels, and a "
            f"multiple of groups."
        )


def _lengths_of_result(shape: Lengths, windows: Windows, more: Lengths) -> Lengths:
    if any(extra >= stride for extra, stride in zip(more, windows.stride, strict=True)):
        raise InvalidArgument(
            f"{FUNCTION} was given output_padding={more} and stride={windows.stride}: output_padding tells apart the "
            f"lengths that a convolution of this stride gives one length; make it less than the stride."
        )
    lengths = tuple(
        (length - 1) * stride - 2 * padding + span + extra
        for length, stride, padding, span, extra in zip(
            shape[2:], windows.stride, windows.padding, windows.spans, more, strict=True
        )
    )
    if min(*lengths, *shape[2:]) < 1:
        raise InvalidArgument(
            f"{FUNCTION} was given x of shape {shape}: with kernel {windows.kernel} and padding={windows.padding} the "
            f"result would have height and width {lengths}: take less padding, or larger images."
        )
    return lengths


def _forward(x: Array, weight: Array, bias: Array | None = None, **parameters: Any) -> tuple[Array, Any]:
    windows, groups, lengths = _read(x, weight, bias, **parameters)
    result = spread(x, weight, windows, groups, lengths)
    if bias is not None:
        result += bias[:, None, None]
    return result, (x, weight, bias is not None, windows, groups)


def _backward(cotangent: Array, saved: Any, needed: Collection[int], **parameters: Any) -> tuple[Array | None, ...]:
    x, weight, has_bias, windows, groups = saved
    return (
        correlate(cotangent, weight, None, windows, groups) if 0 in needed else None,
        correlate_with(x, cotangent, windows, groups) if 1 in needed else None,
        sums_of_channels(cotangent) if 2 in needed else None,
    )[: 2 + has_bias]


@fused(_forward, _backward, ("stride", "padding", "output_padding", "dilation", "groups"))
def conv_transpose2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Apply the transpose of `conv2d` in its images, with the same weight, and add a bias.

    Each entry of x adds its multiple of a kernel to the result (Dumoulin and Visin, A guide to convolution arithmetic
    for deep learning, 2016, chapter 4).

    Args:
        x: (batch, channels, height, width).
        weight: (channels, outputs / groups, kernel height, kernel width).
        bias: (outputs,), or None.
        stride: from a kernel to the next, a whole number or a pair of them, down and to the right.
        padding: how much is cut off around the result, likewise.
        output_padding: how much less is cut off below and to the right, likewise; less than the stride.
        dilation: how far entries of a kernel lie apart, likewise.
        groups: into how many parts channels and outputs are split that see each other alone.

    Returns:
        (batch, outputs, rows, columns), rows = (height - 1) stride - 2 padding + dilation (kernel height - 1) +
        output_padding + 1.

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> conv_transpose2d(np.array([[[[1.0, 2.0]]]]), np.ones((1, 1, 1, 2)), stride=2)
    array([[[[1., 1., 2., 2.]]]])
    """
    x, weight, bias = as_array(x), as_array(weight), None if bias is None else as_array(bias)
    windows, groups, lengths = _read(
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
    )
    batch, channels, *counts = x.shape
    outputs, inside = weight.shape[1] * groups, math.prod(weight.shape[1:])
    kernels = np.reshape(weight, (groups, channels // groups, inside))
    entries = np.matmul(
        np.swapaxes(kernels, 1, 2), np.reshape(x, (batch, groups, channels // groups, math.prod(counts)))
    )
    entries = np.reshape(entries, (batch, outputs, math.prod(windows.kernel), *counts))
    result = fold(entries, windows, lengths)
    return result if bias is None else result + np.reshape(bias, (outputs, 1, 1))
