"""A small LSTM cell, run over a sequence."""

import numpy as np

from ..types import Array
from .problem import Problem

_HIDDEN = 2
_INPUTS = 2


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def lstm(W: Array, bias: Array, inputs: Array, targets: Array) -> Array:
    """Sum half the squared errors of the hidden states of an LSTM with h cells.

    Args:
        W: weights of the input, forget and output gates and of the candidate, (d + h, 4h).
        bias: (4h,).
        inputs: a sequence, (t, d).
        targets: (t, h).
    """
    hidden = cell = np.zeros_like(targets[0])
    loss = 0.0
    for x, target in zip(inputs, targets, strict=True):
        i, f, o, g = np.split(np.concatenate([x, hidden]) @ W + bias, 4)
        cell = _sigmoid(f) * cell + _sigmoid(i) * np.tanh(g)
        hidden = _sigmoid(o) * np.tanh(cell)
        loss = loss + np.sum((hidden - target) ** 2) / 2
    return loss


def _lstm_gradient(W: Array, bias: Array, inputs: Array, targets: Array) -> tuple[Array, Array]:
    """Backpropagate through time, with the slopes σ′ = σ(1 − σ) and tanh′ = 1 − tanh²."""
    states = []
    hidden = cell = np.zeros(len(bias) // 4)
    for x in inputs:
        joined, before = np.concatenate([x, hidden]), cell
        i, f, o, g = np.split(joined @ W + bias, 4)
        i, f, o, g = _sigmoid(i), _sigmoid(f), _sigmoid(o), np.tanh(g)
        cell = f * before + i * g
        hidden = o * np.tanh(cell)
        states.append((joined, before, i, f, o, g, np.tanh(cell), hidden))
    by_W, by_bias = np.zeros_like(W), np.zeros_like(bias)
    by_hidden = by_cell = np.zeros_like(hidden)
    for (joined, before, i, f, o, g, squashed, hidden), target in zip(states[::-1], targets[::-1], strict=True):
        by_hidden = by_hidden + hidden - target
        by_cell = by_cell + by_hidden * o * (1 - squashed**2)
        by_gates = np.concatenate(
            [
                by_cell * g * i * (1 - i),
                by_cell * before * f * (1 - f),
                by_hidden * squashed * o * (1 - o),
                by_cell * i * (1 - g**2),
            ]
        )
        by_W += np.outer(joined, by_gates)
        by_bias += by_gates
        by_hidden = (W @ by_gates)[-len(hidden) :]
        by_cell = by_cell * f
    return by_W, by_bias


def _sequence(size: int) -> tuple[Array, Array, Array, Array]:
    random = np.random.default_rng(1997)
    W = random.normal(size=(_INPUTS + _HIDDEN, 4 * _HIDDEN)) / 2
    bias = random.normal(size=4 * _HIDDEN) / 2
    return W, bias, random.normal(size=(size, _INPUTS)), random.uniform(-1, 1, (size, _HIDDEN))


LSTM = Problem(
    name="lstm",
    title="LSTM cell over a sequence",
    function=lstm,
    arguments=_sequence,
    operator="gradient",
    source="S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation 9 (1997); with the forget gate "
    "of F. A. Gers, J. Schmidhuber, F. Cummins, Learning to forget, Neural Computation 12 (2000)",
    sizes=(1, 2, 4, 8, 16, 32, 64),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _lstm_gradient},
    tags=frozenset({"literature", "vector", "loop", "training"}),
    notes="The size is the length of the sequence; two inputs, two cells. The weights are used at every step, so "
    "their adjoints accumulate over time.",
)
