"""Long short-term memory over a whole sequence, there and back.

Examples know nothing of each other: each thread takes some of them through all steps, products included. Gates stand
side by side in the order of PyTorch: input, forget, candidate, output. Slices of contiguous rows, without strides, let
the loop over units become vector instructions.

What every step is multiplied with is cut into panels of some 64 columns, each by itself in memory: products of so few
multiplications OpenBLAS computes without reordering their operands first, in two thirds of the time.
"""

from functools import partial
from typing import Any

import numba
import numpy as np

from .exponential import CAREFUL
from .sigmoids import sigmoid, tanh
from .threads import parallel


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _step(gates: Any, before: Any, cell: Any, squashed: Any, rows: Any, output: Any, first: int, last: int) -> None:
    """Activate the gates of some examples where they stand, and write what they make of the cell."""
    each, width = len(gates) // 4, gates.shape[2]
    for part in range(each):
        begin = part * width
        for n in range(first, last):
            enter, forget = gates[part, n], gates[each + part, n]
            candidate, leave = gates[2 * each + part, n], gates[3 * each + part, n]
            hidden = rows[n, rows.shape[1] - each * width + begin :]
            was, new = before[n, begin : begin + width], cell[n, begin : begin + width]
            flat, given = squashed[n, begin : begin + width], output[n, begin : begin + width]
            for j in range(width):
                enter[j] = sigmoid(enter[j])[0]
                forget[j] = sigmoid(forget[j])[0]
                candidate[j] = tanh(candidate[j])[0]
                leave[j] = sigmoid(leave[j])[0]
                new[j] = forget[j] * was[j] + enter[j] * candidate[j]
                flat[j] = tanh(new[j])[0]
                hidden[j] = leave[j] * flat[j]
                given[j] = hidden[j]


@partial(parallel, fastmath=CAREFUL)
def run(rows: Any, joint: Any, gates: Any, cells: Any, squashed: Any, outputs: Any, parts: int) -> None:
    """Run all steps.

    Args:
        rows: [x, 1, h] of each step and of one more, (steps + 1, examples, inputs + 1 + units); h is given for the
            first step.
        joint: panels of what it is multiplied with, (panels, inputs + 1 + units, width).
        gates: where activated gates go, (steps, panels, examples, width).
        cells: (steps + 1, examples, units); the first is given.
        squashed: where the hyperbolic tangents of the cells after each step go, (steps, examples, units).
        outputs: where the hidden states after each step go, likewise.
        parts: into how many the examples are divided.
    """
    examples = rows.shape[1]
    for part in numba.prange(parts):
        first, last = part * examples // parts, (part + 1) * examples // parts
        for t in range(len(gates)):
            for panel in range(len(joint)):
                np.dot(rows[t, first:last], joint[panel], gates[t, panel, first:last])
            _step(gates[t], cells[t], cells[t + 1], squashed[t], rows[t + 1], outputs[t], first, last)


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def _step_back(
    gates: Any, before: Any, squashed: Any, hidden: Any, cell: Any, flows: Any, own: Any, first: int
) -> None:
    """Carry cotangents of some examples back through a step; that of the cell is given for after it, left for before.

    Those of gates are written twice, into `flows` and, gate by gate, into `own`, whose first example is the one of
    number `first` elsewhere.
    """
    each, width = len(gates) // 4, gates.shape[2]
    one = before.dtype.type(1)
    for part in range(each):
        begin, end = part * width, (part + 1) * width
        for row in range(own.shape[1]):
            n = first + row
            enters, forgets = gates[part, n], gates[each + part, n]
            candidates, leaves = gates[2 * each + part, n], gates[3 * each + part, n]
            to_enter, to_forget = own[0, row, begin:end], own[1, row, begin:end]
            to_candidate, to_leave = own[2, row, begin:end], own[3, row, begin:end]
            was, flat = before[n, begin:end], squashed[n, begin:end]
            of_hidden, of_cell = hidden[n, begin:end], cell[n, begin:end]
            for j in range(width):
                enter, forget, candidate, leave = enters[j], forgets[j], candidates[j], leaves[j]
                flow = of_cell[j] + of_hidden[j] * leave * (one - flat[j] * flat[j])
                to_enter[j] = flow * candidate * enter * (one - enter)
                to_forget[j] = flow * was[j] * forget * (one - forget)
                to_candidate[j] = flow * enter * (one - candidate * candidate)
                to_leave[j] = of_hidden[j] * flat[j] * leave * (one - leave)
                of_cell[j] = flow * forget
    units = own.shape[2]
    for row in range(own.shape[1]):
        for gate in range(4):
            flows[first + row, gate * units : (gate + 1) * units] = own[gate, row]


@partial(parallel, fastmath=CAREFUL)
def run_back(
    gates: Any,
    cells: Any,
    squashed: Any,
    outputs: Any,
    to_hidden: Any,
    hidden: Any,
    cell: Any,
    flows: Any,
    memory: Any,
    parts: int,
) -> None:
    """Carry cotangents back through all steps.

    Args:
        gates: see `run`, like `cells` and `squashed`.
        cells: likewise.
        squashed: likewise.
        outputs: the cotangents of the hidden states after each step, (steps, examples, units).
        to_hidden: panels of what the cotangents of gates are multiplied with for that of h, (panels of a gate, 4,
            units, width).
        hidden: the cotangent of h: given for after the last step, left for before the first, (examples, units).
        cell: likewise of the cell.
        flows: where the cotangents of the gates, before they were activated, go, (steps, examples, 4 units).
        memory: to compute in, (examples, 4 units + 2 width).
        parts: into how many the examples are divided.
    """
    examples, units = hidden.shape
    width = to_hidden.shape[3]
    for part in numba.prange(parts):
        first, last = part * examples // parts, (part + 1) * examples // parts
        count = last - first
        mine = memory[first:last].reshape(-1)
        own = mine[: 4 * count * units].reshape(4, count, units)
        product = mine[4 * count * units : count * (4 * units + width)].reshape(count, width)
        total = mine[count * (4 * units + width) :].reshape(count, width)
        for t in range(len(gates) - 1, -1, -1):
            hidden[first:last] += outputs[t, first:last]
            _step_back(gates[t], cells[t], squashed[t], hidden, cell, flows[t], own, first)
            for panel in range(len(to_hidden)):
                np.dot(own[0], to_hidden[panel, 0], total)
                for gate in range(1, 4):
                    np.dot(own[gate], to_hidden[panel, gate], product)
                    total += product
                hidden[first:last, panel * width : (panel + 1) * width] = total
