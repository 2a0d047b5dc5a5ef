"""Every row, recorded by a trace and run again elsewhere, gives what the function gives there."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.graph import Graph, GuardFailure, evaluate
from difflab.engines.trace import trace
from difflab.primitives import TABLE
from difflab.primitives.table import Composite
from difflab.signature import Signature
from tests.primitives.case import Case, all_cases
from tests.primitives.checks import assert_close, directions

CASES = [case for case in all_cases() if case.differentiable]


def traced(function: Any, *leaves: Any) -> Graph:
    """Trace a function of arrays."""
    return trace(Signature.of(function, leaves, tuple(range(len(leaves)))).point(leaves))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_trace_runs_elsewhere(case: Case) -> None:
    leaves = [np.asarray(leaf) for leaf in case.leaves]
    graph = traced(lambda *xs: tuple(case(xs)), *leaves)
    moved = [leaf + 1e-3 * step[0] for leaf, step in zip(leaves, directions(leaves), strict=True)]
    for actual, expected in zip(evaluate(graph, moved), case(moved), strict=True):
        assert np.asarray(actual).dtype == np.asarray(expected).dtype
        assert_close(np.asarray(actual, float), np.asarray(expected, float), max(case.value_tolerance, 1e-14))
    assert not any(isinstance(TABLE[equation.primitive.function], Composite) for equation in graph.equations)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.mean(x[x > 0]),
        lambda x: np.sum(x[np.nonzero(x > 0)]) / len(np.flatnonzero(x > 0)),
        lambda x: np.mean(np.compress(x > 0, x)),
        lambda x: np.mean(np.arange(3.0)[x > 0]) + np.sum(x),
    ],
)
def test_a_mask_of_another_size_fails_the_guard(function: Any) -> None:
    graph = traced(function, np.array([1.0, -1.0, 2.0]))
    np.testing.assert_allclose(
        evaluate(graph, [np.array([2.0, -3.0, 3.0])]), [function(np.array([2.0, -3.0, 3.0]))], rtol=1e-15
    )
    with pytest.raises(GuardFailure):
        evaluate(graph, [np.array([1.0, 1.0, 2.0])])


@pytest.mark.parametrize(
    "function",
    [
        np.sort,
        np.median,
        lambda x: x[np.argmax(x)],
        lambda x: x[np.argsort(x)],
        lambda x: np.interp(x, [0.0, 0.3, 1.0], [1.0, 3.0, 2.0]),
    ],
)
def test_indices_are_computed_anew_without_guards(function: Any) -> None:
    graph = traced(function, np.array([0.1, 0.2, 0.4]))
    assert graph.guards == []
    other = np.array([0.5, 0.7, 0.1])
    np.testing.assert_allclose(evaluate(graph, [other])[0], function(other), rtol=1e-15)
