"""The simple recurrent network over a whole sequence (Elman, Cognitive Science 14, 1990)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...types import Array
from ..primitive import Rule
from ..table import fused
from .activations import relu
from .recurrent import (
    back_to_inputs,
    back_to_weights,
    check,
    cotangent_or_zeros,
    joined,
    rows_of_steps,
    split_weights,
    wants_weights,
)

_FIRST_WEIGHT = 2
_ACTIVATIONS: Mapping[str, Rule] = {"tanh": np.tanh, "relu": relu}
_SLOPES: Mapping[str, Rule] = {"tanh": lambda y: 1 - y * y, "relu": lambda y: y > 0}
"""From the values of the activation."""


def _check_activation(activation: str) -> None:
    if activation not in _ACTIVATIONS:
        raise InvalidArgument(f"The activation of a recurrent network is 'tanh' or 'relu', not {activation!r}.")


def _forward(
    x: Array,
    hidden: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
    *,
    activation: str = "tanh",
) -> tuple[tuple[Array, Array], Any]:
    _check_activation(activation)
    weights = weight_input, weight_hidden, bias_input, bias_hidden
    check(x, (hidden,), weights, 1)
    joint, rows = joined(weights), rows_of_steps(x, hidden)
    states = rows[:, :, x.shape[2] + 1 :]
    for t in range(len(x)):
        states[t + 1] = _ACTIVATIONS[activation](rows[t] @ joint)
    outputs = states[1:].copy()
    return (outputs, outputs[-1].copy()), (joint, rows)


def _backward(
    cotangents: Sequence[Array | None], saved: Any, needed: Collection[int], *, activation: str = "tanh"
) -> list[Array | None]:
    joint, rows = saved
    inputs = len(joint) - 1 - joint.shape[1]
    states = rows[:, :, inputs + 1 :]
    outputs, hidden = cotangents
    hidden = cotangent_or_zeros(hidden, states[0])
    flows = _SLOPES[activation](states[1:]).astype(rows.dtype)
    to_hidden = joint[inputs + 1 :].T
    for t in reversed(range(len(flows))):
        if outputs is not None:
            hidden += outputs[t]
        flows[t] *= hidden
        np.matmul(flows[t], to_hidden, out=hidden)
    weights = [None] * 4
    if wants_weights(needed, _FIRST_WEIGHT):
        weights = split_weights(back_to_weights(rows, flows), inputs, needed, _FIRST_WEIGHT)
    return [
        back_to_inputs(flows, joint, inputs) if 0 in needed else None,
        hidden if 1 in needed else None,
        *weights,
    ]


@fused(_forward, _backward, ("activation",), multiple=True)
def rnn(
    x: Array,
    hidden: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
    *,
    activation: str = "tanh",
) -> tuple[Array, Array]:
    """Give the hidden states after all steps, and the last of them. At each step h ← tanh(W x + b + U h + d).

    Args:
        x: (steps, examples, inputs).
        hidden: h before the first step, (examples, units).
        weight_input: W, (units, inputs).
        weight_hidden: U, (units, units).
        bias_input: b, (units,), or None for both biases.
        bias_hidden: d, (units,).
        activation: "tanh", or "relu" for max(·, 0) in its place.

    Returns:
        (steps, examples, units), (examples, units).

    Raises:
        InvalidArgument: the shapes do not fit together, or there is no such activation.
    """
    _check_activation(activation)
    weights = weight_input, weight_hidden, bias_input, bias_hidden
    check(x, (hidden,), weights, 1)
    given = np.matmul(x, np.transpose(weight_input))
    if bias_input is not None:
        given = given + (bias_input + bias_hidden)
    outputs = []
    for t in range(np.shape(x)[0]):
        hidden = _ACTIVATIONS[activation](given[t] + np.matmul(hidden, np.transpose(weight_hidden)))
        outputs.append(hidden)
    return np.stack(outputs), hidden


def rnn_cell(
    x: Array,
    hidden: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
    *,
    activation: str = "tanh",
) -> Array:
    """Give the hidden state after one step, whose x is (examples, inputs); see `rnn`."""
    return rnn(x[None], hidden, weight_input, weight_hidden, bias_input, bias_hidden, activation=activation)[1]
