"""Capture: run a function once on tracers, and keep what it did as a graph.

A tracer carries the concrete array beside its variable, so the code runs on real numbers and takes
real branches; each number that it looks at (a branch, a loop bound, an index) becomes a guard.
"""

import sys
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

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
from .surface import ArrayValue
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
        kind = type(self)
        weak = self.graph.weak
        is_weak = [isinstance(x, kind) and x.variable in weak for x in operands] if weak else ()
        if any(is_weak):
            operands = fitted(primitive, operands, is_weak)
        arrays = []
        recorded = []
        for operand in operands:
            if type(operand) is kind and operand.level == self.level:
                arrays.append(operand.array)
                recorded.append(operand.variable)
            else:
                arrays.append(operand)
                recorded.append(kept(operand, self.graph.copies))
        output = apply(primitive, arrays, parameters)
        results = output if primitive.multiple else (output,)
        for each in results:
            refuse_lost(each.dtype)
        variables = tuple(new_variable(self.graph, each) for each in results)
        self.graph.equations.append(Equation(primitive, tuple(recorded), parameters, variables))
        if any(is_weak) and stays_weak(primitive, operands, is_weak):
            weak.update(variables)
        tracers = [kind(self.level, each, x, self.graph) for each, x in zip(results, variables, strict=True)]
        if not primitive.multiple:
            note_views(tracers[0], output, operands, arrays)
        return rebuild(output, tracers) if primitive.multiple else tracers[0]

    def guard(self) -> Array:
        """Give the concrete array to code that looks at it; the trace then holds only for that value."""
        place = calling_place(within=trace.__code__)
        self.graph.guards.append(Guard(self.variable, self.array, len(self.graph.equations), place))
        return self.array

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
    graph.size += 1
    return Variable(graph.size - 1, np.shape(example), np.result_type(example))
