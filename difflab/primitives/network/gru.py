"""Gated recurrent units over a whole sequence (Cho and others, EMNLP 2014; the reset gate as in PyTorch)."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from scipy import special

from ...pool import copied, empty, empty_like, zeros
from ...types import Array
from ..table import fused
from .recurrent import (
    Weights,
    back_to_inputs,
    back_to_weights,
    check,
    cotangent_or_zeros,
    parts_of,
    rows_of_steps,
    wants_weights,
)

_GATES = 3
_FIRST_WEIGHT = 2


def _joined(weights: Weights) -> Array:
    """Give J as in `recurrent`, of four blocks: reset, update, and the candidate's parts from input and from state."""
    weight_input, weight_hidden, bias_input, bias_hidden = weights
    units, inputs = weight_hidden.shape[1], weight_input.shape[1]
    result = zeros((inputs + 1 + units, 4 * units), weight_input.dtype)
    from_input, from_state = _columns(result, units)
    result[:inputs, from_input] = weight_input.T
    result[inputs + 1 :, from_state] = weight_hidden.T
    if bias_input is not None:
        result[inputs, from_input] += bias_input
        result[inputs, from_state] += bias_hidden
    return result


def _columns(joint: Array, units: int) -> tuple[Array, Array]:
    """Give the columns of J that the input's weight and the state's stand in."""
    columns = np.arange(joint.shape[1])
    return columns[: 3 * units], np.delete(columns, np.s_[2 * units : 3 * units])


def _forward(
    x: Array,
    hidden: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
) -> tuple[tuple[Array, Array], Any]:
    from ...native.blas import products_in_one_thread
    from ...native.gru import run

    weights = weight_input, weight_hidden, bias_input, bias_hidden
    check(x, (hidden,), weights, _GATES)
    joint, rows = _joined(weights), rows_of_steps(x, hidden)
    steps, examples, _ = x.shape
    gates = empty((steps, examples, joint.shape[1]), x.dtype)
    outputs = empty((steps, *hidden.shape), x.dtype)
    with products_in_one_thread():
        run(rows, joint, gates, outputs, parts_of(examples))
    return (outputs, copied(outputs[-1])), (joint, rows, gates)


def _backward(cotangents: Sequence[Array | None], saved: Any, needed: Collection[int]) -> list[Array | None]:
    from ...native.blas import products_in_one_thread
    from ...native.gru import run_back

    joint, rows, gates = saved
    units = joint.shape[1] // 4
    inputs = len(joint) - 1 - units
    outputs, hidden = cotangents
    hidden = cotangent_or_zeros(hidden, rows[0, :, inputs + 1 :])
    flows = empty_like(gates)
    to_hidden = joint[inputs + 1 :].T
    states = (len(gates), *hidden.shape)
    outputs = zeros(states, gates.dtype) if outputs is None else np.ascontiguousarray(outputs)
    with products_in_one_thread():
        run_back(gates, rows, outputs, to_hidden, hidden, flows, parts_of(len(hidden)))
    weights = [None] * 4
    if wants_weights(needed, _FIRST_WEIGHT):
        weights = _back_to_weights(rows, flows, inputs)
    return [
        back_to_inputs(flows, joint, inputs) if 0 in needed else None,
        hidden if 1 in needed else None,
        *weights,
    ]


def _back_to_weights(rows: Array, flows: Array, inputs: int) -> list[Array]:
    joint = back_to_weights(rows, flows)
    from_input, from_state = _columns(joint.T, len(joint) // 4)
    return [
        joint[from_input, :inputs],
        joint[from_state, inputs + 1 :],
        joint[from_input, inputs],
        joint[from_state, inputs],
    ]


@fused(_forward, _backward, multiple=True)
def gru(
    x: Array,
    hidden: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
) -> tuple[Array, Array]:
    """Give the hidden states after all steps, and the last of them.

    At each step, with (r, z, n) = W x + b, (r', z', n') = U h + d and u = σ(z + z'):
    h ← (1 - u) tanh(n + σ(r + r') n') + u h.

    Args:
        x: (steps, examples, inputs).
        hidden: h before the first step, (examples, units).
        weight_input: W, (3 units, inputs), the rows of r, z and n one below the other.
        weight_hidden: U, (3 units, units).
        bias_input: b, (3 units,), or None for both biases.
        bias_hidden: d, (3 units,).

    Returns:
        (steps, examples, units), (examples, units).

    Raises:
        InvalidArgument: the shapes do not fit together.
    """
    weights = weight_input, weight_hidden, bias_input, bias_hidden
    check(x, (hidden,), weights, _GATES)
    units = np.shape(hidden)[1]
    given = np.matmul(x, np.transpose(weight_input))
    if bias_input is not None:
        given = given + bias_input
    outputs = []
    for t in range(np.shape(x)[0]):
        own = np.matmul(hidden, np.transpose(weight_hidden))
        if bias_hidden is not None:
            own = own + bias_hidden
        gates = special.expit(given[t][:, : 2 * units] + own[:, : 2 * units])
        reset, update = gates[:, :units], gates[:, units:]
        candidate = np.tanh(given[t][:, 2 * units :] + reset * own[:, 2 * units :])
        hidden = (1 - update) * candidate + update * hidden
        outputs.append(hidden)
    return np.stack(outputs), hidden


def gru_cell(
    x: Array,
    hidden: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
) -> Array:
    """Give the hidden state after one step, whose x is (examples, inputs); see `gru`."""
    return gru(x[None], hidden, weight_input, weight_hidden, bias_input, bias_hidden)[1]
