"""One step of a gated recurrent unit: all that is done entry by entry, there and back.

Side by side stand the gates reset and update, and the parts of the candidate from the input and from the state.
"""

from typing import Any

import numba

from .exponential import CAREFUL
from .sigmoids import sigmoid, tanh


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy", parallel=True)
def step(gates: Any, row: Any, next_row: Any, output: Any) -> None:
    """Activate the gates and the candidate, which takes the place of its first part, and write the new state.

    Args:
        gates: (examples, 4 units), as they come from the product with the weights.
        row: at whose end the hidden state before the step is, (examples, units or more).
        next_row: at whose end its new value goes, likewise.
        output: where it goes once more, (examples, units).
    """
    units = output.shape[1]
    first = row.shape[1] - units
    for n in numba.prange(output.shape[0]):
        reset, update = gates[n, :units], gates[n, units : 2 * units]
        candidate, from_state = gates[n, 2 * units : 3 * units], gates[n, 3 * units :]
        before, hidden = row[n, first:], next_row[n, first:]
        for j in range(units):
            reset[j] = sigmoid(reset[j])[0]
            update[j], renew = sigmoid(update[j])
            candidate[j] = tanh(candidate[j] + reset[j] * from_state[j])[0]
            hidden[j] = renew * candidate[j] + update[j] * before[j]
            output[n, j] = hidden[j]


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def step_back(gates: Any, row: Any, hidden: Any, result: Any) -> None:
    """Carry cotangents back through a step.

    Args:
        gates: activated, (examples, 4 units).
        row: at whose end the hidden state before the step is, (examples, units or more).
        hidden: the cotangent of the state: given for after the step, left with what flows past the gates.
        result: where the cotangent of what the product gave goes.
    """
    units = hidden.shape[1]
    one = hidden.dtype.type(1)
    for n in range(hidden.shape[0]):
        gate, back, before = gates[n], result[n], row[n, row.shape[1] - units :]
        for j in range(units):
            reset, update = gate[j], gate[units + j]
            candidate, from_state = gate[2 * units + j], gate[3 * units + j]
            flow = hidden[n, j] * (one - update) * (one - candidate * candidate)
            back[j] = flow * from_state * reset * (one - reset)
            back[units + j] = hidden[n, j] * (before[j] - candidate) * update * (one - update)
            back[2 * units + j] = flow
            back[3 * units + j] = flow * reset
            hidden[n, j] *= update
