"""Pooling layers: images made smaller."""

from collections.abc import Sequence
from typing import Any

from ..primitives.network.adaptive_pooling import adaptive_avg_pool2d
from ..primitives.network.pooling import avg_pool2d, max_pool2d
from ..primitives.network.windows import per_axis
from ..types import Array
from .checks import require_input, shown
from .module import Module

Size = int | Sequence[int]
"""One number for both axes of an image, or a pair."""

IMAGES = ("N", "channels", "height", "width")


class _Pooling(Module):
    """What the layers with windows have in common."""

    def __init__(self, kernel: Size, stride: Size | None = None, padding: Size = 0):
        layer = type(self).__name__
        self.kernel = per_axis(layer, "kernel", kernel, 2, least=1)
        self.stride = self.kernel if stride is None else per_axis(layer, "stride", stride, 2, least=1)
        self.padding = per_axis(layer, "padding", padding, 2, least=0)

    def options(self) -> dict[str, Any]:
        """Give what the primitive takes by keyword."""
        return {"kernel": self.kernel, "stride": self.stride, "padding": self.padding}

    def settings(self) -> str:
        stride = "" if self.stride == self.kernel else f", stride={shown(self.stride)}"
        return f"{shown(self.kernel)}{stride}{f', padding={shown(self.padding)}' if any(self.padding) else ''}"


class MaxPool2d(_Pooling):
    """The largest entry of each window; of equal ones, the first has the slope.

    Args:
        kernel: height and width of a window: one number for both, or a pair.
        stride: from one window to the next; by default, the windows lie side by side.
        padding: how far windows reach beyond the image at each end; what lies there never is the largest.

    Raises:
        InvalidArgument: a size is out of range; when called, an input has not four axes or is smaller than a window.

    >>> import numpy as np
    >>> MaxPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """

    def forward(self, x: Array) -> Array:
        require_input(self, x, IMAGES)
        return max_pool2d(x, **self.options())


class AvgPool2d(_Pooling):
    """The mean of each window, the zeros of the padding counted.

    The arguments, and the errors raised, are those of `MaxPool2d`.

    >>> import numpy as np
    >>> AvgPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 2.5,  4.5],
             [10.5, 12.5]]]])
    """

    def forward(self, x: Array) -> Array:
        require_input(self, x, IMAGES)
        return avg_pool2d(x, **self.options())


class AdaptiveAvgPool2d(Module):
    """Means of as many windows as are asked for, which share out an image of any size.

    Args:
        output: height and width of the result: one number for both, or a pair.

    Raises:
        InvalidArgument: a size is no positive whole number; when called, an input has not four axes.

    >>> import numpy as np
    >>> AdaptiveAvgPool2d(1)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[7.5]]]])
    """

    def __init__(self, output: Size):
        self.output = per_axis("AdaptiveAvgPool2d", "output", output, 2, least=1)

    def forward(self, x: Array) -> Array:
        require_input(self, x, IMAGES)
        return adaptive_avg_pool2d(x, output=self.output)

    def settings(self) -> str:
        return shown(self.output)
