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

from ..arrays import is_host, place_of
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

        self.dtype = np.result_type(float, *(x.dtype for x in graph.inputs))
        """That values and derivatives are computed in: float64, or what is more precise of the inputs."""
        self._sources: dict[int, str] = {}
        self._functions: dict[int, Function] = {}
        self._output_kinds = [(shape_of(x), np.result_type(x)) for x in graph.outputs]

    def outputs(self, values: Array) -> list[Array]:
        """Cut values, `(*points, m)`, into the function's outputs, `(*points, *shape)`, in their dtypes."""
        outputs = []
        start = 0
        for shape, dtype in self._output_kinds:
            stop = start + math.prod(shape)
            output = values[..., start:stop].reshape(values.shape[:-1] + shape)
            outputs.append(output.astype(dtype)[()])
            start = stop
        return outputs

    def evaluate(self, order: int, leaves: Sequence[Array], points: tuple[int, ...] = ()) -> tuple[Array, Array]:
        """Evaluate the values, `(m, *points)`, and derivatives of an order, where the leaves are.

        Args:
            order: 0, or 1 for the Jacobian, or 2 for the Hessian of one output.
            leaves: one for each input, `(*shape, *points)`.
            points: the axes of points, none for one point.

        Returns:
            Values, and derivatives `(m, 0, *points)`, `(m, n, *points)`, or `(1, n * n, *points)`.
        """
        entries = [
            leaf.reshape((-1, *points)) if array.shape else leaf
            for leaf, array in zip(leaves, self.arguments.values(), strict=True)
        ]
        found = self.function(order)(*entries)
        values, listed = found if order else (found, [])
        if order == 2:
            listed = [listed[place] for place in self._square]
        together = self._together([*values, *listed], leaves, points)
        m = len(values)
        n = len(self.symbols)
        return together[:m], together[m:].reshape((m, (0, n, n * n)[order], *points))

    @cached_property
    def _square(self) -> list[int]:
        """Where the entries of the Hessian are among those of `hessian`."""
        n = len(self.symbols)
        square = np.empty((n, n), int)
        rows, columns = np.triu_indices(n)
        square[rows, columns] = square[columns, rows] = np.arange(len(rows))
        return square.ravel().tolist()

    def _together(self, entries: Sequence[Any], leaves: Sequence[Array], points: tuple[int, ...]) -> Array:
        """Join numbers, and arrays of points, to `(len(entries), *points)`."""
        place = place_of(*leaves)
        if not points and is_host(place):
            return np.array(entries, self.dtype)
        together = np.zeros_like(place, self.dtype, shape=(len(entries), *points))
        for number, entry in enumerate(entries):
            if type(entry) is not int or entry:  # zeros, of which a sparse Jacobian is full, are there
                together[number] = entry
        return together

    @cached_property
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

    def source(self, order: int) -> str:
        """Write NumPy source of a function that gives lists of the values, and of derivatives of an order.

        Of order 0 there are the values alone, of order 1 the Jacobian too, of order 2 `hessian`, of one output.
        """
        if order not in self._sources:
            results = [{"values": self.values}, {"values": self.values}, {"value": self.values}][order]
            if order:
                results |= {"jacobian": self.jacobian} if order == 1 else {"hessian": self.hessian}
            self._sources[order] = function_source("_and_".join(results), self.arguments, results)
        return self._sources[order]

    def function(self, order: int) -> Function:
        """Give `source(order)`, compiled."""
        if order not in self._functions:
            source = self.source(order)
            self._functions[order] = compiled(source, source[len("def ") : source.index("(")])
        return self._functions[order]

    def width(self, order: int) -> int:
        """Count the arrays of points that are held at once while derivatives of an order are evaluated."""
        results = (0, 1, len(self.symbols))[order] * len(self.symbols)
        return int(self.function(order).__code__.co_nlocals) + len(self.values) * (1 + results)

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
