"""Gated recurrent units over a whole sequence, there and back; each thread takes some of the examples, as in `lstm`.

Side by side stand the gates reset and update, and the parts of the candidate from the input and from the state.
"""

from functools import partial
from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL
from .sigmoids import sigmoid, tanh
from .threads import parallel


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _step(gates: Any, rows: Any, next_rows: Any, output: Any) -> None:
    """Activate the gates and the candidate, which takes the place of its first part, and write the new state."""
    examples, units = output.shape
    first = rows.shape[1] - units
    for n in range(examples):
        reset, update = gates[n, :units], gates[n, units : 2 * units]
        candidate, from_state = gates[n, 2 * units : 3 * units], gates[n, 3 * units :]
        before, hidden = rows[n, first:], next_rows[n, first:]
        for j in range(units):
            reset[j] = sigmoid(reset[j])[0]
            update[j], renew = sigmoid(update[j])
            candidate[j] = tanh(candidate[j] + reset[j] * from_state[j])[0]
            hidden[j] = renew * candidate[j] + update[j] * before[j]
            output[n, j] = hidden[j]


@partial(parallel, fastmath=CAREFUL)
def run(rows: Any, joint: Any, gates: Any, outputs: Any, parts: int) -> None:
    """Run all steps.

    Args:
        rows: [x, 1, h] of each step and of one more, (steps + 1, examples, inputs + 1 + units); h is given for the
            first step.
        joint: what it is multiplied with, (inputs + 1 + units, 4 units).
        gates: where activated gates go, (steps, examples, 4 units).
        outputs: where the states after each step go, (steps, examples, units).
        parts: into how many the examples are divided.
    """
    examples = rows.shape[1]
    for part in numba.prange(parts):
        first, last = part * examples // parts, (part + 1) * examples // parts
        for t in range(len(gates)):
            np.dot(rows[t, first:last], joint, gates[t, first:last])
            _step(gates[t, first:last], rows[t, first:last], rows[t + 1, first:last], outputs[t, first:last])


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _step_back(gates: Any, rows: Any, hidden: Any, flows: Any) -> None:
    """Carry cotangents back through a step; that of the state is left with what flows past the gates."""
    examples, units = hidden.shape
    one = hidden.dtype.type(1)
    for n in range(examples):
        gate, back, before = gates[n], flows[n], rows[n, rows.shape[1] - units :]
        for j in range(units):
            reset, update = gate[j], gate[units + j]
            candidate, from_state = gate[2 * units + j], gate[3 * units + j]
            flow = hidden[n, j] * (one - update) * (one - candidate * candidate)
            back[j] = flow * from_state * reset * (one - reset)
            back[units + j] = hidden[n, j] * (before[j] - candidate) * update * (one - update)
            back[2 * units + j] = flow
            back[3 * units + j] = flow * reset
            hidden[n, j] *= update


@partial(parallel, fastmath=CAREFUL)
def run_back(gates: Any, rows: Any, outputs: Any, to_hidden: Any, hidden: Any, flows: Any, parts: int) -> None:
    """Carry cotangents back through all steps.

    Args:
        gates: see `run`, like `rows`.
        rows: likewise.
        outputs: the cotangents of the states after each step, (steps, examples, units).
        to_hidden: what the cotangent of gates is multiplied with for that of h, (4 units, units).
        hidden: the cotangent of h: given for after the last step, left for before the first, (examples, units).
        flows: where the cotangents of what the products gave go, (steps, examples, 4 units).
        parts: into how many the examples are divided.
    """
    examples = len(hidden)
    for part in numba.prange(parts):
        first, last = part * examples // parts, (part + 1) * examples // parts
        term = np.empty_like(hidden[first:last])
        for t in range(len(gates) - 1, -1, -1):
            hidden[first:last] += outputs[t, first:last]
            _step_back(gates[t, first:last], rows[t, first:last], hidden[first:last], flows[t, first:last])
            np.dot(flows[t, first:last], to_hidden, term)
            hidden[first:last] += term
