"""Python floats among the arguments of a trace: as in NumPy, they take on the precision of the arrays that they meet.

`x * rate` of a float32 array is float32 if `rate` is a Python float, and float64 if it is an np.float64.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..primitives.primitive import Elementwise, Primitive

KEEPING = frozenset((np.add, np.subtract, np.multiply, np.divide, np.power, np.negative, np.positive, np.absolute))
"""What Python's operators do: of Python numbers alone they give Python numbers."""


def fitted(primitive: Primitive, operands: Sequence[Any], is_weak: Sequence[bool]) -> Sequence[Any]:
    """Convert Python floats to the dtype that the other operands have together; no other function than ufuncs does.

    Args:
        primitive: what is applied.
        operands: numbers, arrays and values.
        is_weak: which of them stand for Python floats.
    """
    strong = [x.dtype for x, weak in zip(operands, is_weak, strict=True) if not weak and hasattr(x, "dtype")]
    if not strong or not isinstance(primitive, Elementwise):
        return operands
    dtype = np.result_type(*strong, 0.0)
    if dtype == np.float64:
        return operands
    return [np.astype(x, dtype) if weak else x for x, weak in zip(operands, is_weak, strict=True)]


def stays_weak(primitive: Primitive, operands: Sequence[Any], is_weak: Sequence[bool]) -> bool:
    """Say whether a result stands for a Python float, too."""
    numbers = (weak or type(x) in (int, float) for x, weak in zip(operands, is_weak, strict=True))
    return primitive.function in KEEPING and all(numbers)
