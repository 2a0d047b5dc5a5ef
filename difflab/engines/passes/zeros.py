"""Where it could be noticed that a zero is −0 and not 0: whose reciprocal is another infinity.

Sums, products and the like hand the sign of a zero on, to a zero of their own; comparisons and exp, say, hide it;
a divisor shows it. Of results of the whole nobody asks for it: a gradient of −0 is one of 0.
"""

from typing import Any

import numpy as np

from ...primitives.indexing import accumulate, gather, scatter
from ..graph import Equation, Graph, Variable

HIDE = frozenset(
    (
        *(np.exp, np.exp2, np.cos, np.cosh, np.log, np.log2, np.log10, np.absolute, np.fabs, np.square),
        *(np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal),
        *(np.isnan, np.isinf, np.isfinite, np.any, np.all),
    )
)
HAND_ON = frozenset(
    (
        *(np.add, np.subtract, np.multiply, np.negative, np.positive, np.sign, np.sqrt, np.cbrt, np.copy, np.astype),
        *(np.sin, np.tan, np.arcsin, np.arctan, np.sinh, np.tanh, np.arcsinh, np.arctanh, np.log1p, np.expm1),
        *(np.maximum, np.minimum, np.max, np.min, np.where, np.sum, np.prod, np.matmul, np.einsum),
        *(np.reshape, np.transpose, np.broadcast_to, np.stack, np.concatenate, gather, scatter, accumulate),
    )
)


def signs_that_matter(graph: Graph) -> set[Variable]:
    """Give the variables of which a zero of the other sign could make more than a zero of the other sign."""
    matter: set[Variable] = set()
    for equation in reversed(graph.equations):
        function = equation.primitive.function
        if function in HIDE or (function in HAND_ON and matter.isdisjoint(equation.outputs)):
            continue
        matter.update(x for x in _showing(equation, matter) if type(x) is Variable)
    return matter


def _showing(equation: Equation, matter: set[Variable]) -> tuple[Any, ...]:
    """Give the operands of which an equation shows the sign of a zero, or hands it on to a result that does."""
    operands, function = equation.operands, equation.primitive.function
    exponent = operands[1] if function is np.power else None
    if function is np.multiply and operands[0] is operands[1]:
        return ()
    if isinstance(exponent, (int, float, np.floating, np.integer)):
        is_handed_on = exponent >= 0 and matter.isdisjoint(equation.outputs)
        return () if is_handed_on or float(exponent) % 2 == 0 else operands
    return operands[1:] if function is np.divide and matter.isdisjoint(equation.outputs) else operands
