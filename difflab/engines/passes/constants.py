"""Computing what depends on constants alone once, when the trace is made; and numbers for arrays that repeat one.

No array is computed that takes more memory than what it is made of, unless it is small.
"""

from typing import Any

import numpy as np

from ...primitives.primitive import Elementwise
from ...structure import shape_of
from ..graph import Equation, Graph, Variable, plain
from .equations import with_operands
from .rewriting import Walk

SMALL = 1024
"""Entries of a constant that may take memory of its own."""
BY_SHAPE = frozenset([np.power, np.float_power])
"""Functions that give something else for one number than for an array of it: a root for the exponent 0.5."""


def fold_constants(graph: Graph) -> Graph:
    """Replace what depends on constants alone by its value, and an operand that repeats a number by the number.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: np.ones(2) * x, (np.ones(2),), 0).point((np.ones(2),))
    >>> fold_constants(trace(at))
    inputs  v0:float64[2]
      v1:float64[2] = np.multiply(np.float64(1.0), v0:float64[2])
    outputs v1:float64[2]
    """
    return _Folding(graph, {}).run()


class _Folding(Walk):
    def written(self, equation: Equation) -> Any:
        """Compute an equation now, or write it."""
        if not any(type(x) is Variable for x in equation.operands):
            found = _computed(equation)
            if found is not None:
                return found
        elif any(type(x) is np.ndarray for x in equation.operands) and isinstance(equation.primitive, Elementwise):
            equation = with_operands(equation, self._numbers_for_arrays(equation))
        self.write(equation)
        return equation.outputs[0]

    def _numbers_for_arrays(self, equation: Equation) -> list[Any]:
        """Give the operands, with numbers for constant arrays where others give the shape."""
        operands, shape = list(equation.operands), equation.outputs[0].shape
        if equation.primitive.function in BY_SHAPE:
            return operands
        for n, x in enumerate(operands):
            others = (shape_of(other) for k, other in enumerate(operands) if k != n)
            if type(x) is np.ndarray and np.broadcast_shapes(*others) == shape:
                number = self.number(x)
                operands[n] = x if number is None else number
        return operands


def _computed(equation: Equation) -> Any:
    """Give the value of an equation of one result whose operands are constant; None if it takes too much memory."""
    (output, *further), operands = equation.outputs, equation.operands
    entries = int(np.prod(output.shape))
    if further or not operands or entries > max(SMALL, *(np.size(x) for x in operands)):
        return None
    with np.errstate(all="ignore"):
        value = plain(equation.primitive, operands, equation.parameters)
    return value if output.shape else np.asarray(value, output.dtype)[()]
