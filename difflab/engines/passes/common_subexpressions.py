"""Computing once what the traced code computed several times."""

from collections.abc import Hashable, Mapping
from dataclasses import replace

from ..content import content
from ..graph import Equation, Graph, Guard, Variable


def share_common_subexpressions(graph: Graph) -> Graph:
    """Merge equations of one primitive whose operands and parameters are the same."""
    first: dict[Hashable, Equation] = {}
    same: dict[Variable, Variable] = {}
    equations: list[Equation] = []
    kept_before = [0]
    for equation in graph.equations:
        operands = tuple(same.get(x, x) if isinstance(x, Variable) else x for x in equation.operands)
        equation = replace(equation, operands=operands)
        earlier = first.setdefault(_key(equation), equation)
        if earlier is equation:
            equations.append(equation)
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


def _key(equation: Equation) -> Hashable:
    operands = tuple(x if isinstance(x, Variable) else content(x) for x in equation.operands)
    return equation.primitive, operands, content(equation.parameters)
