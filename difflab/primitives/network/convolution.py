"""Convolution of images and of sequences with learnt kernels."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...types import Array
from ..arguments import as_array
from ..table import fused
from .correlation import correlate, correlate_with, spread, sums_of_channels
from .unfolding import unfold
from .windows import Windows, check_fit, check_images, check_inexact, per_axis

PARAMETERS = ("stride", "padding", "dilation", "groups")


@dataclass(frozen=True)
class Convolution:
    """The static part of a convolution: windows, and groups of channels that see each other alone."""

    windows: Windows
    groups: int

    @classmethod
    def of(
        cls,
        function: str,
        x: Array,
        weight: Array,
        bias: Array | None,
        *,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: Any = 1,
    ) -> "Convolution":
        """Read the parameters of a call; raises `InvalidArgument`, in the function's name, for what does not fit."""
        axes = 1 if function.endswith("1d") else 2
        check_images(function, "x", x, axes)
        check_kernels(function, weight, axes)
        windows = Windows(
            kernel=tuple(weight.shape[2:]),
            stride=per_axis(function, "stride", stride, axes, least=1),
            padding=per_axis(function, "padding", padding, axes, least=0),
            dilation=per_axis(function, "dilation", dilation, axes, least=1),
        )
        check_fit(function, windows, tuple(x.shape))
        (groups,) = per_axis(function, "groups", groups, 1, least=1)
        _check_groups(function, x, weight, groups)
        check_bias(function, bias, weight.shape[0])
        return cls(windows, groups)


def check_kernels(function: str, weight: Array, axes: int) -> None:
    """Raise `InvalidArgument` unless the weight has the axes of kernels, none of them empty."""
    layout = "(channels of the output, channels of x in a group, " + ("length)" if axes == 1 else "height, width)")
    if "transpose" in function:
        layout = "(channels of x, channels of the output in a group, height, width)"
    if len(weight.shape) != axes + 2 or min(weight.shape) < 1:
        raise InvalidArgument(
            f"{function} takes weight of shape {layout}, none of them 0, and was given shape {tuple(weight.shape)}."
        )
    check_inexact(function, "weight", weight)


def check_bias(function: str, bias: Array | None, outputs: int) -> None:
    """Raise `InvalidArgument` unless the bias is None or has an entry for each channel of the output."""
    if bias is None:
        return
    if tuple(bias.shape) != (outputs,):
        raise InvalidArgument(
            f"{function} gives {outputs} channels and was given bias of shape {tuple(bias.shape)}: it takes one entry "
            f"for each, shape {(outputs,)}."
        )
    check_inexact(function, "bias", bias)


def _check_groups(function: str, x: Array, weight: Array, groups: int) -> None:
    channels, outputs, per_group = x.shape[1], weight.shape[0], weight.shape[1]
    if channels != per_group * groups:
        raise InvalidArgument(
            f"{function} was given x of shape {tuple(x.shape)}, {channels} channels, and weight of shape "
            f"{tuple(weight.shape)}, which with groups={groups} takes {per_group * groups}: make weight.shape[1] * "
            f"groups the number of channels."
        )
    if outputs % groups:
        raise InvalidArgument(
            f"{function} was given weight of shape {tuple(weight.shape)}, whose {outputs} channels of output do not "
            f"divide into groups={groups}: take a multiple of {groups}."
        )


def _forward(x: Array, weight: Array, bias: Array | None = None, **parameters: Any) -> tuple[Array, Any]:
    convolution = Convolution.of("conv2d", x, weight, bias, **parameters)
    return correlate(x, weight, bias, convolution.windows, convolution.groups), (
        x,
        weight,
        bias is not None,
        convolution,
    )


def _backward(cotangent: Array, saved: Any, needed: Collection[int], **parameters: Any) -> tuple[Array | None, ...]:
    x, weight, has_bias, convolution = saved
    windows, groups = convolution.windows, convolution.groups
    return (
        spread(cotangent, weight, windows, groups, x.shape[2:]) if 0 in needed else None,
        correlate_with(cotangent, x, windows, groups) if 1 in needed else None,
        sums_of_channels(cotangent) if 2 in needed else None,
    )[: 2 + has_bias]


@fused(_forward, _backward, PARAMETERS)
def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Correlate images with kernels: the convolution of neural networks, which does not flip them.

    Entry (n, o, i, j) of the result is bias[o] + Σ weight[o, c, u, v] x[n, c, i s + u d - p, j s + v d - p] over the
    channels c of the group and the entries (u, v) of the kernel, for stride s, dilation d and padding p; x is 0 outside
    (Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016).

    Args:
        x: (batch, channels, height, width).
        weight: (outputs, channels / groups, kernel height, kernel width).
        bias: (outputs,), or None.
        stride: from a window to the next, a whole number or a pair of them, down and to the right.
        padding: zeros around the images, likewise.
        dilation: how far entries of a window lie apart, likewise.
        groups: into how many parts channels and outputs are split that see each other alone.

    Returns:
        (batch, outputs, rows, columns), rows = ⌊(height + 2 p - d (kernel height - 1) - 1) / s⌋ + 1.

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> conv2d(np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2)), stride=1)
    array([[[[ 8., 12.],
             [20., 24.]]]])
    """
    x, weight, bias = as_array(x), as_array(weight), None if bias is None else as_array(bias)
    convolution = Convolution.of(
        "conv2d", x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    batch, outputs = x.shape[0], weight.shape[0]
    entries = unfold(x, convolution.windows)
    inside, windows = math.prod(weight.shape[1:]), math.prod(entries.shape[3:])
    products = np.matmul(
        np.reshape(weight, (convolution.groups, outputs // convolution.groups, inside)),
        np.reshape(entries, (batch, convolution.groups, inside, windows)),
    )
    result = np.reshape(products, (batch, outputs, *entries.shape[3:]))
    return result if bias is None else result + np.reshape(bias, (outputs, 1, 1))


def conv1d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Array:
    """Correlate sequences with kernels: `conv2d` of images of one row.

    Args:
        x: (batch, channels, length).
        weight: (outputs, channels / groups, kernel length).
        bias: (outputs,), or None.
        stride: from a window to the next.
        padding: zeros at both ends.
        dilation: how far entries of a window lie apart.
        groups: into how many parts channels and outputs are split that see each other alone.

    Returns:
        (batch, outputs, windows), ⌊(length + 2 padding - dilation (kernel length - 1) - 1) / stride⌋ + 1 windows.

    Raises:
        InvalidArgument: shapes, dtypes or parameters do not fit.

    >>> conv1d(np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]]))
    array([[[1., 2.]]])
    """
    x, weight, bias = as_array(x), as_array(weight), None if bias is None else as_array(bias)
    windows = Convolution.of(
        "conv1d", x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups
    ).windows
    result = conv2d(
        np.reshape(x, (*x.shape[:2], 1, x.shape[2])),
        np.reshape(weight, (*weight.shape[:2], 1, weight.shape[2])),
        *(() if bias is None else (bias,)),
        stride=(1, *windows.stride),
        padding=(0, *windows.padding),
        dilation=(1, *windows.dilation),
        groups=groups,
    )
    return np.reshape(result, (*result.shape[:2], result.shape[3]))
