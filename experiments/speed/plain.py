"""What engines without layers and optimizers need: shapes of weights, draws for them, Adam in NumPy."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from difflab.types import Array


def dense_shapes(*sizes: int) -> list[tuple[int, ...]]:
    """Give the shapes of weight and bias of each affine map between layers of these sizes."""
    pairs = pairwise(sizes)
    return [shape for inputs, outputs in pairs for shape in ((outputs, inputs), (outputs,))]


SHAPES = {
    "mlp 784-64-10": dense_shapes(784, 64, 10),
    "mlp 784-256-128-10": dense_shapes(784, 256, 128, 10),
    "LeNet-5": [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), *dense_shapes(400, 120, 84, 10)],
    "convnet": [(32, 1, 3, 3), (32,), (64, 32, 3, 3), (64,), *dense_shapes(3136, 10)],
    "LSTM rows": [(512, 28), (512, 128), (512,), *dense_shapes(128, 10)],
}
"""Of the weights of each network, layer by layer."""
PADDING = {"LeNet-5": (2, 0), "convnet": (1, 1)}
"""Of the convolutions."""


def weights(name: str) -> list[Array]:
    """Draw the weights of a network, float32."""
    generator = np.random.default_rng(1)
    scales = [1 / np.sqrt(np.prod(shape[1:]) if len(shape) > 1 else 100) for shape in SHAPES[name]]
    pairs = zip(scales, SHAPES[name], strict=True)
    return [generator.uniform(-scale, scale, shape).astype(np.float32) for scale, shape in pairs]


class Adam:
    """Kingma and Ba, ICLR 2015, algorithm 1, with rate 0.001; updates the arrays that it was given in place."""

    def __init__(self, weights: Sequence[Array]):
        self.weights = weights
        self.means = [np.zeros_like(weight) for weight in weights]
        self.squares = [np.zeros_like(weight) for weight in weights]
        self.steps = 0

    def updated(self, gradients: Sequence[Array]) -> Iterator[Array]:
        """Give each array after its update."""
        self.steps += 1
        rate = 1e-3 * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for weight, mean, square, gradient in zip(self.weights, self.means, self.squares, gradients, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient * gradient - square)
            weight -= (rate * mean / (np.sqrt(square) + 1e-8)).astype(weight.dtype)
            yield weight
