"""Models that are linear in their inputs."""

from typing import Any

import numpy as np

from ..nn import Flatten, Linear, Module, Sequential
from ..nn.initializers import Rng
from ..types import Array


def softmax_regression(inputs: int, classes: int, rng: Rng = None, dtype: Any = np.float32) -> Sequential:
    """Make a model whose score of each class is linear in the inputs; its softmax gives the probabilities.

    Args:
        inputs: numbers in an example, of any shape.
        classes: how many scores to give, (N, classes).
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.

    >>> softmax_regression(784, 10, rng=0)(np.zeros((5, 1, 28, 28), np.float32)).shape
    (5, 10)
    """
    return Sequential(Flatten(), Linear(inputs, classes, rng=rng, dtype=dtype))


class LogisticRegression(Module):
    """One score for each example, linear in the inputs: the log-odds of the second of two classes, (N,).

    Args:
        inputs: numbers in an example, of any shape.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.
    """

    def __init__(self, inputs: int, rng: Rng = None, dtype: Any = np.float32):
        self.flatten = Flatten()
        self.linear = Linear(inputs, 1, rng=rng, dtype=dtype)

    def forward(self, x: Array) -> Array:
        return self.linear(self.flatten(x))[:, 0]


def logistic_regression(inputs: int, rng: Rng = None, dtype: Any = np.float32) -> LogisticRegression:
    """Make a logistic regression; its losses are binary_cross_entropy_with_logits, hinge and exponential.

    >>> logistic_regression(2, rng=0)(np.zeros((5, 2), np.float32)).shape
    (5,)
    """
    return LogisticRegression(inputs, rng, dtype)
