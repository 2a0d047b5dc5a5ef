"""Long short-term memory over a whole sequence, there and back.

Examples know nothing of each other: each thread takes some of them through all steps, products included. Gates stand
side by side in the order of PyTorch: input, forget, candidate, output. Slices of contiguous rows, without strides, let
the loop over units become vector instructions.
"""

from functools import partial
from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL
from .sigmoids import sigmoid, tanh
from .threads import parallel


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _step(gates: Any, before: Any, cell: Any, squashed: Any, rows: Any, output: Any) -> None:
    """Activate the gates where they stand, and write what they make of the cell."""
    examples, units = before.shape
    for n in range(examples):
        enter, forget = gates[n, :units], gates[n, units : 2 * units]
        candidate, leave = gates[n, 2 * units : 3 * units], gates[n, 3 * units :]
        hidden = rows[n, rows.shape[1] - units :]
        for j in range(units):
            enter[j] = sigmoid(enter[j])[0]
            forget[j] = sigmoid(forget[j])[0]
            candidate[j] = tanh(candidate[j])[0]
            leave[j] = sigmoid(leave[j])[0]
            cell[n, j] = forget[j] * before[n, j] + enter[j] * candidate[j]
            squashed[n, j] = tanh(cell[n, j])[0]
            hidden[j] = leave[j] * squashed[n, j]
            output[n, j] = hidden[j]


@partial(parallel, fastmath=CAREFUL)
def run(rows: Any, joint: Any, gates: Any, cells: Any, squashed: Any, outputs: Any, parts: int) -> None:
    """Run all steps.

    Args:
        rows: [x, 1, h] of each step and of one more, (steps + 1, examples, inputs + 1 + units); h is given for the
            first step.
        joint: what it is multiplied with, (inputs + 1 + units, 4 units).
        gates: where activated gates go, (steps, examples, 4 units).
        cells: (steps + 1, examples, units); the first is given.
        squashed: where the hyperbolic tangents of the cells after each step go, (steps, examples, units).
        outputs: where the hidden states after each step go, likewise.
        parts: into how many the examples are divided.
    """
    examples = rows.shape[1]
    for part in numba.prange(parts):
        first, last = part * examples // parts, (part + 1) * examples // parts
        for t in range(len(gates)):
            np.dot(rows[t, first:last], joint, gates[t, first:last])
            _step(
                gates[t, first:last],
                cells[t, first:last],
                cells[t + 1, first:last],
                squashed[t, first:last],
                rows[t + 1, first:last],
                outputs[t, first:last],
            )


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _step_back(gates: Any, before: Any, squashed: Any, hidden: Any, cell: Any, flows: Any) -> None:
    """Carry cotangents back through a step; that of the cell is given for after it, and left for before it."""
    examples, units = before.shape
    one = before.dtype.type(1)
    for n in range(examples):
        gate, back = gates[n], flows[n]
        for j in range(units):
            enter, forget = gate[j], gate[units + j]
            candidate, leave = gate[2 * units + j], gate[3 * units + j]
            flow = cell[n, j] + hidden[n, j] * leave * (one - squashed[n, j] * squashed[n, j])
            back[j] = flow * candidate * enter * (one - enter)
            back[units + j] = flow * before[n, j] * forget * (one - forget)
            back[2 * units + j] = flow * enter * (one - candidate * candidate)
            back[3 * units + j] = hidden[n, j] * squashed[n, j] * leave * (one - leave)
            cell[n, j] = flow * forget


@partial(parallel, fastmath=CAREFUL)
def run_back(
    gates: Any, cells: Any, squashed: Any, outputs: Any, to_hidden: Any, hidden: Any, cell: Any, flows: Any, parts: int
) -> None:
    """Carry cotangents back through all steps.

    Args:
        gates: see `run`, like `cells` and `squashed`.
        cells: likewise.
        squashed: likewise.
        outputs: the cotangents of the hidden states after each step, (steps, examples, units).
        to_hidden: what the cotangent of gates is multiplied with for that of h, (4 units, units).
        hidden: the cotangent of h: given for after the last step, left for before the first, (examples, units).
        cell: likewise of the cell.
        flows: where the cotangents of the gates, before they were activated, go, (steps, examples, 4 units).
        parts: into how many the examples are divided.
    """
    examples = len(hidden)
    for part in numba.prange(parts):
        first, last = part * examples // parts, (part + 1) * examples // parts
        for t in range(len(gates) - 1, -1, -1):
            hidden[first:last] += outputs[t, first:last]
            _step_back(
                gates[t, first:last],
                cells[t, first:last],
                squashed[t, first:last],
                hidden[first:last],
                cell[first:last],
                flows[t, first:last],
            )
            np.dot(flows[t, first:last], to_hidden, hidden[first:last])
