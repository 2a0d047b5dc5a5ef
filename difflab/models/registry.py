"""Models by name, made to fit a data set."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ..errors import InvalidArgument
from ..nn import Module
from ..nn.initializers import Rng
from .character_lstm import CharacterLSTM
from .convnet import ConvNet
from .lenet import LeNet5
from .mlp import mlp
from .regressions import softmax_regression
from .resnet import resnet18
from .row_lstm import RowLSTM
from .transformer import Transformer

Builder: TypeAlias = Callable[[Sequence[int], int, Rng], Module]
"""From the shape of one input, the number of classes (or of characters) and a source of random numbers to a model."""


def _images(name: str, shape: Sequence[int]) -> tuple[int, tuple[int, int]]:
    """Give channels and size of images; raises `InvalidArgument` if the inputs are none."""
    if len(shape) != 3:
        raise InvalidArgument(
            f"The model {name!r} takes images of shape (channels, height, width), and an input of this data has shape "
            f"{tuple(shape)}: take 'mlp', or reshape the data."
        )
    return shape[0], (shape[1], shape[2])


def _length(name: str, shape: Sequence[int]) -> int:
    """Give the length of texts; raises `InvalidArgument` if the inputs are none."""
    if len(shape) != 1:
        raise InvalidArgument(
            f"The model {name!r} takes texts as characters, of shape (length,), and an input of this data has shape "
            f"{tuple(shape)}: take 'mlp', or data.characters."
        )
    return shape[0]


def _softmax_regression(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    return softmax_regression(math.prod(shape), classes, rng)


def _mlp(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    return mlp(math.prod(shape), 256, 128, classes, rng=rng)


def _lenet5(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    return LeNet5(classes, *_images("lenet5", shape), rng=rng)


def _convnet(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    return ConvNet(classes, *_images("convnet", shape), rng=rng)


def _resnet18(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    channels, size = _images("resnet18", shape)
    return resnet18(classes, channels, small_images=min(size) < 64, rng=rng)


def _row_lstm(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    channels, (_, columns) = _images("row_lstm", shape)
    return RowLSTM(channels * columns, classes=classes, rng=rng)


def _character_lstm(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    _length("character_lstm", shape)
    return CharacterLSTM(classes, rng=rng)


def _transformer(shape: Sequence[int], classes: int, rng: Rng = None) -> Module:
    return Transformer(classes, _length("transformer", shape), rng=rng)


_BUILDERS: dict[str, Builder] = {
    "softmax_regression": _softmax_regression,
    "mlp": _mlp,
    "lenet5": _lenet5,
    "convnet": _convnet,
    "resnet18": _resnet18,
    "row_lstm": _row_lstm,
    "character_lstm": _character_lstm,
    "transformer": _transformer,
}


def names() -> list[str]:
    """Name the models that `get` knows.

    >>> "convnet" in names()
    True
    """
    return list(_BUILDERS)


def get(name: str) -> Builder:
    """Give a function that makes a model for a data set: `get(name)(shape of one input, classes, rng)`.

    Raises:
        InvalidArgument: there is no such model; when called, it does not take inputs of that shape.

    >>> get("mlp")((1, 8, 8), 10, 0)[1]
    Linear(64, 256)
    """
    if name not in _BUILDERS:
        raise InvalidArgument(f"There is no model {name!r}: choose one of {', '.join(names())}.")
    return _BUILDERS[name]
