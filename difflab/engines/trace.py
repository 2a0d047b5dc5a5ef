"""Capture: run a function once on tracers, and keep what it did as a graph.

A tracer carries the concrete array beside its variable, so the code runs on real numbers and takes
real branches; each number that it looks at (a branch, a loop bound, an index) becomes a guard.
"""

import sys
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from ..arrays import explain, on_the_cpu
from ..object_arrays import object_arrays_explained
from ..point import Point
from ..primitives.primitive import Primitive
from ..types import Array
from ..user_code import calling_place, is_users
from .constants import kept
from .dispatch import apply, next_level
from .dual import rebuild
from .graph import Equation, Graph, Guard, Variable
from .refusals import OBJECT_ARRAYS, refuse_lost
from .surface import NUMBERS, PLAIN, ArrayValue
from .views import Views, note_views
from .weak_numbers import fitted, stays_weak


class Tracer(ArrayValue):
    """An array, the variable that stands for it, and the graph being recorded."""

    __slots__ = ("array", "graph", "variable", "views")

    def __init__(self, level: int, array: Array, variable: Variable, graph: Graph):
        self.level = level
        self.array = array
        self.variable = variable
        self.graph = graph
        self.views: Views | None = None

    def hold(self, result: Array) -> None:
        """Take the place of `result`, a tracer too: the record stays as it is."""
        self.array, self.variable = result.array, result.variable

    @property
    def underlying(self) -> Array:
        """The concrete array."""
        return self.array

    def takes(self, primitive: Primitive, operands: Sequence[Array]) -> bool:
        """Record what has a definition by that: lowerings know NumPy's own functions."""
        return primitive.definition is None

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to the concrete arrays, and record the equation."""
        kind, level, graph = type(self), self.level, self.graph
        weak = graph.weak
        is_weak = [isinstance(x, kind) and x.variable in weak for x in operands] if weak else ()
        if weak and any(is_weak):
            operands = fitted(primitive, operands, is_weak)
        arrays = []
        recorded = []
        plain = True
        for operand in operands:
            array = operand
            if type(operand) is kind and operand.level == level:
                array = operand.array
                recorded.append(operand.variable)
                plain = plain and type(array) in PLAIN
            elif type(operand) in NUMBERS:
                recorded.append(operand)
            else:
                recorded.append(kept(operand, graph.copies))
                plain = False
            arrays.append(array)
        try:
            output = primitive.compute(*arrays, **parameters) if plain else apply(primitive, arrays, parameters)
        except (TypeError, ValueError) as error:
            explain(primitive.name, arrays, error)
            raise
        if primitive.multiple:
            return self._several(primitive, recorded, parameters, output)
        is_number = type(output) is np.float64
        if not is_number:
            refuse_lost(output.dtype)
        variable = new_variable(graph, output)
        graph.equations.append(Equation(primitive, tuple(recorded), parameters, (variable,)))
        if weak and any(is_weak) and stays_weak(primitive, operands, is_weak):
            weak.add(variable)
        tracer = kind(level, output, variable, graph)
        if not is_number:
            note_views(tracer, output, operands, arrays)
        return tracer

    def _several(
        self, primitive: Primitive, recorded: Sequence[Any], parameters: Mapping[str, Any], output: Sequence[Array]
    ) -> Any:
        """Record an equation of several results."""
        for each in output:
            refuse_lost(each.dtype)
        variables = tuple(new_variable(self.graph, each) for each in output)
        self.graph.equations.append(Equation(primitive, tuple(recorded), parameters, variables))
        kind = type(self)
        return rebuild(
            output, [kind(self.level, each, x, self.graph) for each, x in zip(output, variables, strict=True)]
        )

    def guard(self) -> Array:
        """Give the concrete array to code that looks at it; the trace then holds only for that value.

        It is kept on the CPU, so for an array on a device it is waited.
        """
        place = calling_place(within=trace.__code__)
        found = on_the_cpu(self.array)
        self.graph.guards.append(Guard(self.variable, found, len(self.graph.equations), place))
        return found

    def __bool__(self) -> bool:
        return bool((self if self.dtype.kind == "b" else self != 0).guard())

    def __int__(self) -> int:
        return int(self.guard()) if self.dtype.kind in "biu" else int(np.trunc(self).astype(int))

    def __float__(self) -> float:
        if self.graph.numbers_are_looked_at:
            return float(self.guard())
        return super().__float__()

    def __str__(self) -> str:
        return str(self._shown())

    def __format__(self, specification: str) -> str:
        return format(self._shown(), specification)

    def _shown(self) -> Any:
        """Give what a text shows, which the code may look at."""
        array = self.guard() if self.graph.numbers_are_looked_at else self.array
        return float(array) if self.variable in self.graph.weak else array

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What `isinstance` goes by in a person's code, of arguments that are not differentiated, too."""
        if not self.graph.numbers_are_looked_at or not is_users(sys._getframe(1)):
            return type(self)
        return float if self.variable in self.graph.weak else type(self.array)

    def __repr__(self) -> str:
        return f"Tracer({self.variable!r} = {self.array!r})"


def trace(at: Point, graph: Graph | None = None) -> Graph:
    """Record `at.function` as it runs at `at`, into `graph` if one is given; raises what the function raises.

    A leaf that is a Python float stands for one, see `weak_numbers`.
    """
    level = next_level()
    graph = Graph() if graph is None else graph
    tracers = []
    for leaf in at.leaves:
        variable = new_variable(graph, leaf)
        graph.inputs.append(variable)
        if type(leaf) is float:
            leaf = np.float64(leaf)
            graph.weak.add(variable)
        tracers.append(Tracer(level, copy(leaf), variable, graph))
    with object_arrays_explained(OBJECT_ARRAYS):
        outputs = at.call(tracers)
    graph.outputs = [x.variable if isinstance(x, Tracer) and x.level == level else x for x in outputs]
    graph.output_structure = at.output_structure
    return graph


def new_variable(graph: Graph, example: Array) -> Variable:
    """Make a variable of the shape and dtype of `example`, numbered after all before it."""
    number = graph.size
    graph.size = number + 1
    if type(example) is np.float64:
        return Variable(number, (), FLOAT64)
    return Variable(number, np.shape(example), np.result_type(example))


FLOAT64 = np.dtype(np.float64)
