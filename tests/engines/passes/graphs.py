"""Traces for the tests of passes, what they consist of, and values that tell a wrong rule."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from difflab.engines.graph import Graph, evaluate
from difflab.engines.passes.dead_code import remove_dead_code
from difflab.engines.trace import trace
from difflab.point import Point

SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -1e-310, 1.7e308, -0.3, 2.5)
"""Numbers that tell rules apart which are the same for ordinary numbers."""
PAIRS = np.array(np.meshgrid(SPECIAL, SPECIAL)).reshape(2, -1)
"""Two arrays in which each special number meets each."""


def traced(function: Callable[..., Any], *inputs: Any, numbers_are_looked_at: bool = False) -> Graph:
    """Trace a function at some inputs, all of which may change; see `Graph` for the numbers."""

    def outputs(*inputs: Any) -> list[Any]:
        found = function(*inputs)
        return list(found) if isinstance(found, tuple) else [found]

    graph = Graph(numbers_are_looked_at=numbers_are_looked_at)
    with np.errstate(all="ignore"):
        return trace(Point(outputs, [np.asarray(x)[()] for x in inputs], [], list), graph)


def names(graph: Graph) -> list[str]:
    """Give the functions that are left once dead code is gone, in order, without their module."""
    return [equation.primitive.name.removeprefix("np.") for equation in remove_dead_code(graph).equations]


def values(graph: Graph, inputs: Sequence[Any]) -> list[Any]:
    """Run a graph without warnings of what is infinite or no number."""
    with np.errstate(all="ignore"):
        return evaluate(graph, inputs)


def require_same(found: Graph, expected: Graph, inputs: Sequence[Any]) -> None:
    """Fail unless two graphs give the same numbers, dtypes and shapes; a zero may have the other sign."""
    for one, other in zip(values(found, inputs), values(expected, inputs), strict=True):
        assert (np.shape(one), np.result_type(one)) == (np.shape(other), np.result_type(other))
        np.testing.assert_array_equal(one, other)
