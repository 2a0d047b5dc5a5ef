"""ResNet-18 (He, Zhang, Ren and Sun, CVPR 2016)."""

from typing import Any

import numpy as np

from ..nn import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from ..nn.initializers import Rng, generator_of, he_normal
from ..primitives.network.activations import relu
from ..types import Array


class BasicBlock(Module):
    """relu(F(x) + x), F two 3×3 convolutions with batch normalisation.

    Where the shape changes, a 1×1 convolution with batch normalisation takes the place of the x that is added.

    Args:
        inputs: channels of what comes in.
        outputs: channels of what comes out.
        stride: of the first convolution: 2 halves height and width.
        shared: `rng` and `dtype` of the layers.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1, **shared: Any):
        self.body = Sequential(
            _convolution(inputs, outputs, 3, stride, **shared),
            BatchNorm2d(outputs, dtype=shared["dtype"]),
            ReLU(),
            _convolution(outputs, outputs, 3, 1, **shared),
            BatchNorm2d(outputs, dtype=shared["dtype"]),
        )
        self.shortcut = Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut.append(_convolution(inputs, outputs, 1, stride, **shared))
            self.shortcut.append(BatchNorm2d(outputs, dtype=shared["dtype"]))

    def forward(self, x: Array) -> Array:
        return relu(self.body(x) + self.shortcut(x))


def resnet18(
    classes: int = 1000,
    channels: int = 3,
    small_images: bool = False,
    rng: Rng = None,
    dtype: Any = np.float32,
) -> Sequential:
    """Make ResNet-18: a convolution, eight blocks of two convolutions, means over the image, and a linear layer.

    Args:
        classes: how many scores to give, (N, classes).
        channels: of the images, (N, channels, height, width), of any size.
        small_images: begin with a 3×3 convolution of stride 1 and no pooling, for images of about 32 × 32, in place of
            a 7×7 one of stride 2 and pooling, for those of about 224 × 224.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the images.

    >>> sum(parameter.size for parameter in resnet18(rng=0).parameters())
    11689512
    """
    shared: dict[str, Any] = {"rng": generator_of(rng), "dtype": dtype}
    start = _convolution(channels, 64, 3, 1, **shared) if small_images else _convolution(channels, 64, 7, 2, **shared)
    model = Sequential(start, BatchNorm2d(64, dtype=dtype), ReLU())
    if not small_images:
        model.append(MaxPool2d(3, stride=2, padding=1))
    inputs = 64
    for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        model.append(BasicBlock(inputs, outputs, stride, **shared))
        model.append(BasicBlock(outputs, outputs, **shared))
        inputs = outputs
    model.append(AdaptiveAvgPool2d(1))
    model.append(Flatten())
    model.append(Linear(512, classes, **shared))
    return model


def _convolution(inputs: int, outputs: int, kernel: int, stride: int, **shared: Any) -> Conv2d:
    """Make a convolution without bias, as the batch normalisation after it adds one, that begins by He's rule."""
    layer = Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False, **shared)
    layer.weight.data[...] = he_normal(layer.weight.shape, **shared)
    return layer
