"""The passes over a trace, one after the other: what each made of the graph, and how long it took."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter

from ..engines.graph import Graph
from ..engines.passes import PASSES
from ..engines.passes.status import with_status
from ..lowering.tracing import Traced
from .counts import Counts, counts_of


@dataclass(frozen=True)
class Step:
    """A graph on its way to a program.

    Args:
        name: of what made it.
        graph: what was made.
        seconds: that this took.
    """

    name: str
    graph: Graph
    seconds: float

    @cached_property
    def counts(self) -> Counts:
        """What one run of the graph takes."""
        return counts_of(self.graph)


def steps_of(traced: Traced, seconds: float) -> list[Step]:
    """Take a trace through the passes.

    Args:
        traced: the trace.
        seconds: that it took.
    """

    def status(graph: Graph) -> Graph:
        return with_status(graph, range(traced.count, len(graph.outputs)))

    steps = [Step("trace", traced.graph, seconds)]
    for name, make in [("guards as a status", status), *((_words(each), each) for each in PASSES)]:
        began = perf_counter()
        graph = make(steps[-1].graph)
        steps.append(Step(name, graph, perf_counter() - began))
    return steps


def _words(make: Callable[[Graph], Graph]) -> str:
    return make.__name__.replace("_", " ")
