"""Dead code and repeated work are dropped; and no pass drops a result or a guard."""

import numpy as np
import pytest

from difflab.engines.graph import Graph, GuardFailure, evaluate
from difflab.engines.passes import PASSES
from difflab.engines.passes.common_subexpressions import share_common_subexpressions
from difflab.engines.passes.dead_code import remove_dead_code
from difflab.engines.trace import trace
from difflab.signature import Signature

POINT = np.array([2.0, 0.5, 1.0])
ELSEWHERE = np.array([3.0, 0.25, 1.5])
BEYOND = np.array([-3.0, 0.25, 1.5])


def traced(function) -> Graph:
    return trace(Signature.of(function, (POINT,), 0).point((POINT,)))


def unused(x):
    np.exp(x) * 3
    return np.sum(x * x)


def unused_but_for_a_guard(x):
    scale = np.sum(x) * 2
    np.sin(scale)
    return x[0] * 5 if scale > 1 else x[1]


def repeated(x):
    return np.sin(x[0]) * np.cos(x[1]) + np.sin(x[0]) / np.cos(x[1])


def repeated_with_data(x):
    return np.sum(np.arange(3.0) * x) + np.sum(np.arange(3.0) * x) + np.sum(np.arange(1.0, 4.0) * x)


def repeated_guards(x):
    total = x[0]
    for _ in range(3):
        total = total + (x[1] if x[0] > 1 else x[2])
    return total


def different_parameters(x):
    return np.stack([np.sum(x[None, :], axis=0), np.cumsum(x, axis=0), x[::-1], x[::1]])


def signed_zeros(x):
    return np.copysign(x, 0.0) + 2 * np.copysign(x, -0.0)


def several_results(x):
    matrix = np.outer(x, x) + np.eye(3)
    return np.linalg.eigh(matrix)[0] + np.linalg.eigh(matrix)[1][0]


EACH = list(dict.fromkeys(PASSES))
FUNCTIONS = [
    unused,
    unused_but_for_a_guard,
    repeated,
    repeated_with_data,
    repeated_guards,
    different_parameters,
    signed_zeros,
    several_results,
]


@pytest.mark.parametrize(
    ("transform", "function", "before", "after"),
    [
        (remove_dead_code, unused, 4, 2),
        (remove_dead_code, unused_but_for_a_guard, 6, 5),
        (remove_dead_code, repeated, 11, 11),
        (share_common_subexpressions, repeated, 11, 7),
        (share_common_subexpressions, repeated_with_data, 8, 6),
        (share_common_subexpressions, repeated_guards, 13, 6),
        (share_common_subexpressions, unused, 4, 4),
    ],
)
def test_how_many_equations_remain(transform, function, before, after):
    graph = traced(function)
    assert (len(graph.equations), len(transform(graph).equations)) == (before, after)
    assert len(graph.equations) == before  # the pass left its argument alone


@pytest.mark.parametrize("transform", EACH)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_results_are_the_same(transform, function):
    graph = traced(function)
    for x in (POINT, ELSEWHERE):
        np.testing.assert_array_equal(evaluate(transform(graph), [x])[0], evaluate(graph, [x])[0])


@pytest.mark.parametrize("transform", EACH)
@pytest.mark.parametrize("function", [unused_but_for_a_guard, repeated_guards])
def test_guards_still_fail_where_they_did(transform, function):
    graph = transform(traced(function))
    assert len(graph.guards) == 1 if transform is share_common_subexpressions else graph.guards
    with pytest.raises(GuardFailure):
        evaluate(graph, [BEYOND])


def test_a_guard_on_what_turns_out_constant_stays():
    def function(x):
        return x[0] if bool(np.all(np.isfinite(np.stack([2.0, 3.0]) + 0 * x[:2]) * 1 == 1)) else x[1]

    graph = traced(function)
    for transform in EACH:
        assert [guard.expected for guard in transform(graph).guards] == [True]
        with pytest.raises(GuardFailure):
            evaluate(transform(graph), [np.array([np.nan, 1.0, 1.0])])


def test_a_guard_is_still_looked_at_before_what_depends_on_it():
    def function(x):
        np.cos(x)
        np.cos(x)
        return np.log(x[0]) if x[0] > 0 else x[0]

    for transform in EACH:
        with pytest.raises(GuardFailure):  # and no warning of log(-3), which would be an error here
            evaluate(transform(traced(function)), [BEYOND])
