"""Indices and counts become constants, with guards under which they are right."""

import numpy as np
import pytest

from difflab.engines.graph import GuardFailure, evaluate
from difflab.engines.passes.freeze import freeze
from tests.engines.passes.graphs import traced

POINT = np.array([2.0, 0.5, 1.0])
ELSEWHERE = np.array([3.0, 0.25, 1.5])
BEYOND = np.array([-3.0, 0.25, 1.5])


def test_frozen_indices_are_constants_with_guards():
    def function(x):
        return x[np.argmax(x)] * np.sum(x[x > 0.75]) + np.where(x > 0.75, x, 0.0)[1]

    graph = traced(function, POINT)
    frozen = freeze(graph, [POINT], lambda primitive: primitive.function in (np.greater, np.where))
    assert evaluate(frozen, [POINT]) == [function(POINT)]
    assert evaluate(frozen, [ELSEWHERE]) == [function(ELSEWHERE)]
    with pytest.raises(GuardFailure):
        evaluate(frozen, [BEYOND])
    constants = [
        x for one in frozen.equations for x in one.operands if isinstance(x, np.ndarray) and x.dtype.kind == "b"
    ]
    assert [x.tolist() for x in constants] == [[True, False, True]]  # the mask; not the condition of np.where


def test_a_count_is_a_constant_with_a_guard():
    graph = traced(lambda x: x / np.sum(x > 0.75), POINT)
    frozen = freeze(graph, [POINT], lambda primitive: False)
    assert [guard.expected.tolist() for guard in frozen.guards] == [[True, False, True], 2]
    np.testing.assert_array_equal(evaluate(frozen, [ELSEWHERE])[0], ELSEWHERE / 2)
    with pytest.raises(GuardFailure):
        evaluate(frozen, [BEYOND])


def test_what_is_frozen_elsewhere_is_wrong_without_its_guards():
    graph = traced(lambda x: x[np.argmax(x)], POINT)
    frozen = freeze(graph, [POINT], lambda primitive: False)
    frozen.guards = []
    assert evaluate(frozen, [BEYOND]) != evaluate(graph, [BEYOND])
