"""The multilayer perceptron."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..nn import Flatten, Linear, Module, ReLU, Sequential
from ..nn.initializers import Rng, generator_of


def mlp(*sizes: int, activation: Callable[[], Module] = ReLU, rng: Rng = None, dtype: Any = np.float32) -> Sequential:
    """Make fully connected layers with an activation between each two.

    Args:
        sizes: of the inputs of an example, of each hidden layer, and of the outputs.
        activation: makes a layer that goes after all linear ones but the last, such as `nn.Tanh`.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: there are fewer than two sizes, or one is no positive whole number.

    >>> mlp(784, 256, 10, rng=0)
    Sequential()
      0: Flatten()
      1: Linear(784, 256)
      2: ReLU()
      3: Linear(256, 10)
    """
    if len(sizes) < 2:
        raise InvalidArgument(f"mlp was given the sizes {sizes}: give two or more, such as mlp(784, 128, 10).")
    generator = generator_of(rng)
    model = Sequential(Flatten())
    for inputs, outputs in pairwise(sizes):
        if len(model) > 1:
            model.append(activation())
        model.append(Linear(inputs, outputs, rng=generator, dtype=dtype))
    return model
