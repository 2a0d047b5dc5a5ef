"""Bringing the constants of a trace to the CPU, where passes and formulas look at them, or to where arguments are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...arrays import beside, on_the_cpu
from ...types import Array
from ..graph import Graph


def with_constants_on_the_cpu(graph: Graph) -> Graph:
    """Copy the arrays of a device among operands, parameters and outputs, for which it is waited."""
    return _mapped(on_the_cpu, graph)


def with_constants_beside(graph: Graph, x: Array) -> Graph:
    """Copy the arrays of NumPy among them to the device that `x` is on."""
    return _mapped(lambda value: beside(value, x), graph)


def _mapped(place: Callable[[Any], Any], graph: Graph) -> Graph:
    equations = [
        replace(
            equation,
            operands=tuple(map(place, equation.operands)),
            parameters={name: place(value) for name, value in equation.parameters.items()},
        )
        for equation in graph.equations
    ]
    return replace(graph, equations=equations, outputs=list(map(place, graph.outputs)))
