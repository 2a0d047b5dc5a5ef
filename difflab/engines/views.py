"""Which values share their memory: a slice, a reshape or a transpose of an array is a view of it, as in NumPy.

A change in place would have to be seen in all of them; so it is refused while another one is alive.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from ..types import Array

Views = WeakValueDictionary[int, Any]
"""All living values that look at one piece of memory, by identity."""


def note_view(view: Any, memory: Array, operands: Sequence[Any], arrays: Sequence[Array]) -> None:
    """Remember that `view`, a value with the array `memory`, may share it with operands, whose arrays are `arrays`."""
    for operand, array in zip(operands, arrays, strict=True):
        if operand is not array and np.may_share_memory(array, memory):
            if operand.views is None:
                operand.views = WeakValueDictionary({id(operand): operand})
            view.views = operand.views
            view.views[id(view)] = view


def shares_memory(value: Any) -> bool:
    """Say whether a living value, other than this one, looks at the same memory, at any level of differentiation."""
    while hasattr(value, "underlying"):
        if value.views is not None and len(value.views) > 1:
            return True
        value = value.underlying
    return False
