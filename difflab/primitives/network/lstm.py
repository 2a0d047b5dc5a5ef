"""Long short-term memory over a whole sequence (Hochreiter and Schmidhuber, Neural Computation 9, 1997)."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from scipy import special

from ...pool import copied, empty, zeros_like
from ...types import Array
from ..table import fused
from .recurrent import (
    back_to_inputs,
    back_to_weights,
    check,
    cotangent_or_zeros,
    joined,
    parts_of,
    rows_of_steps,
    split_weights,
    wants_weights,
)

_GATES = 4
_FIRST_WEIGHT = 3
WIDTH = 64
"""Columns of a panel, at most, where the units can be divided so."""


def _forward(
    x: Array,
    hidden: Array,
    cell: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
) -> tuple[tuple[Array, Array, Array], Any]:
    from ...native.blas import products_in_one_thread
    from ...native.lstm import run

    weights = weight_input, weight_hidden, bias_input, bias_hidden
    check(x, (hidden, cell), weights, _GATES)
    joint, rows = joined(weights), rows_of_steps(x, hidden)
    steps, examples, _ = x.shape
    units = hidden.shape[1]
    panels = _panels(joint, units)
    gates = empty((steps, len(panels), examples, panels.shape[2]), x.dtype)
    cells = empty((steps + 1, examples, units), x.dtype)
    cells[0] = cell
    squashed, outputs = empty((2, steps, examples, units), x.dtype)
    with products_in_one_thread():
        run(rows, panels, gates, cells, squashed, outputs, parts_of(examples))
    saved = joint, rows, gates, cells, squashed
    return (outputs, copied(outputs[-1]), copied(cells[-1])), saved


def _panels(joint: Array, units: int) -> Array:
    """Cut the columns of a matrix into panels, none of which belongs to two gates: (panels, rows, width)."""
    parts = -(-units // WIDTH)
    width = units // parts if units % parts == 0 else units
    return copied(joint.reshape(len(joint), -1, width).transpose(1, 0, 2))


def _backward(cotangents: Sequence[Array | None], saved: Any, needed: Collection[int]) -> list[Array | None]:
    from ...native.blas import products_in_one_thread
    from ...native.lstm import run_back

    joint, rows, gates, cells, squashed = saved
    units = cells.shape[2]
    inputs = len(joint) - 1 - units
    outputs, hidden, cell = cotangents
    hidden, cell = cotangent_or_zeros(hidden, cells[0]), cotangent_or_zeros(cell, cells[0])
    steps, examples, _ = squashed.shape
    flows = empty((steps, examples, _GATES * units), joint.dtype)
    width = gates.shape[3]
    to_hidden = copied(joint[inputs + 1 :].reshape(-1, width, _GATES, units).transpose(0, 2, 3, 1))
    memory = empty((examples, _GATES * units + 2 * width), joint.dtype)
    outputs = zeros_like(squashed) if outputs is None else np.ascontiguousarray(outputs)
    with products_in_one_thread():
        run_back(gates, cells, squashed, outputs, to_hidden, hidden, cell, flows, memory, parts_of(examples))
    weights = [None] * 4
    if wants_weights(needed, _FIRST_WEIGHT):
        weights = split_weights(back_to_weights(rows, flows), inputs, needed, _FIRST_WEIGHT)
    return [
        back_to_inputs(flows, joint, inputs) if 0 in needed else None,
        hidden if 1 in needed else None,
        cell if 2 in needed else None,
        *weights,
    ]


@fused(_forward, _backward, multiple=True)
def lstm(
    x: Array,
    hidden: Array,
    cell: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Give the hidden states after all steps, the last of them, and the last cell.

    At each step, with (i, f, g, o) = W x + b + U h + d: c ← σ(f) c + σ(i) tanh(g), and h ← σ(o) tanh(c).

    Args:
        x: (steps, examples, inputs).
        hidden: h before the first step, (examples, units).
        cell: c before it, (examples, units).
        weight_input: W, (4 units, inputs), the rows of i, f, g and o one below the other.
        weight_hidden: U, (4 units, units).
        bias_input: b, (4 units,), or None for both biases.
        bias_hidden: d, (4 units,).

    Returns:
        (steps, examples, units), (examples, units), (examples, units).

    Raises:
        InvalidArgument: the shapes do not fit together.
    """
    weights = weight_input, weight_hidden, bias_input, bias_hidden
    check(x, (hidden, cell), weights, _GATES)
    units = np.shape(hidden)[1]
    given = np.matmul(x, np.transpose(weight_input))
    if bias_input is not None:
        given = given + (bias_input + bias_hidden)
    outputs = []
    for t in range(np.shape(x)[0]):
        gates = given[t] + np.matmul(hidden, np.transpose(weight_hidden))
        enter, forget, candidate, leave = (gates[:, n * units : (n + 1) * units] for n in range(_GATES))
        cell = special.expit(forget) * cell + special.expit(enter) * np.tanh(candidate)
        hidden = special.expit(leave) * np.tanh(cell)
        outputs.append(hidden)
    return np.stack(outputs), hidden, cell


def lstm_cell(
    x: Array,
    hidden: Array,
    cell: Array,
    weight_input: Array,
    weight_hidden: Array,
    bias_input: Array | None = None,
    bias_hidden: Array | None = None,
) -> tuple[Array, Array]:
    """Give hidden state and cell after one step, whose x is (examples, inputs); see `lstm`."""
    _, hidden, cell = lstm(x[None], hidden, cell, weight_input, weight_hidden, bias_input, bias_hidden)
    return hidden, cell
