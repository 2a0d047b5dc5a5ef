"""Graphs in phases: as few as the order allows, each reads what is there, and together they are the whole."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difflab.engines.graph import Graph, Variable, evaluate
from difflab.lowering.native.schedule import is_lowered
from difflab.lowering.phases import Phase, Phased, phases
from tests.engines.passes.graphs import traced, values
from tests.lowering.native.random_graphs import graphs

X = np.array([0.5, -1.0, 2.0])


def names(found: list[Phase]) -> list[tuple[bool, list[str]]]:
    return [(each.is_native, [e.primitive.name.removeprefix("np.") for e in each.graph.equations]) for each in found]


def by_numpy(phase: Phase) -> Any:
    return lambda inputs: evaluate(phase.graph, inputs)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: np.exp(x) * 2, [(True, ["exp", "multiply"])]),
        (lambda x: np.cumsum(x), [(False, ["cumsum"])]),
        (lambda x: np.exp(np.cumsum(np.exp(x))), [(True, ["exp"]), (False, ["cumsum"]), (True, ["exp"])]),
        (lambda x: np.exp(x) + np.cumsum(x), [(True, ["exp"]), (False, ["cumsum"]), (True, ["add"])]),
        (
            lambda x: np.cumsum(np.exp(x)) + np.cumsum(np.sin(x)),
            [(True, ["exp", "sin"]), (False, ["cumsum", "cumsum"]), (True, ["add"])],
        ),
        (
            lambda x: np.cumsum(np.sin(np.cumsum(x))) * x,
            [(False, ["cumsum"]), (True, ["sin"]), (False, ["cumsum"]), (True, ["multiply"])],
        ),
    ],
)
def test_there_are_as_few_as_the_order_allows(function: Any, expected: Any) -> None:
    assert names(phases(traced(function, X), is_lowered)) == expected


def test_a_phase_gives_what_later_ones_read_and_no_more() -> None:
    graph = traced(lambda x: (np.cumsum((y := np.exp(x)) * 2) * y, np.sin(x)), X)
    first, second, third = (phase.graph for phase in phases(graph, is_lowered))
    exponential, doubled, _, _, sine = (equation.outputs[0] for equation in graph.equations)
    assert set(first.outputs) == {exponential, doubled, sine}
    assert (second.inputs, len(second.outputs)) == ([doubled], 1)
    assert third.outputs == [graph.outputs[0]]


@given(graphs(longest=20), st.integers(0, 2**30))
def test_phases_together_are_the_whole(drawn: tuple[Graph, list[Any]], chosen: int) -> None:
    """Whatever equations are native."""
    graph, inputs = drawn
    native = {equation.outputs[0]: bool(chosen >> n % 30 & 1) for n, equation in enumerate(graph.equations)}
    parts = phases(graph, lambda equation: native[equation.outputs[0]])
    known: set[Variable] = set(graph.inputs)
    for phase in parts:
        assert set(phase.graph.inputs) <= known
        assert {native[equation.outputs[0]] for equation in phase.graph.equations} == {phase.is_native}
        known.update(phase.graph.outputs)
    assert sum(len(phase.graph.equations) for phase in parts) == len(graph.equations)
    assert all(one.is_native != other.is_native for one, other in pairwise(parts))
    for mine, theirs in zip(Phased(graph, parts, by_numpy)(inputs), values(graph, inputs), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_constants_and_arguments_may_be_results() -> None:
    graph = traced(lambda x: (np.ones(2), x, np.float64(3), np.cumsum(x)), X)
    run = Phased(graph, phases(graph, is_lowered), by_numpy)
    ones, same, three, sums = run([X])
    assert (ones.tolist(), three) == ([1, 1], 3)
    np.testing.assert_array_equal(same, X)
    np.testing.assert_array_equal(sums, np.cumsum(X))
    empty = traced(lambda x: x, X)
    assert phases(empty, is_lowered) == []
    np.testing.assert_array_equal(Phased(empty, [], by_numpy)([X]), [X])
