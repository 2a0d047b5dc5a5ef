"""A function's values and derivatives as SymPy expressions, and how large these are."""

import keyword
import math
import re
from collections.abc import Sequence
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import sympy

from ..engines.graph import Graph, evaluate
from ..engines.passes.dead_code import remove_dead_code
from ..structure import shape_of
from ..types import Array, Function
from .sympy_functions import flat
from .sympy_source import common_subexpressions, compiled, function_source
from .to_sympy import SympyArithmetic


class Expressions:
    """The outputs of a trace as expressions in the entries of its inputs, along the path of the trace.

    Args:
        graph: the trace; its integers must be frozen (see `engines.passes.freeze`).
        names: of the inputs.
        simplify: whether to call `sympy.simplify` on every derivative.

    Raises `UnsupportedFunction` for a function that has no formula in SymPy.
    """

    def __init__(self, graph: Graph, names: Sequence[str], simplify: bool = False):
        self.arguments = _symbols(names, [x.shape for x in graph.inputs])
        """Of each input by name, the object array of its symbols."""
        self.simplify = simplify
        outputs = _lowered(graph, list(self.arguments.values()))
        self.values: list[Any] = [entry for output in outputs for entry in output.flat]
        """The m entries of all outputs, in order."""

        self._output_kinds = [(shape_of(x), np.result_type(x)) for x in graph.outputs]

    def outputs(self, values: Sequence[Any]) -> list[Array]:
        """Cut the m `values` into the function's outputs, in their shapes and dtypes."""
        outputs = []
        start = 0
        for shape, dtype in self._output_kinds:
            stop = start + math.prod(shape)
            outputs.append(np.array(values[start:stop], dtype).reshape(shape)[()])
            start = stop
        return outputs

    @property
    def symbols(self) -> list[Any]:
        """The n entries of all inputs, in order."""
        return [symbol for array in self.arguments.values() for symbol in array.flat]

    @cached_property
    def jacobian(self) -> list[Any]:
        """The m·n entries of the Jacobian, row by row; of one output, the n entries of the gradient."""
        return [self._derivative(value, symbol) for value in self.values for symbol in self.symbols]

    @cached_property
    def hessian(self) -> list[Any]:
        """The n(n + 1)/2 second derivatives of one output, of the pairs of inputs in order."""
        rows = zip(self.symbols, self.jacobian, strict=True)
        return [self._derivative(slope, symbol) for (_, slope), (symbol, _) in combinations_with_replacement(rows, 2)]

    @cached_property
    def first_order_source(self) -> str:
        """NumPy source of a function that gives the values and the Jacobian."""
        return function_source(
            "values_and_jacobian", self.arguments, {"values": self.values, "jacobian": self.jacobian}
        )

    @cached_property
    def second_order_source(self) -> str:
        """NumPy source of a function that gives the value and the second derivatives."""
        return function_source("value_and_hessian", self.arguments, {"value": self.values, "hessian": self.hessian})

    @cached_property
    def values_and_jacobian(self) -> Function:
        """`first_order_source`, compiled."""
        return compiled(self.first_order_source, "values_and_jacobian")

    @cached_property
    def value_and_hessian(self) -> Function:
        """`second_order_source`, compiled."""
        return compiled(self.second_order_source, "value_and_hessian")

    def _derivative(self, expression: Any, symbol: Any) -> Any:
        derivative = sympy.diff(expression, symbol)
        if derivative.has(sympy.DiracDelta):  # from √x², which SymPy reads as its own |x|
            derivative = derivative.replace(sympy.DiracDelta, flat)
        return sympy.simplify(derivative) if self.simplify else derivative


def operations_as_tree(expressions: Sequence[Any]) -> int:
    """Count operations, those of a repeated part each time that it occurs."""
    return sum(int(sympy.count_ops(expression)) for expression in expressions)


def operations_as_graph(expressions: Sequence[Any]) -> int:
    """Count the different parts that are no single symbol or number: nodes, were equal parts shared."""
    found: set[Any] = set()
    waiting = list(expressions)
    while waiting:
        expression = waiting.pop()
        if expression.args and expression not in found:
            found.add(expression)
            waiting.extend(expression.args)
    return len(found)


def operations_after_sharing(expressions: Sequence[Any]) -> int:
    """Count operations after `sympy.cse` has found common subexpressions in all the expressions together.

    >>> x = sympy.Symbol("x")
    >>> pair = [(x + 1) ** 2, sympy.sin((x + 1) ** 2)]
    >>> operations_as_tree(pair), operations_as_graph(pair), operations_after_sharing(pair)
    (5, 3, 3)
    """
    shared, reduced = common_subexpressions(expressions, ())
    return operations_as_tree([part for _, part in shared]) + operations_as_tree(reduced)


def _lowered(graph: Graph, inputs: Sequence[Array]) -> list[Array]:
    arithmetic = SympyArithmetic()
    unguarded = remove_dead_code(Graph(graph.inputs, graph.equations, graph.outputs, [], None, graph.size))
    return [arithmetic.lift(x) for x in evaluate(arithmetic.lower(unguarded), inputs, arithmetic.run)]


def _symbols(names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> dict[str, Array]:
    """Name arguments, and a symbol for each entry: x for a number, x0, x1 for a vector, W0_1 for a matrix."""
    taken = {*keyword.kwlist, "np", "scipy", "value", "values", "jacobian", "hessian"}
    arguments = {}
    for name, shape in zip(names, shapes, strict=True):
        argument = _unused(re.sub(r"\W+", "_", name).strip("_"), taken)
        array = np.empty(shape, object)
        for position in np.ndindex(*shape):
            indices = "_".join(map(str, position))
            between = "_" if argument[-1].isdigit() else ""
            symbol = _unused(f"{argument}{between}{indices}", taken) if shape else argument
            array[position] = sympy.Symbol(symbol, real=True)
        arguments[argument] = array
    return arguments


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
