"""Loops compute anew what is cheap, and nothing that they cannot know; results are the same."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from difflab.engines.graph import Graph, Variable
from difflab.lowering.native import recomputation
from difflab.lowering.native.program import Program
from difflab.lowering.native.recomputation import ARRAYS, LONG, MOST, recomputed
from difflab.lowering.native.schedule import Schedule, scheduled
from tests.engines.passes.graphs import traced
from tests.lowering.native.random_graphs import graphs, require_right

X = np.linspace(-1, 1, LONG)


def kept(function: Any, *inputs: Any) -> tuple[int, int]:
    """Count the long arrays that take memory before and after."""
    schedule = scheduled(traced(function, *inputs))
    before = sum(x.shape != () for x in schedule.stored)
    recomputed(schedule)
    return before, sum(x.shape != () for x in schedule.stored)


def minus_mean(x: Any) -> Any:
    """Compute 2 x again after its sum is known, in place of reading it."""
    doubled = x * 2
    return np.sum((doubled - np.sum(doubled)) ** 2)


def many(x: Any, count: int) -> Any:
    """Use `count` cheap functions before a sum, and their result after it."""
    y = x
    for _ in range(count):
        y = y * x
    return np.sum(y * np.sum(y))


@pytest.mark.parametrize(
    ("function", "inputs", "expected"),
    [
        (minus_mean, [X], (1, 0)),
        (minus_mean, [X[:-1]], (1, 1)),
        (lambda x: np.sum((y := np.exp(x)) * np.sum(y)), [X], (1, 1)),
        (lambda x: many(x, MOST), [X], (1, 0)),
        (lambda x: many(x, MOST + 1), [X], (1, 1)),
        (lambda *xs: np.sum((y := xs[0] * xs[1]) * np.sum(y)), [X] * ARRAYS, (1, 0)),
        (lambda *xs: np.sum((y := xs[0] * xs[1] * xs[2]) * np.sum(y)), [X] * (ARRAYS + 1), (1, 1)),
        (lambda x: np.sum((y := x * 2) * np.sum(y)) + np.sum(y[::-1] * y), [X], (1, 1)),
        (lambda x: (y := x * 2, np.sum(y * np.sum(y))), [X], (1, 1)),
        (lambda x: np.sum((y := x[::-1] * 2) * np.sum(y)), [X], (1, 0)),
        (lambda x, a: np.sum((y := a * x) * np.sum(y)), [X, np.float64(2)], (1, 0)),
    ],
    ids=[
        "cheap",
        "short",
        "dear",
        "most",
        "more",
        "two arrays",
        "three",
        "turned",
        "given",
        "view",
        "number",
    ],
)
def test_what_is_kept(function: Any, inputs: list[Any], expected: tuple[int, int]) -> None:
    assert kept(function, *inputs) == expected
    graph = traced(function, *inputs)
    require_right(Program(graph)(inputs), graph, inputs)


def is_complete(schedule: Schedule) -> bool:
    """Say whether every stage finds what it reads: it computes that, or it is kept, or a number, or given."""
    for stage in schedule.stages:
        here: set[Any] = set()
        for equation in stage.equations:
            sources = [schedule.source(x) for x in equation.operands if isinstance(x, Variable)]
            arrays = {x for x in sources if isinstance(x, Variable) and x.shape and schedule.place[x] >= 0}
            if not arrays <= {*here, *schedule.stored}:
                return False
            here.update(equation.outputs)
    return True


@given(graphs(longest=25))
def test_programs_that_compute_anew_are_right(drawn: tuple[Graph, list[Any]]) -> None:
    """With no array too short for it."""
    graph, inputs = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recomputation, "LONG", 1)
        schedule = scheduled(graph)
        recomputed(schedule)
        assert is_complete(schedule)
        require_right(Program(graph)(inputs), graph, inputs)


def test_an_array_that_is_not_kept_and_not_computed_is_seen() -> None:
    """The planted fault."""
    schedule = scheduled(traced(minus_mean, X))
    assert is_complete(schedule)
    schedule.stored.clear()
    assert not is_complete(schedule)
