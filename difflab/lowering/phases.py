"""A graph in phases: programs of this machine, and between them the functions that only NumPy has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..engines.graph import Equation, Graph, Variable
from ..types import Array

Outputs = Callable[[Sequence[Array]], Sequence[Any]]
"""From inputs to outputs."""


@dataclass(frozen=True)
class Phase:
    """A part of a graph.

    Args:
        is_native: whether it is for a program.
        graph: what it computes; its inputs and outputs are variables of the whole.
    """

    is_native: bool
    graph: Graph


def phases(graph: Graph, is_native: Callable[[Equation], bool]) -> list[Phase]:
    """Divide a graph without guards into as few phases as its order allows, native ones and others in turn."""
    number: dict[Variable, int] = {}
    parts: list[list[Equation]] = []
    for equation in graph.equations:
        earliest = max((number.get(x, 0) for x in equation.operands if isinstance(x, Variable)), default=0)
        phase = earliest + (earliest % 2 == is_native(equation))  # even phases are native
        parts.extend([] for _ in range(phase + 1 - len(parts)))
        parts[phase].append(equation)
        number.update(dict.fromkeys(equation.outputs, phase))
    return [
        Phase(n % 2 == 0, _part(graph, part, needed))
        for n, (part, needed) in enumerate(zip(parts, _needed_after(graph, parts), strict=True))
        if part
    ]


def _needed_after(graph: Graph, parts: Sequence[Sequence[Equation]]) -> list[set[Variable]]:
    """Give for each part the variables that later ones, or the results, need."""
    needed = {x for x in graph.outputs if isinstance(x, Variable)}
    after: list[set[Variable]] = []
    for part in reversed(parts):
        after.insert(0, set(needed))
        needed |= {x for equation in part for x in equation.operands if isinstance(x, Variable)}
    return after


def _part(graph: Graph, equations: list[Equation], needed: set[Variable]) -> Graph:
    computed = [x for equation in equations for x in equation.outputs]
    known = set(computed)
    read = dict.fromkeys(
        x for equation in equations for x in equation.operands if isinstance(x, Variable) and x not in known
    )
    return replace(graph, inputs=list(read), equations=equations, outputs=[x for x in computed if x in needed])


class Phased:
    """A graph that runs phase by phase.

    Args:
        graph: the whole.
        parts: its phases.
        lower: makes a function of a phase.
    """

    def __init__(self, graph: Graph, parts: Sequence[Phase], lower: Callable[[Phase], Outputs]):
        place = {variable: n for n, variable in enumerate(graph.inputs)}
        self._steps: list[tuple[Outputs, list[int]]] = []
        for phase in parts:
            self._steps.append((lower(phase), [place[x] for x in phase.graph.inputs]))
            for variable in phase.graph.outputs:
                place[variable] = len(place)
        self._outputs = [(place[x], None) if isinstance(x, Variable) else (None, x) for x in graph.outputs]

    def __call__(self, inputs: Sequence[Array]) -> list[Any]:
        """Compute the outputs."""
        values = list(inputs)
        for run, places in self._steps:
            values.extend(run([values[place] for place in places]))
        return [constant if place is None else values[place] for place, constant in self._outputs]
