"""Bringing the constants of a trace to the CPU, where formulas are derived from it."""

from dataclasses import replace

from ...arrays import on_the_cpu
from ..graph import Graph


def with_constants_on_the_cpu(graph: Graph) -> Graph:
    """Copy the arrays of a device among operands, parameters and outputs, for which it is waited."""
    equations = [
        replace(
            equation,
            operands=tuple(map(on_the_cpu, equation.operands)),
            parameters={name: on_the_cpu(value) for name, value in equation.parameters.items()},
        )
        for equation in graph.equations
    ]
    return replace(graph, equations=equations, outputs=list(map(on_the_cpu, graph.outputs)))
