"""Replaying what a function did: traces become programs, and programs are found for the arguments of a call.

Programs are of tiers. The eager method answers first, so that the first call waits for nothing; what is called again
is traced, and compiled in the background; generated NumPy source serves what the compiler does not know.
"""

import warnings
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Literal

import numpy as np

from ..engines.arguments import Arguments
from ..engines.dispatch import Value
from ..engines.graph import Graph
from ..engines.passes.common_subexpressions import share_common_subexpressions
from ..engines.passes.dead_code import remove_dead_code
from ..engines.passes.status import looked_at, with_status
from ..engines.paths import Missing, Path, Paths, Run, Undecided
from ..engines.trace import trace
from ..engines.transforms import Flat
from ..errors import DifflabError
from ..kernel import Leaves, require_scalar
from ..point import Point, describe
from ..structure import shape_of
from ..types import Array
from .native.program import Program
from .native.schedule import NotLowered
from .numpy_source import numpy_source

Tier = Literal["automatic", "native", "source"]
TIERS = ("automatic", "native", "source")
LIMIT = 64
"""Paths that are kept of one function; what takes another is left to the eager method."""
Rule = Callable[[Flat, Sequence[Array], Sequence[Array]], tuple[Leaves, Leaves]]
"""From a function, its differentiated leaves and directions to values and derivatives."""
Found = tuple[Leaves, Leaves]


class Replayed:
    """The programs of one function, for each operator."""

    def __init__(self, arguments: Arguments, tier: Tier):
        self.arguments = arguments
        self.tier = tier
        self.paths: dict[Hashable, Paths] = {}
        self.met: set[Hashable] = set()
        """Paths without a program that a call took; it is made when a second one does."""
        self.has_warned = False

    def run(
        self, operator: str, rule: Rule, at: Point, directions: Sequence[Array] = (), *, scalar: bool = False
    ) -> Found | None:
        """Give values and derivatives; None where the eager method is to answer.

        Args:
            operator: its name.
            rule: how it is made of the function.
            at: the arguments.
            directions: tangents or cotangents.
            scalar: whether the function must give one number.
        """
        if any(isinstance(leaf, Value) for leaf in at.leaves):
            return None
        key = operator, *(len(each) for each in directions[:1]), self.arguments.fixed(at)
        paths = self.paths.get(key)
        if paths is None:
            paths = self.paths[key] = Paths()
        inputs = [*self.arguments.inputs(at), *directions]
        try:
            return self._results(paths, inputs, at)
        except Missing as missing:
            return self._make(paths, missing, (key, missing.key), rule, at, inputs, scalar)

    def _results(self, paths: Paths, inputs: Sequence[Array], at: Point) -> Found | None:
        try:
            results, (structure, count) = paths.run(inputs)
        except Undecided:
            return None
        at.output_structure = structure
        return results[:count], results[count:]

    def _make(
        self,
        paths: Paths,
        missing: Missing,
        key: Hashable,
        rule: Rule,
        at: Point,
        inputs: Sequence[Array],
        scalar: bool,
    ) -> Found | None:
        """Trace, and make a program, or begin to."""
        if self.tier == "automatic" and key not in self.met:
            self.met.add(key)
            return None
        if paths.count >= LIMIT:
            self._warn(at)
            return None
        traced = self._traced(rule, at, inputs, scalar)
        if traced is None:
            return None
        if self.tier == "automatic":
            self.met.discard(key)
            _background().submit(lambda: missing.place(_path(*traced, self.tier)))
            return None
        missing.place(_path(*traced, self.tier))
        return self._results(paths, inputs, at)

    def _traced(self, rule: Rule, at: Point, inputs: Sequence[Array], scalar: bool) -> tuple[Graph, Any, int] | None:
        """Trace an operator; gives the graph, the structure of the function's results, and how many there are."""
        call = self.arguments.function(at)
        inner = Point(at.function, [], [], list)
        told: list[Any] = []

        def operator(*everything: Array) -> list[Array]:
            leaves, rest = everything[: self.arguments.moving], everything[: self.arguments.count]
            function = call.of_moving(rest, inner)

            def checked(arrays: Sequence[Array]) -> Leaves:
                outputs = function(arrays)
                if scalar:
                    require_scalar(inner, outputs)
                return outputs

            values, derivatives = rule(checked, leaves, everything[self.arguments.count :])
            told[:] = [inner.output_structure, len(values)]
            return [*values, *derivatives]

        try:
            with np.errstate(all="ignore"):
                graph = trace(Point(operator, list(inputs), [], list))
        except DifflabError:
            return None
        return None if _holds_values(graph) else (graph, told[0], told[1])

    def _warn(self, at: Point) -> None:
        if not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"{describe(at.function)} took more than {LIMIT} paths through its code: the eager method computes "
                f"further ones.",
                stacklevel=2,
            )


def _holds_values(graph: Graph) -> bool:
    """Say whether the function used values that an outer derivative follows, which a program would lose."""
    return any(isinstance(x, Value) for equation in graph.equations for x in equation.operands) or any(
        isinstance(x, Value) for x in graph.outputs
    )


def _path(graph: Graph, structure: Any, count: int, tier: Tier) -> Path:
    """Make a program of a trace whose outputs are `count` values and then derivatives."""
    places = {variable: n for n, variable in enumerate(looked_at(graph))}
    program = share_common_subexpressions(with_status(graph, range(count, len(graph.outputs))))
    program = remove_dead_code(program)
    return Path(
        run=_program(program, tier),
        count=len(graph.outputs),
        places=[places.get(guard.variable) for guard in graph.guards],
        structure=(structure, count),
    )


def _program(graph: Graph, tier: Tier) -> Run:
    if tier != "source":
        try:
            return Program(graph)
        except NotLowered:
            pass
    function = numpy_source(graph).compile()

    def run(inputs: Sequence[Array]) -> list[Any]:
        with np.errstate(all="ignore"):
            return list(map(_own, function(*inputs)))

    return run


def _own(result: Array) -> Array:
    """Give a number, or an array that nothing else refers to."""
    return result[()] if shape_of(result) == () else np.array(result)


@cache
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "difflab-compiler")
