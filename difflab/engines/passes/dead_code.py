"""Dropping equations that neither a result nor a guard depends on."""

from dataclasses import replace
from itertools import accumulate

from ..graph import Graph, Variable


def remove_dead_code(graph: Graph) -> Graph:
    """Keep the equations that the outputs and the guards need, or that change memory, in their order."""
    needed = {x for x in graph.outputs if isinstance(x, Variable)} | {guard.variable for guard in graph.guards}
    alive = []
    for equation in reversed(graph.equations):
        used = equation.primitive.changes_memory or not needed.isdisjoint(equation.outputs)
        if used:
            needed.update(x for x in equation.operands if isinstance(x, Variable))
        alive.append(used)
    alive.reverse()
    kept_before = list(accumulate(alive, initial=0))
    return replace(
        graph,
        equations=[equation for equation, used in zip(graph.equations, alive, strict=True) if used],
        guards=[replace(guard, after=kept_before[guard.after]) for guard in graph.guards],
    )
