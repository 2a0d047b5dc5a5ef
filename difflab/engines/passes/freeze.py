"""Making a trace hold for the positions and counts that it met: integers become constants with guards.

What `np.argsort`, `np.argmax` or a boolean mask picks is not a formula. Frozen, it is a constant
index, and the trace holds for the inputs for which it comes out the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...arrays import on_the_cpu
from ...primitives.primitive import Primitive
from ...types import Array
from ..graph import Graph, Guard, Variable, evaluate, plain


def freeze(graph: Graph, inputs: Sequence[Array], takes_conditions: Callable[[Primitive], bool]) -> Graph:
    """Replace integers, and the booleans that cannot stay conditions, by their values at `inputs`.

    Args:
        graph: a trace.
        inputs: where to read the values; the graph's guards must hold there.
        takes_conditions: says of a primitive whether it can give, and take, booleans that depend on the inputs.
    """
    values = _values(graph, inputs)
    conditions = _conditions(graph, takes_conditions)
    frozen = {x: value for x, value in values.items() if x.dtype.kind in "iub" and x not in conditions}
    guards = [*graph.guards, *_guards(graph, frozen)]
    return replace(
        graph,
        equations=[replace(one, operands=tuple(_constants(one.operands, frozen))) for one in graph.equations],
        outputs=_constants(graph.outputs, frozen),
        guards=sorted(guards, key=lambda guard: guard.after),
    )


def _conditions(graph: Graph, takes_conditions: Callable[[Primitive], bool]) -> set[Variable]:
    known = [equation for equation in graph.equations if takes_conditions(equation.primitive)]
    conditions = {x for equation in known for x in equation.outputs if x.dtype.kind == "b"}
    for equation in graph.equations:
        if not takes_conditions(equation.primitive):
            conditions.difference_update(x for x in equation.operands if isinstance(x, Variable))
    return conditions


def _values(graph: Graph, inputs: Sequence[Array]) -> dict[Variable, Any]:
    """Give the value of every variable that an equation computes."""
    results: list[Any] = []

    def record(primitive: Primitive, operands: Sequence[Any], parameters: Mapping[str, Any]) -> Any:
        result = plain(primitive, operands, parameters)
        results.extend(result if primitive.multiple else [result])
        return result

    evaluate(graph, inputs, record)
    return dict(zip((x for equation in graph.equations for x in equation.outputs), results, strict=True))


def _guards(graph: Graph, frozen: Mapping[Variable, Any]) -> list[Guard]:
    guarded = {guard.variable for guard in graph.guards}
    return [
        Guard(x, np.asarray(on_the_cpu(frozen[x])), position)
        for position, equation in enumerate(graph.equations, start=1)
        for x in equation.outputs
        if x in frozen and x not in guarded
    ]


def _constants(operands: Sequence[Any], frozen: Mapping[Variable, Any]) -> list[Any]:
    return [frozen.get(x, x) if isinstance(x, Variable) else x for x in operands]
