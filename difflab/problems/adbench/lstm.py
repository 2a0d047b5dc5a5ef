"""ADBench's LSTM: layers of cells with diagonal weights, which predict the next character of a text."""

from typing import NamedTuple

import numpy as np

from ...types import Array
from ..problem import Problem
from .source import ADBENCH


class Lstm(NamedTuple):
    """The arguments of `lstm_loss`, in order."""

    main: Array
    extra: Array
    state: Array
    sequence: Array


def lstm_loss(main: Array, extra: Array, state: Array, sequence: Array) -> Array:
    """Give the mean loss of predicting each element of a sequence from those before it.

    Layer l reads `main` from row 2l on, weights then biases, each for the forget, input and output
    gates and the candidate. Forget and output gate act on the layer's input, the others on its last
    hidden values; there is no coupling between the b entries but by the loss, whose normalizer is
    log(2 + Σ exp) in ADBench.

    Args:
        main: (2 layers, 4b).
        extra: input weights, output weights and output biases, (3, b).
        state: hidden values and cells of each layer at the start, (2 layers, b).
        sequence: bits of the characters, (t, b) with t at least 2.
    """
    values = sequence[:-1] * extra[0]
    for layer in range(0, len(main), 2):
        values = _layer(main[layer], main[layer + 1], state[layer], state[layer + 1], values)
    predicted = values * extra[1] + extra[2]
    log_normalizers = np.log(2 + np.sum(np.exp(predicted), axis=1, keepdims=True))
    return -np.mean(sequence[1:] * (predicted - log_normalizers))


def _layer(weights: Array, biases: Array, hidden: Array, cell: Array, inputs: Array) -> Array:
    """Run one layer over the inputs (t, b); give its hidden values (t, b)."""
    forget_weights, input_weights, output_weights, candidate_weights = np.split(weights, 4)
    forget_biases, input_biases, output_biases, candidate_biases = np.split(biases, 4)
    forget = _sigmoid(inputs * forget_weights + forget_biases)
    output = _sigmoid(inputs * output_weights + output_biases)
    values = []
    for f, o in zip(forget, output, strict=True):
        i = _sigmoid(hidden * input_weights + input_biases)
        cell = f * cell + i * np.tanh(hidden * candidate_weights + candidate_biases)
        hidden = o * np.tanh(cell)
        values.append(hidden)
    return np.stack(values)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def _gradient(main: Array, extra: Array, state: Array, sequence: Array) -> tuple[Array, Array]:
    """Backpropagate through layers and time, with the slopes σ′ = σ(1 − σ) and tanh′ = 1 − tanh²."""
    runs = []
    values = sequence[:-1] * extra[0]
    for layer in range(0, len(main), 2):
        runs.append(_run(main[layer : layer + 2].reshape(2, 4, -1), state[layer : layer + 2], values))
        values = runs[-1][-1]
    exponentials = np.exp(values * extra[1] + extra[2])
    shares = exponentials / (2 + exponentials.sum(axis=1, keepdims=True))
    by_predicted = (sequence[1:].sum(axis=1, keepdims=True) * shares - sequence[1:]) / sequence[1:].size
    by_main, by_values = np.zeros_like(main), by_predicted * extra[1]
    for layer in reversed(range(0, len(main), 2)):
        by_main[layer : layer + 2], by_values = _run_back(main[layer].reshape(4, -1), runs.pop(), by_values)
    by_extra = [by_values * sequence[:-1], by_predicted * values, by_predicted]
    return by_main, np.stack([np.sum(by, axis=0) for by in by_extra])


def _run(parameters: Array, state: Array, inputs: Array) -> tuple[Array, ...]:
    """Run one layer; give inputs, gates (t, 4, b), hidden values and cells before each step, tanh(cell) and values."""
    weights, biases = parameters
    hidden, cell = state
    steps = []
    for x in inputs:
        f, i, o, g = weights * np.stack([x, hidden, x, hidden]) + biases
        gates = np.stack([_sigmoid(f), _sigmoid(i), _sigmoid(o), np.tanh(g)])
        before = (hidden, cell)
        cell = gates[0] * cell + gates[1] * gates[3]
        hidden = gates[2] * np.tanh(cell)
        steps.append((x, gates, *before, np.tanh(cell), hidden))
    return tuple(np.stack(kept) for kept in zip(*steps, strict=True))


def _run_back(weights: Array, run: tuple[Array, ...], by_values: Array) -> tuple[Array, Array]:
    """Give the cotangents of one layer's weights and biases (2, 4b), and of its inputs (t, b)."""
    by_parameters, by_inputs = np.zeros((2, *weights.shape), like=weights), np.zeros_like(by_values)
    by_hidden = by_cell = np.zeros_like(by_values[0])
    for t in reversed(range(len(by_values))):
        x, (f, i, o, g), hidden, cell, squashed, _ = (kept[t] for kept in run)
        by_hidden = by_hidden + by_values[t]
        by_cell = by_cell + by_hidden * o * (1 - squashed**2)
        by_gates = np.stack(
            [
                by_cell * cell * f * (1 - f),
                by_cell * g * i * (1 - i),
                by_hidden * squashed * o * (1 - o),
                by_cell * i * (1 - g**2),
            ]
        )
        by_parameters += np.stack([by_gates * np.stack([x, hidden, x, hidden]), by_gates])
        by_inputs[t] = np.sum((by_gates * weights)[::2], axis=0)
        by_hidden = np.sum((by_gates * weights)[1::2], axis=0)
        by_cell = by_cell * f
    return by_parameters.reshape(2, -1), by_inputs


def random_lstm(layers: int, bits: int, length: int, seed: int) -> Lstm:
    """Draw parameters and a state as ADBench's files have them, uniform on [0, 1), and a sequence of random bits."""
    random = np.random.default_rng(seed)
    main, extra = random.uniform(size=(2 * layers, 4 * bits)), random.uniform(size=(3, bits))
    state = random.uniform(size=(2 * layers, bits))
    return Lstm(main, extra, state, random.integers(0, 2, (length, bits)).astype(float))


LSTM = Problem(
    name="lstm",
    title="LSTM with diagonal weights over a sequence",
    function=lstm_loss,
    arguments=lambda size: tuple(random_lstm(layers=2, bits=2, length=size, seed=2000)),
    operator="gradient",
    source=f"{ADBENCH}, objective LSTM; the cell from S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural "
    "Computation 9 (1997), with the forget gate of F. A. Gers, J. Schmidhuber, F. Cummins, Learning to forget, Neural "
    "Computation 12 (2000)",
    sizes=(2, 3, 5, 9, 17, 33, 65),
    size=3,
    argnums=(0, 1),
    closed_forms={"gradient": _gradient},
    tags=frozenset({"literature", "vector", "loop", "training"}),
    notes="The size is the length of the sequence; two layers, two bits. The weights are used at every step, so their "
    "adjoints accumulate over time.",
)
