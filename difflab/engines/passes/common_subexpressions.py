"""Computing once what the traced code computed several times."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..content import content
from ..graph import Equation, Graph, Guard, Variable
from .equations import with_operands


def share_common_subexpressions(graph: Graph) -> Graph:
    """Merge equations of one primitive whose operands and parameters are the same."""
    first: dict[Hashable, Equation] = {}
    same: dict[Variable, Variable] = {}
    equations: list[Equation] = []
    kept_before = [0]
    arrays: dict[int, Hashable] = {}
    for equation in graph.equations:
        operands = equation.operands
        if same:
            operands = tuple([same.get(x, x) if type(x) is Variable else x for x in operands])
        described = tuple([x if type(x) is Variable else _content(x, arrays) for x in operands])
        parameters = content(equation.parameters) if equation.parameters else None
        earlier = first.setdefault((equation.primitive, described, parameters), equation)
        if earlier is equation:
            equations.append(with_operands(equation, operands) if same else equation)
        else:
            same.update(zip(equation.outputs, earlier.outputs, strict=True))
        kept_before.append(len(equations))
    return replace(
        graph,
        equations=equations,
        outputs=[same.get(x, x) if isinstance(x, Variable) else x for x in graph.outputs],
        guards=_merged(graph.guards, same, kept_before),
    )


def _merged(guards: list[Guard], same: Mapping[Variable, Variable], kept_before: list[int]) -> list[Guard]:
    """Keep of several guards on one variable the first: the others then hold, too."""
    merged: dict[Variable, Guard] = {}
    for guard in guards:
        variable = same.get(guard.variable, guard.variable)
        merged.setdefault(variable, replace(guard, variable=variable, after=kept_before[guard.after]))
    return sorted(merged.values(), key=lambda guard: guard.after)


def _content(constant: Any, arrays: dict[int, Hashable]) -> Hashable:
    """Describe a constant; arrays, which stay while the graph does, once each."""
    if type(constant) is not np.ndarray:
        return content(constant)
    if id(constant) not in arrays:
        arrays[id(constant)] = content(constant)
    return arrays[id(constant)]
