"""LeNet-5, with rectifiers and largest entries in place of the sigmoids and means of its time."""

from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..nn import Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from ..nn.initializers import Rng, generator_of
from ..types import Array


class LeNet5(Module):
    """Two convolutions, each rectified and pooled, and three linear layers (LeCun et al., Proc. IEEE 86, 1998).

    For images of 28 × 28: 5×5 kernels, 6 channels, to 14 × 14; 5×5 kernels, 16 channels, to 5 × 5; 400-120-84-classes.

    Args:
        classes: how many scores to give, (N, classes).
        channels: of the images, (N, channels, *size).
        size: height and width of the images, 12 or more.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the images.

    Raises:
        InvalidArgument: the images are too small.

    >>> sum(parameter.size for parameter in LeNet5(rng=0).parameters())
    61706
    """

    def __init__(
        self,
        classes: int = 10,
        channels: int = 1,
        size: tuple[int, int] = (28, 28),
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        if min(size) < 12:
            raise InvalidArgument(f"LeNet5 was asked for images of {size[0]} × {size[1]}: it takes 12 × 12 or more.")
        shared: dict[str, Any] = {"rng": generator_of(rng), "dtype": dtype}
        left = [(length // 2 - 4) // 2 for length in size]
        self.features = Sequential(
            Conv2d(channels, 6, kernel=5, padding=2, **shared),
            ReLU(),
            MaxPool2d(2),
            Conv2d(6, 16, kernel=5, **shared),
            ReLU(),
            MaxPool2d(2),
        )
        self.classifier = Sequential(
            Flatten(),
            Linear(16 * left[0] * left[1], 120, **shared),
            ReLU(),
            Linear(120, 84, **shared),
            ReLU(),
            Linear(84, classes, **shared),
        )

    def forward(self, images: Array) -> Array:
        return self.classifier(self.features(images))
