"""Small questions about equations, and equations made of others."""

import operator
from collections.abc import Sequence
from typing import Any

from ...primitives.primitive import Primitive
from ...primitives.table import TABLE
from ..graph import Equation, Graph, Variable


def with_operands(equation: Equation, operands: Sequence[Any]) -> Equation:
    """Give an equation with other operands; itself if they are the same."""
    if all(map(operator.is_, operands, equation.operands)):
        return equation
    return Equation(equation.primitive, tuple(operands), equation.parameters, equation.outputs)


def usual(operands: Sequence[Any]) -> tuple[tuple[int, ...], Any]:
    """Give shape and dtype of arithmetic with real arrays of one shape and dtype, and numbers; else None for dtype."""
    first = operands[0] if type(operands[0]) is Variable else operands[-1]
    shape, dtype = first.shape, first.dtype
    for x in operands:
        if type(x) is not float and type(x) is not int and (x.dtype != dtype or (x.shape != shape and x.shape)):
            return shape, None
    return shape, dtype if dtype.kind == "f" else None


def primitive_of(function: Any) -> Primitive:
    """Give the primitive of a function."""
    primitive: Any = TABLE[function]
    assert isinstance(primitive, Primitive)
    return primitive


def is_like(x: Any, output: Variable) -> bool:
    """Say whether something may stand for a result: of the same shape, and the same dtype whatever it meets."""
    return hasattr(x, "dtype") and x.dtype == output.dtype and bool(x.shape == output.shape)


def used_in(graph: Graph) -> list[Variable]:
    """Give the variables that equations, results and guards use, each as often as it is used."""
    operands = [x for equation in graph.equations for x in equation.operands if type(x) is Variable]
    return [*operands, *(x for x in graph.outputs if type(x) is Variable), *(guard.variable for guard in graph.guards)]
