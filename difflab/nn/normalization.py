"""Normalisation layers."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..eager import Tensor
from ..eager.observing import change
from ..errors import InvalidArgument
from ..primitives.network.normalization import batch_norm, layer_norm, normalize
from ..types import Array
from .checks import require_input, require_sizes, shown
from .module import Module
from .parameter import Buffer, Parameter


class _BatchNorm(Module):
    """What batch normalisations have in common: parameters and running statistics of each channel."""

    layouts: ClassVar[tuple[tuple[str, ...], ...]]
    """The axes that may follow that of the channels."""

    def __init__(self, channels: int, epsilon: float = 1e-5, momentum: float = 0.1, dtype: Any = np.float32):
        require_sizes(type(self).__name__, channels=channels)
        self.channels, self.epsilon, self.momentum = channels, epsilon, momentum
        self.weight = Parameter(np.ones(channels, dtype), copy=False)
        self.bias = Parameter(np.zeros(channels, dtype), copy=False)
        self.running_mean = Buffer(np.zeros(channels, dtype), copy=False)
        self.running_variance = Buffer(np.ones(channels, dtype), copy=False)

    def forward(self, x: Array) -> Array:
        rank = len(getattr(x, "shape", ()))
        axes = next((axes for axes in self.layouts if len(axes) + 2 == rank), self.layouts[-1])
        require_input(self, x, ("N", self.channels, *axes), self.weight.dtype)
        if not self.training:
            return normalize(x, self.running_mean, self.running_variance, self.weight, self.bias, epsilon=self.epsilon)
        count = x.size // self.channels
        if count < 2:
            raise InvalidArgument(
                f"{self.title()} was given an input of shape {tuple(x.shape)}, {count} numbers for each channel, whose "
                f"variance training takes: give two or more, or call model.eval()."
            )
        y, mean, variance = batch_norm(x, self.weight, self.bias, epsilon=self.epsilon)
        if isinstance(mean, Tensor):  # and not a value of another method of differentiation, which passes through
            running = self.running_mean, self.running_variance
            change(self._move, (mean.data, variance.data * (count / (count - 1))), running)
        return y

    def _move(self, statistics: Sequence[Any]) -> None:
        """Move the running statistics towards those of the batch."""
        for running, statistic in zip((self.running_mean, self.running_variance), statistics, strict=True):
            running.data *= 1 - self.momentum
            running.data += self.momentum * statistic
            running.written(f"the training of {self.title()}")

    def settings(self) -> str:
        return str(self.channels)


class BatchNorm2d(_BatchNorm):
    """Each channel of images with mean 0 and variance 1, times a weight, plus a bias (Ioffe and Szegedy, ICML 2015).

    In training, mean and variance are those of the batch, and derivatives go through them; each call moves the running
    mean and variance towards them. In evaluation, it is the running ones that are taken. Where a part is run twice, as
    by `difflab.checkpoint`, they are moved twice.

    Args:
        channels: of the images, (N, channels, height, width).
        epsilon: is added to the variance.
        momentum: how far running statistics move towards those of a batch, a share of the way; the variance moves
            towards the unbiased one, as in PyTorch.
        dtype: of parameters and statistics, and so of the images.

    Raises:
        InvalidArgument: when called, the images have other channels or another dtype, or training was given one number
            for each channel.

    >>> y = BatchNorm2d(3)(np.random.default_rng(0).random((5, 3, 4, 4), np.float32))
    >>> bool(np.max(np.abs(y.data.mean(axis=(0, 2, 3)))) < 1e-6)
    True
    """

    layouts = (("height", "width"),)


class BatchNorm1d(_BatchNorm):
    """Each entry of (N, channels), or channel of (N, channels, length), with mean 0 and variance 1.

    All else is as it is with `BatchNorm2d`.

    >>> BatchNorm1d(3)(np.eye(3, dtype=np.float32)).shape
    (3, 3)
    """

    layouts = ((), ("length",))


class LayerNorm(Module):
    """The last axes with mean 0 and variance 1, times a weight, plus a bias (Ba, Kiros and Hinton, arXiv:1607.06450).

    Args:
        shape: the lengths of those axes, or one length for the last alone.
        epsilon: is added to the variance.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: a length is no positive whole number; when called, an input has other lengths or another dtype.

    >>> np.round(LayerNorm(2, dtype=np.float64)(np.array([[1.0, 2.0], [3.0, 7.0]])).data, 4)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def __init__(self, shape: int | Sequence[int], epsilon: float = 1e-5, dtype: Any = np.float32):
        self.shape = tuple(shape) if isinstance(shape, Sequence) else (shape,)
        for length in self.shape:
            require_sizes("LayerNorm", shape=length)
        self.epsilon = epsilon
        self.weight = Parameter(np.ones(self.shape, dtype), copy=False)
        self.bias = Parameter(np.zeros(self.shape, dtype), copy=False)

    def forward(self, x: Array) -> Array:
        require_input(self, x, (..., *self.shape), self.weight.dtype)
        return layer_norm(x, self.weight, self.bias, epsilon=self.epsilon)

    def settings(self) -> str:
        return shown(self.shape)
