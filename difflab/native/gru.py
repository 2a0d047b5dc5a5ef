"""One step of a gated recurrent unit: all that is done entry by entry, there and back.

Side by side stand the gates reset and update, and the parts of the candidate from the input and from the state.
"""

from typing import Any

import numba

from .exponential import CAREFUL
from .sigmoids import sigmoid, tanh


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy", parallel=True)
def step(gates: Any, before: Any, hidden: Any, output: Any) -> None:
    """Activate the gates and the candidate, which takes the place of its first part, and write the new state.

    Args:
        gates: (examples, 4 units), as they come from the product with the weights.
        before: the hidden state before the step, (examples, units).
        hidden: where its new value goes.
        output: where it goes once more.
    """
    units = before.shape[1]
    for n in numba.prange(before.shape[0]):
        gate = gates[n]
        for j in range(units):
            reset = sigmoid(gate[j])[0]
            update, renew = sigmoid(gate[units + j])
            candidate = tanh(gate[2 * units + j] + reset * gate[3 * units + j])[0]
            gate[j], gate[units + j], gate[2 * units + j] = reset, update, candidate
            hidden[n, j] = renew * candidate + update * before[n, j]
            output[n, j] = hidden[n, j]


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy", parallel=True)
def step_back(gates: Any, before: Any, hidden: Any, result: Any) -> None:
    """Carry cotangents back through a step.

    Args:
        gates: activated, (examples, 4 units).
        before: the hidden state before the step, (examples, units).
        hidden: the cotangent of the state: given for after the step, left with what flows past the gates.
        result: where the cotangent of what the product gave goes.
    """
    units = before.shape[1]
    one = before.dtype.type(1)
    for n in numba.prange(before.shape[0]):
        gate, back = gates[n], result[n]
        for j in range(units):
            reset, update = gate[j], gate[units + j]
            candidate, from_state = gate[2 * units + j], gate[3 * units + j]
            flow = hidden[n, j] * (one - update) * (one - candidate * candidate)
            back[j] = flow * from_state * reset * (one - reset)
            back[units + j] = hidden[n, j] * (before[n, j] - candidate) * update * (one - update)
            back[2 * units + j] = flow
            back[3 * units + j] = flow * reset
            hidden[n, j] *= update
