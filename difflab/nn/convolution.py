"""Convolution layers. Their parameters begin uniformly between ±1/√fan, as PyTorch's do."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..errors import InvalidArgument
from ..primitives.network.convolution import conv1d, conv2d
from ..primitives.network.transposed_convolution import conv_transpose2d
from ..primitives.network.windows import per_axis
from ..types import Array
from .checks import require_input, require_sizes, shown
from .initializers import Rng, fans, generator_of, uniform_by_fan
from .module import Module
from .parameter import Parameter

Size = int | Sequence[int]
"""One number for all axes of a kernel, or one for each."""


class _Convolution(Module):
    """What convolutions have in common: the sizes, and a kernel for each pair of channels that see each other."""

    axes: ClassVar[tuple[str, ...]]
    is_transposed: ClassVar[bool] = False

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: Size,
        stride: Size = 1,
        padding: Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        layer = type(self).__name__
        require_sizes(layer, inputs=inputs, outputs=outputs, groups=groups)
        if inputs % groups or outputs % groups:
            raise InvalidArgument(
                f"{layer} cannot divide {inputs} inputs and {outputs} outputs into {groups} groups: give multiples."
            )
        self.inputs, self.outputs, self.groups = inputs, outputs, groups
        rank = len(self.axes)
        self.kernel = per_axis(layer, "kernel", kernel, rank, least=1)
        self.stride = per_axis(layer, "stride", stride, rank, least=1)
        self.padding = per_axis(layer, "padding", padding, rank, least=0)
        self.dilation = per_axis(layer, "dilation", dilation, rank, least=1)
        first, second = (inputs, outputs) if self.is_transposed else (outputs, inputs)
        shape = (first, second // groups, *self.kernel)
        fan, _ = fans(shape)
        generator = generator_of(rng)
        self.weight = Parameter(uniform_by_fan(shape, fan, generator, dtype), copy=False)
        self.bias = Parameter(uniform_by_fan((outputs,), fan, generator, dtype), copy=False) if bias else None

    def options(self) -> dict[str, Any]:
        """Give what the primitive takes by keyword."""
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation, "groups": self.groups}

    def operands(self, x: Array) -> tuple[Array, ...]:
        """Give what the primitive takes by position; raises `InvalidArgument` if the input does not fit the layer."""
        require_input(self, x, ("N", self.inputs, *self.axes), self.weight.dtype)
        return (x, self.weight) if self.bias is None else (x, self.weight, self.bias)

    def settings(self) -> str:
        defaults = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1}
        given = [
            f"{name}={shown(value)}" for name, value in self.options().items() if shown(value) != str(defaults[name])
        ]
        bias = [] if self.bias is not None else ["bias=False"]
        return ", ".join([str(self.inputs), str(self.outputs), f"kernel={shown(self.kernel)}", *given, *bias])


class Conv1d(_Convolution):
    """Convolution of sequences: kernels slide along them, and each gives one channel of the output.

    The weight has shape (outputs, inputs / groups, kernel), the bias (outputs,).

    Args:
        inputs: channels of what comes in, (N, inputs, length).
        outputs: channels of what comes out.
        kernel: entries that a kernel reaches over.
        stride: from one place of a kernel to the next.
        padding: zeros added at both ends.
        dilation: from one entry of a kernel to the next.
        groups: of channels, each of which sees its own inputs alone.
        bias: whether each channel of the output has a number added.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: a size is out of range, or the channels do not divide into groups; when called, an input has
            other channels, another dtype, or is smaller than the kernel.

    >>> Conv1d(2, 4, kernel=3, padding=1, rng=0)(np.ones((5, 2, 10), np.float32)).shape
    (5, 4, 10)
    """

    axes = ("length",)

    def forward(self, x: Array) -> Array:
        return conv1d(*self.operands(x), **self.options())


class Conv2d(_Convolution):
    """Convolution of images: kernels slide over them, and each gives one channel of the output.

    The weight has shape (outputs, inputs / groups, kernel height, kernel width), the bias (outputs,). The arguments,
    and the errors raised, are those of `Conv1d`; sizes are one number for both axes, or a pair.

    >>> Conv2d(1, 6, kernel=5, padding=2, rng=0)(np.ones((5, 1, 28, 28), np.float32)).shape
    (5, 6, 28, 28)
    """

    axes = ("height", "width")

    def forward(self, x: Array) -> Array:
        return conv2d(*self.operands(x), **self.options())


class ConvTranspose2d(_Convolution):
    """The transpose of a convolution of images: each entry adds its multiple of a kernel to the output.

    The weight has shape (inputs, outputs / groups, kernel height, kernel width), the bias (outputs,).

    Args:
        inputs: channels of what comes in, (N, inputs, height, width).
        outputs: channels of what comes out.
        kernel: height and width of a kernel: one number for both, or a pair.
        stride: from a kernel to the next in the output.
        padding: how much is cut off around the output.
        output_padding: how much less is cut off below and to the right; less than the stride.
        dilation: from one entry of a kernel to the next.
        groups: of channels, each of which sees its own inputs alone.
        bias: whether each channel of the output has a number added.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: a size is out of range, or the channels do not divide into groups; when called, an input has
            other channels or another dtype.

    >>> ConvTranspose2d(4, 2, kernel=2, stride=2, rng=0)(np.ones((5, 4, 7, 7), np.float32)).shape
    (5, 2, 14, 14)
    """

    axes = ("height", "width")
    is_transposed = True

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        super().__init__(inputs, outputs, kernel, stride, padding, dilation, groups, bias, rng, dtype)
        self.output_padding = per_axis("ConvTranspose2d", "output_padding", output_padding, 2, least=0)

    def options(self) -> dict[str, Any]:
        return super().options() | {"output_padding": self.output_padding}

    def forward(self, x: Array) -> Array:
        return conv_transpose2d(*self.operands(x), **self.options())
