"""Arrays that are constant to a derivative, which the code may write into after it has used them.

A record refers to its operands until it is swept or replayed, so it keeps them as they were when they were used.
"""

import numpy as np

from ..types import Array

Copies = dict[int, Array]
"""The latest copy of each constant array, by the identity of the original."""


def kept(operand: Array, copies: Copies) -> Array:
    """Give a copy of a constant array; the one there is, as long as the content is the same."""
    if type(operand) is not np.ndarray:
        return operand
    copy = copies.get(id(operand))
    if copy is None or copy.dtype != operand.dtype or not np.array_equal(copy, operand):
        copy = copies[id(operand)] = operand.copy()
    return copy
