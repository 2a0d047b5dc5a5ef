"""Where the sign of a zero can be noticed: said of every function that would show it."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.graph import evaluate
from difflab.engines.passes.zeros import HAND_ON, HIDE, signs_that_matter
from difflab.primitives.table import TABLE
from tests.engines.passes.graphs import traced

POINT = np.array([0.5, 2.0])


@pytest.mark.parametrize(
    ("function", "matters"),
    [
        (lambda x, y: x * y, [False, False]),
        (lambda x, y: y / x, [True, False]),
        (lambda x, y: 1 / (x * np.sum(y)), [True, True]),
        (lambda x, y: 1 / np.exp(x - y), [False, False]),
        (lambda x, y: np.where(x > y, 1 / y, 0), [False, True]),
        (lambda x, y: np.copysign(y, np.sqrt(x)), [True, True]),
        (lambda x, y: x**2 + y**-3.0, [False, True]),
        (lambda x, y: x**y, [True, True]),
        (lambda x, y: 1 / (x * x + y**2), [False, False]),
        (lambda x, y: 1 / x**3 + y**-2, [True, False]),
        (lambda x, y: (x + y, np.arctan2(y, 1.0)), [False, True]),
    ],
)
def test_which_inputs_matter(function: Any, matters: list[bool]) -> None:
    graph = traced(function, POINT, POINT)
    found = signs_that_matter(graph)
    assert [x in found for x in graph.inputs] == matters


def of_one(function: Any) -> bool:
    return isinstance(function, np.ufunc) and function.nin == 1 and function in TABLE


ONES = sorted(filter(of_one, HIDE), key=lambda function: str(function.__name__))


@pytest.mark.parametrize("function", ONES, ids=[function.__name__ for function in ONES])
def test_what_hides_a_sign(function: Any) -> None:
    with np.errstate(all="ignore"):
        zeros = function(0.0), function(-0.0)
    assert zeros[0] == zeros[1]
    assert np.signbit(zeros[0]) == np.signbit(zeros[1])


@pytest.mark.parametrize("function", list(filter(of_one, HAND_ON)), ids=lambda function: function.__name__)
def test_what_hands_a_sign_on(function: Any) -> None:
    assert function(0.0) == function(-0.0) == 0


def test_a_function_that_shows_one_is_told_from_those() -> None:
    with np.errstate(all="ignore"):
        assert np.reciprocal(0.0) != np.reciprocal(-0.0)
    assert np.reciprocal not in HIDE | HAND_ON
    graph = traced(np.reciprocal, POINT)
    assert signs_that_matter(graph) == set(graph.inputs)
    with np.errstate(all="ignore"):
        assert evaluate(graph, [0.0]) != evaluate(graph, [-0.0])
