"""The training steps in MyGrad, with its convolution, pooling and softmax-cross-entropy; Adam in NumPy."""

from collections.abc import Callable, Sequence
from typing import Any

import mygrad
import numpy as np
from mygrad.nnet import conv_nd, max_pool, relu, sigmoid, softmax_crossentropy

from difflab.types import Array

from .plain import PADDING, Adam, weights
from .rows import Step

Forward = Callable[[Any, Sequence[Any]], Any]


def _dense(x: Any, parameters: Sequence[Any]) -> Any:
    for number in range(0, len(parameters), 2):
        x = (relu(x) if number else x) @ parameters[number].T + parameters[number + 1]
    return x


def _convolved(x: Any, parameters: Sequence[Any], padding: Sequence[int]) -> Any:
    for number, pad in enumerate(padding):
        weight, bias = parameters[2 * number : 2 * number + 2]
        x = conv_nd(x, weight, stride=1, padding=pad) + bias.reshape(1, -1, 1, 1)
        x = max_pool(relu(x), (2, 2), 2)
    return _dense(x.reshape(x.shape[0], -1), parameters[2 * len(padding) :])


def _rows(x: Any, parameters: Sequence[Any]) -> Any:
    w_input, w_hidden, bias, w_head, b_head = parameters
    hidden = cell = mygrad.zeros((len(x), 128), dtype=np.float32)
    for row in range(x.shape[1]):
        gates = x[:, row] @ w_input.T + hidden @ w_hidden.T + bias
        entry, forget, output = (sigmoid(gates[:, 128 * n : 128 * (n + 1)]) for n in range(3))
        cell = forget * cell + entry * mygrad.tanh(gates[:, 384:])
        hidden = output * mygrad.tanh(cell)
    return hidden @ w_head.T + b_head


def _step(forward: Forward, parameters: list[Any], inputs: Array, labels: Array) -> Step:
    adam = Adam([weight.data for weight in parameters])

    def step() -> float:
        loss = softmax_crossentropy(forward(inputs, parameters), labels)
        loss.backward()
        gradients = [weight.grad for weight in parameters]
        for weight, new in zip(parameters, adam.updated(gradients), strict=True):
            weight.data[...] = new
        return float(loss.item())

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
    return _step(_FORWARD[name], [mygrad.tensor(weight) for weight in weights(name)], inputs, labels)
