"""The network of two convolutions that tutorials train on MNIST."""

from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..nn import Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from ..nn.initializers import Rng, generator_of
from ..types import Array


class ConvNet(Module):
    """Two 3×3 convolutions, to 32 and to 64 channels, each rectified and pooled to half the size, and a linear layer.

    Args:
        classes: how many scores to give, (N, classes).
        channels: of the images, (N, channels, *size).
        size: height and width of the images, 4 or more.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the images.

    Raises:
        InvalidArgument: the images are too small.

    >>> sum(parameter.size for parameter in ConvNet(rng=0).parameters())
    50186
    """

    def __init__(
        self,
        classes: int = 10,
        channels: int = 1,
        size: tuple[int, int] = (28, 28),
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        if min(size) < 4:
            raise InvalidArgument(f"ConvNet was asked for images of {size[0]} × {size[1]}: it takes 4 × 4 or more.")
        shared: dict[str, Any] = {"rng": generator_of(rng), "dtype": dtype}
        self.features = Sequential(
            Conv2d(channels, 32, kernel=3, padding=1, **shared),
            ReLU(),
            MaxPool2d(2),
            Conv2d(32, 64, kernel=3, padding=1, **shared),
            ReLU(),
            MaxPool2d(2),
        )
        self.classifier = Sequential(Flatten(), Linear(64 * (size[0] // 4) * (size[1] // 4), classes, **shared))

    def forward(self, images: Array) -> Array:
        return self.classifier(self.features(images))
