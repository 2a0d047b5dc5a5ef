"""One step of a long short-term memory: all that is done entry by entry, there and back.

Gates stand side by side in the order of PyTorch: input, forget, candidate, output. Slices of contiguous rows, without
strides, let the loop become vector instructions. The way back, without exponentials, is too short for threads.
"""

from typing import Any

import numba

from .exponential import CAREFUL
from .sigmoids import sigmoid, tanh


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy", parallel=True)
def step(gates: Any, before: Any, cell: Any, squashed: Any, row: Any, output: Any) -> None:
    """Activate the gates where they stand, and write what they make of the cell.

    Args:
        gates: (examples, 4 units), as they come from the product with the weights.
        before: the cell before the step, (examples, units).
        cell: where its new value goes.
        squashed: where the hyperbolic tangent of that goes.
        row: at whose end the hidden state goes, (examples, units or more).
        output: where it goes once more.
    """
    units = before.shape[1]
    for n in numba.prange(before.shape[0]):
        enter, forget = gates[n, :units], gates[n, units : 2 * units]
        candidate, leave = gates[n, 2 * units : 3 * units], gates[n, 3 * units :]
        hidden = row[n, row.shape[1] - units :]
        for j in range(units):
            enter[j] = sigmoid(enter[j])[0]
            forget[j] = sigmoid(forget[j])[0]
            candidate[j] = tanh(candidate[j])[0]
            leave[j] = sigmoid(leave[j])[0]
            cell[n, j] = forget[j] * before[n, j] + enter[j] * candidate[j]
            squashed[n, j] = tanh(cell[n, j])[0]
            hidden[j] = leave[j] * squashed[n, j]
            output[n, j] = hidden[j]


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def step_back(gates: Any, before: Any, squashed: Any, hidden: Any, cell: Any, result: Any) -> None:
    """Carry cotangents back through a step.

    Args:
        gates: activated, (examples, 4 units).
        before: the cell before the step, (examples, units).
        squashed: the hyperbolic tangent of the cell after it.
        hidden: the cotangent of the hidden state after it.
        cell: the cotangent of the cell: given for after the step, left for before it.
        result: where the cotangent of the gates, before they were activated, goes.
    """
    units = before.shape[1]
    one = before.dtype.type(1)
    for n in range(before.shape[0]):
        gate, back = gates[n], result[n]
        for j in range(units):
            enter, forget = gate[j], gate[units + j]
            candidate, leave = gate[2 * units + j], gate[3 * units + j]
            flow = cell[n, j] + hidden[n, j] * leave * (one - squashed[n, j] * squashed[n, j])
            back[j] = flow * candidate * enter * (one - enter)
            back[units + j] = flow * before[n, j] * forget * (one - forget)
            back[2 * units + j] = flow * enter * (one - candidate * candidate)
            back[3 * units + j] = hidden[n, j] * squashed[n, j] * leave * (one - leave)
            cell[n, j] = flow * forget
