"""Replaying what a function did: traces become programs, and programs are found for the arguments of a call.

Programs are of tiers. The eager method answers first, so that the first call waits for nothing; what is called again
is traced, and compiled in the background; generated NumPy source serves what the compiler does not know.
"""

import warnings
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
from ..kernel import Leaves, require_scalar
from ..point import Point, describe
from ..structure import Structure, shape_of
from ..types import Array
from .many import ManyPoints
from .native.program import Program
from .native.schedule import NotLowered, is_lowered
from .numpy_source import numpy_source
from .phases import Outputs, Phase, Phased, phases

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
        self.tier: Tier = tier
        self.operators: dict[Hashable, Operator] = {}

    def run(
        self, name: str, rule: Rule, at: Point, directions: Sequence[Array] = (), *, scalar: bool = False
    ) -> Found | None:
        """Give values and derivatives; None where the eager method is to answer.

        Args:
            name: of the operator.
            rule: how it is made of the function.
            at: the arguments.
            directions: tangents or cotangents.
            scalar: whether the function must give one number.
        """
        if any(isinstance(leaf, Value) for leaf in at.leaves):
            return None
        operator = self.operator(name, rule, at, len(directions[0]) if directions else 0, scalar=scalar)
        return operator.run(at, [*self.arguments.inputs(at), *directions])

    def operator(self, name: str, rule: Rule, at: Point, directions: int = 0, *, scalar: bool = False) -> "Operator":
        """Give an operator for a number of directions, and what is fixed as it is at a point; see `run`."""
        key = name, directions, self.arguments.fixed(at)
        found = self.operators.get(key)
        if found is None:
            found = self.operators.setdefault(key, Operator(self.arguments, rule, self.tier, scalar=scalar))
        return found

    def first_program(self, name: str) -> Program | None:
        """Give the program of an operator without directions for its first path; None if there is none."""
        operator = self.operators.get((name, 0, ()))
        return operator.paths.first.program if operator is not None and operator.paths.first is not None else None


class Operator:
    """What one operator of one function has become: programs for the paths that were taken."""

    def __init__(self, arguments: Arguments, rule: Rule, tier: Tier, *, scalar: bool):
        self.arguments = arguments
        self.rule = rule
        self.tier: Tier = tier
        self.scalar = scalar
        self.paths = Paths()
        self.met: set[Hashable] = set()
        """Paths that one call took; programs are made of those that a second one takes."""
        self.begun: set[Hashable] = set()
        """Paths of which programs are being made."""
        self.is_refused = False
        """Whether no trace can be made."""
        self.has_warned = False

    def run(self, at: Point, inputs: Sequence[Array]) -> Found | None:
        """Give values and derivatives; None where the eager method is to answer."""
        while True:  # for each path that is made on the way, also by other threads
            try:
                return self._found(at, inputs)
            except Missing as missing:
                if self.is_refused or not self._wants(missing.key, at) or not self._make(missing, at, inputs):
                    return None

    def many(self, at: Point, inputs: Sequence[Array], count: int) -> tuple[list[Array], Array] | None:
        """Give values and derivatives at many points, and at which they are missing; None where programs cannot.

        Args:
            at: a point, for what is fixed.
            inputs: those that are differentiated have a first axis of points.
            count: of points.
        """

        def make(one: Sequence[Array], place: Callable[[Path], None]) -> Path | None:
            return self.path(at, one, place)

        try:
            return ManyPoints(self.paths, make, inputs, self.arguments.moving).run(count)
        except NotLowered:
            return None

    def path(self, at: Point, inputs: Sequence[Array], place: Callable[[Path], None]) -> Path | None:
        """Make the path for these inputs, and keep it; None where there can be none."""
        if self.is_refused or self.paths.count >= LIMIT:
            return None
        traced = self._traced(at, inputs)
        if traced is None:
            self.is_refused = True
            return None
        path = _path(traced, self.tier)
        place(path)
        return path

    def _found(self, at: Point, inputs: Sequence[Array]) -> Found | None:
        try:
            results, (structure, count) = self.paths.run(inputs)
        except Undecided:
            return None
        at.output_structure = structure
        return results[:count], results[count:]

    def _wants(self, key: Hashable, at: Point) -> bool:
        """Say whether to make a program of a path now."""
        if self.paths.count >= LIMIT:
            self._warn(at)
            return False
        if self.tier != "automatic":
            return True
        if key in self.met:
            return key not in self.begun
        self.met.add(key)
        return False

    def _make(self, missing: Missing, at: Point, inputs: Sequence[Array]) -> bool:
        """Trace, and make a program, or begin to; says whether it is there."""
        if self.tier != "automatic":
            return self.path(at, inputs, missing.place) is not None
        traced = self._traced(at, inputs)
        if traced is None:
            self.is_refused = True
            return False
        self.begun.add(missing.key)
        _background().submit(self._finish, missing, traced)
        return False

    def _finish(self, missing: Missing, traced: "Traced") -> None:
        """Make a program; where that fails, say so, and let the eager method answer."""
        try:
            missing.place(_path(traced, self.tier))
        except Exception as error:  # noqa: BLE001  (of a thread that nobody waits for)
            self.is_refused = True
            warnings.warn(f"A trace was not compiled, and the eager method goes on: {error!r}", stacklevel=2)

    def _traced(self, at: Point, inputs: Sequence[Array]) -> "Traced | None":
        """Trace the operator; None where the code cannot be traced, or uses what an outer derivative follows."""
        call = self.arguments.function(at)
        inner = Point(at.function, [], [], list)
        count = 0

        def operator(*everything: Array) -> list[Array]:
            nonlocal count
            function = call.of_moving(everything[: self.arguments.count], inner)

            def checked(leaves: Sequence[Array]) -> Leaves:
                outputs = function(leaves)
                if self.scalar:
                    require_scalar(inner, outputs)
                return outputs

            leaves, directions = everything[: self.arguments.moving], everything[self.arguments.count :]
            values, derivatives = self.rule(checked, leaves, directions)
            count = len(values)
            return [*values, *derivatives]

        try:
            with np.errstate(all="ignore"):
                graph = trace(Point(operator, list(inputs), [], list), Graph(numbers_are_looked_at=True))
        except Exception:  # noqa: BLE001  (a fault of the code itself shows again in the eager method)
            return None
        return None if _holds_values(graph) else Traced(graph, count, inner.output_structure)

    def _warn(self, at: Point) -> None:
        if not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"{describe(at.function)} took more than {LIMIT} paths through its code: the eager method computes "
                f"further ones.",
                stacklevel=2,
            )


@dataclass(frozen=True)
class Traced:
    """A trace, whose outputs are `count` values of the function, and then derivatives."""

    graph: Graph
    count: int
    structure: Structure | None
    """Of the function's result."""


def _holds_values(graph: Graph) -> bool:
    """Say whether the function used values that an outer derivative follows, which a program would lose."""
    return any(isinstance(x, Value) for equation in graph.equations for x in equation.operands) or any(
        isinstance(x, Value) for x in graph.outputs
    )


def _path(traced: Traced, tier: Tier) -> Path:
    """Make a program of a trace."""
    graph = traced.graph
    places = {variable: n for n, variable in enumerate(looked_at(graph))}
    whole = with_status(graph, range(traced.count, len(graph.outputs)))
    optimized = remove_dead_code(share_common_subexpressions(whole))
    run, program = _program(optimized, tier)
    return Path(
        run=run,
        program=program,
        graph=optimized,
        count=len(graph.outputs),
        places=[places.get(guard.variable) for guard in graph.guards],
        structure=(traced.structure, traced.count),
    )


def _program(graph: Graph, tier: Tier) -> tuple[Run, Program | None]:
    """Make a function of a graph without guards whose last output is a status; its results are arrays of their own.

    Where all of it is one program, that is given, too.
    """
    if tier == "source":
        return _with_status(_source(graph)), None
    if not all(map(is_lowered, graph.equations)):
        return _with_status(Phased(graph, phases(graph, is_lowered), _phase)), None
    try:
        program = Program(graph, has_status=True)
    except NotLowered:
        return _with_status(_source(graph)), None
    return program.run, program


def _phase(phase: Phase) -> Outputs:
    if not phase.is_native:
        return _source(phase.graph)
    try:
        return Program(phase.graph)
    except NotLowered:
        return _source(phase.graph)


def _source(graph: Graph) -> Outputs:
    function = numpy_source(graph).compile()

    def run(inputs: Sequence[Array]) -> list[Any]:
        with np.errstate(all="ignore"):
            return list(function(*inputs))

    return run


def _with_status(function: Outputs) -> Run:
    def run(inputs: Sequence[Array]) -> tuple[list[Any], int]:
        *results, status = function(inputs)
        return list(map(_own, results)), int(status)

    return run


def _own(result: Array) -> Array:
    """Give a number, or an array that nothing else refers to."""
    return result[()] if shape_of(result) == () else np.array(result)


@cache
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "difflab-compiler")
