"""From a trace to something to run, of a tier: a program of this machine, or generated NumPy source."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal

import numpy as np

from ..arrays import beside, is_host, on_the_cpu
from ..collector import no_collections
from ..engines.graph import Graph
from ..engines.passes import optimized
from ..engines.passes.placement import with_constants_beside
from ..engines.passes.status import looked_at, with_status
from ..engines.paths import Path, Run
from ..structure import shape_of
from ..types import Array
from .native.program import Program
from .native.schedule import NotLowered, is_lowered
from .numpy_source import numpy_source
from .phases import Outputs, Phase, Phased, phases
from .tracing import Traced

Tier = Literal["automatic", "native", "source"]
TIERS = ("automatic", "native", "source")


def path_of(traced: Traced, tier: Tier, *, is_draft: bool = False) -> Path:
    """Make a program of a trace; of a draft, `Path.finish` makes a faster one. On a device there is source only."""
    with no_collections():
        return _path_of(traced, tier, is_draft=is_draft)


def _path_of(traced: Traced, tier: Tier, *, is_draft: bool) -> Path:
    graph = traced.graph
    places = {variable: n for n, variable in enumerate([*graph.inputs, *looked_at(graph)])}
    whole = optimized(with_status(graph, range(traced.count, len(graph.outputs))))
    made: list[Program] = []
    if traced.place is None:
        run, program = _program(whole, tier, made, is_draft=is_draft)
    else:
        run, program = _with_status(_source_on_device(whole, traced.place)), None
    return Path(
        run=run,
        program=program,
        parts=made,
        graph=whole,
        count=len(graph.outputs),
        places=[places.get(guard.variable) for guard in graph.guards],
        structure=(traced.structure, traced.count),
    )


def _program(graph: Graph, tier: Tier, made: list[Program], *, is_draft: bool) -> tuple[Run, Program | None]:
    """Make a function of a graph without guards whose last output is a status; its results are arrays of their own.

    Where all of it is one program, that is given, too. All programs are added to those `made`.
    """

    def part(phase: Phase) -> Outputs:
        if phase.is_native:
            with suppress(NotLowered):
                made.append(Program(phase.graph, is_draft=is_draft))
                return made[-1]
        return _source(phase.graph)

    if tier == "source":
        return _with_status(_source(graph)), None
    if not all(map(is_lowered, graph.equations)):
        return _with_status(Phased(graph, phases(graph, is_lowered), part)), None
    try:
        program = Program(graph, has_status=True, is_draft=is_draft)
    except NotLowered:
        return _with_status(_source(graph)), None
    made.append(program)
    return program.run, program


def _source(graph: Graph, *, on_device: bool = False) -> Outputs:
    function = numpy_source(graph, on_device=on_device).compile()

    def run(inputs: Sequence[Array]) -> list[Any]:
        with np.errstate(all="ignore"):
            return list(function(*inputs))

    return run


def _source_on_device(graph: Graph, place: Array) -> Outputs:
    """Give a function whose inputs and outputs are where `place` is."""
    source = _source(with_constants_beside(graph, place), on_device=True)

    def run(inputs: Sequence[Array]) -> list[Any]:
        results = source([beside(x, place) for x in inputs])
        return [beside(np.asarray(x), place) if is_host(x) else x for x in results]

    return run


def _with_status(function: Outputs) -> Run:
    def run(inputs: Sequence[Array]) -> tuple[list[Any], int]:
        *results, status = function(inputs)
        return list(map(_own, results)), int(on_the_cpu(status))

    return run


def _own(result: Array) -> Array:
    """Give a number, or an array that nothing else refers to."""
    return result[()] if is_host(result) and shape_of(result) == () else np.copy(result)
