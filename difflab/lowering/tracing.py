"""Traces of a function under an operator, and what they hold for beside the arguments.

What the function sees of the world (globals, closures, attributes) is part of a trace; arrays among it are inputs of
the program, which looks whether their entries are as they were. A function that does more than give a result (draws,
prints, writes) is not traced: a replay would not do that again.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import is_host, place_of
from ..collector import no_collections
from ..engines.arguments import Arguments
from ..engines.dispatch import Value
from ..engines.graph import Graph, Guard
from ..engines.passes.placement import with_constants_on_the_cpu
from ..engines.surroundings import Surroundings
from ..engines.trace import new_variable, trace
from ..engines.transforms import Flat
from ..kernel import Leaves, require_scalar
from ..point import Point
from ..structure import Structure
from ..types import Array, Function
from ..user_code import described

Rule = Callable[[Flat, Sequence[Array], Sequence[Array]], tuple[Leaves, Leaves]]
"""From a function, its differentiated leaves and directions to values and derivatives."""


@dataclass(frozen=True)
class Traced:
    """A trace, whose outputs are `count` values of the function, and then derivatives."""

    graph: Graph
    count: int
    structure: Structure | None
    """Of the function's result."""
    place: Array | None = None
    """An empty array where the arguments are, if that is a device; the constants of the graph are on the CPU."""


class World:
    """What a function sees of the world around it, from the first trace on."""

    def __init__(self, function: Function):
        self.function = function
        self.surroundings: Surroundings | None = None
        self.is_refused = False
        """Whether the function does what a replay would not do again."""
        self.fault = ""
        """What the last trace that could not be taken raised."""

    def unchanged(self) -> bool:
        """Say whether traces still hold, the entries of arrays aside, at which programs look."""
        around = self.surroundings
        return around is None or around.unchanged() or around.follow()

    def arrays(self) -> tuple[Array, ...]:
        """Give the arrays that the function sees."""
        return () if self.surroundings is None else self.surroundings.arrays()

    def traced(
        self, rule: Rule, arguments: Arguments, at: Point, inputs: Sequence[Array], *, scalar: bool
    ) -> Traced | None:
        """Trace an operator.

        Args:
            rule: how it is made of the function.
            arguments: how the function's arguments are put together.
            at: the arguments, for what is fixed.
            inputs: what may change, and the directions.
            scalar: whether the function must give one number.

        Returns:
            The trace; None where the code cannot be traced, does more than give a result, or uses what an outer
            derivative follows.
        """
        if self.surroundings is None:
            self.surroundings = Surroundings.of(self.function)
        inner = Point(at.function, [], [], list)
        operator = _Operator(rule, arguments, at, inner, scalar)
        try:
            with self.surroundings.watched() as sentences, np.errstate(all="ignore"), no_collections():
                graph = trace(
                    Point(operator, arguments.traced(at, inputs), [], list), Graph(numbers_are_looked_at=True)
                )
        except Exception as error:  # noqa: BLE001  (a fault of the code itself shows again in the eager method)
            self.fault = described(error)
            return None
        place = place_of(*inputs)
        if not is_host(place):
            sentences += [_UNWATCHED.format(path) for path in self.surroundings.on_devices]
        if sentences:
            self.refuse(sentences)
        if sentences or _holds_values(graph):
            return None
        self.guard(graph)
        if is_host(place):
            return Traced(graph, operator.count, inner.output_structure)
        graph = with_constants_on_the_cpu(graph)
        return Traced(graph, operator.count, inner.output_structure, np.empty_like(place, shape=0))

    def guard(self, graph: Graph) -> None:
        """Let a trace hold only while the arrays that the function sees have the entries that they have."""
        guards = []
        for array in self.arrays():
            variable = new_variable(graph, array)
            graph.inputs.append(variable)
            guards.append(Guard(variable, array.copy(), 0))
        graph.guards[:0] = guards

    def refuse(self, sentences: Sequence[str]) -> None:
        """Say once why the function is left to the eager method."""
        if not self.is_refused:
            self.is_refused = True
            warnings.warn(f"Not compiled, the eager method computes it: {' '.join(sentences)}", stacklevel=2)


_UNWATCHED = "It sees `{}`, an array on a device, whose entries are not watched: pass it as an argument."


class _Operator:
    """An operator as a function of flat inputs, which is what is traced."""

    def __init__(self, rule: Rule, arguments: Arguments, at: Point, inner: Point, scalar: bool):
        self.rule = rule
        self.arguments = arguments
        self.call = arguments.function(at)
        self.inner = inner
        self.scalar = scalar
        self.count = 0
        """Values of the function, in the last call."""

    def __call__(self, *inputs: Array) -> list[Array]:
        function = self.call.of_moving(inputs[: self.arguments.count], self.inner)

        def checked(leaves: Sequence[Array]) -> Leaves:
            outputs = function(leaves)
            if self.scalar:
                require_scalar(self.inner, outputs)
            return outputs

        leaves, directions = inputs[: self.arguments.moving], inputs[self.arguments.count :]
        values, derivatives = self.rule(checked, leaves, directions)
        self.count = len(values)
        return [*values, *derivatives]


def _holds_values(graph: Graph) -> bool:
    """Say whether the function used values that an outer derivative follows, which a program would lose."""
    return any(isinstance(x, Value) for equation in graph.equations for x in equation.operands) or any(
        isinstance(x, Value) for x in graph.outputs
    )
