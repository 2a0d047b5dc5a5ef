"""The training steps in HIPS autograd, which has neither layers nor a fast convolution: shifted copies, one product."""

from collections.abc import Callable, Sequence
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad
from autograd.scipy.special import logsumexp

from difflab.types import Array

from .plain import PADDING, Adam, weights
from .rows import Step

Forward = Callable[[Any, Sequence[Any]], Any]


def _dense(x: Any, parameters: Sequence[Any]) -> Any:
    for number in range(0, len(parameters), 2):
        x = anp.dot(anp.maximum(x, 0) if number else x, parameters[number].T) + parameters[number + 1]
    return x


def _convolution(x: Any, weight: Any, bias: Any, padding: int) -> Any:
    count, channels, height, width = x.shape
    size = weight.shape[2]
    padded = anp.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="constant")
    rows, columns = height + 2 * padding - size + 1, width + 2 * padding - size + 1
    shifted = [padded[:, :, i : i + rows, j : j + columns] for i in range(size) for j in range(size)]
    patches = anp.reshape(anp.stack(shifted, axis=2), (count, channels * size * size, rows * columns))
    product = anp.matmul(anp.reshape(weight, (len(weight), -1)), patches)
    return anp.reshape(product, (count, len(weight), rows, columns)) + anp.reshape(bias, (1, -1, 1, 1))


def _pooled(x: Any) -> Any:
    count, channels, height, width = x.shape
    return anp.max(anp.reshape(x, (count, channels, height // 2, 2, width // 2, 2)), axis=(3, 5))


def _convolved(x: Any, parameters: Sequence[Any], padding: Sequence[int]) -> Any:
    for number, pad in enumerate(padding):
        weight, bias = parameters[2 * number : 2 * number + 2]
        x = _pooled(anp.maximum(_convolution(x, weight, bias, pad), 0))
    return _dense(anp.reshape(x, (len(x), -1)), parameters[2 * len(padding) :])


def _sigmoid(x: Any) -> Any:
    return 0.5 * (anp.tanh(0.5 * x) + 1)


def _rows(x: Any, parameters: Sequence[Any]) -> Any:
    w_input, w_hidden, bias, w_head, b_head = parameters
    hidden = cell = anp.zeros((len(x), 128), np.float32)
    for row in range(x.shape[1]):
        gates = anp.dot(x[:, row], w_input.T) + anp.dot(hidden, w_hidden.T) + bias
        entry, forget, output = (_sigmoid(gates[:, 128 * n : 128 * (n + 1)]) for n in range(3))
        cell = forget * cell + entry * anp.tanh(gates[:, 384:])
        hidden = output * anp.tanh(cell)
    return anp.dot(hidden, w_head.T) + b_head


def _step(forward: Forward, parameters: list[Array], inputs: Array, labels: Array) -> Step:
    chosen = np.arange(len(labels)), labels

    def loss(parameters: Sequence[Any]) -> Any:
        logits = forward(inputs, parameters)
        return anp.mean(logsumexp(logits, axis=1) - logits[chosen])

    gradient = value_and_grad(loss)
    adam = Adam(parameters)

    def step() -> float:
        value, gradients = gradient(parameters)
        list(adam.updated(gradients))
        return float(value)

    return step


_FORWARD: dict[str, Forward] = {
    "mlp 784-64-10": _dense,
    "mlp 784-256-128-10": _dense,
    "LeNet-5": lambda x, w: _convolved(x, w, PADDING["LeNet-5"]),
    "convnet": lambda x, w: _convolved(x, w, PADDING["convnet"]),
    "LSTM rows": _rows,
}


def build(name: str, inputs: Array, labels: Array) -> Step:
    """Make a network and its optimizer, and give the step that trains it."""
    return _step(_FORWARD[name], weights(name), inputs, labels)
