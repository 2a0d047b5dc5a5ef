"""What depends on constants alone is computed once; arrays that repeat a number are numbers; memory does not grow."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from difflab.engines.graph import Equation, Graph, Variable
from difflab.engines.passes.constants import SMALL, fold_constants
from difflab.primitives.table import TABLE
from tests.engines.passes.graphs import PAIRS, names, require_same, traced


def with_a_constant(graph: Graph, constant: Any) -> Graph:
    """Put a constant in the place of the last input."""
    *inputs, last = graph.inputs
    equations = [
        replace(one, operands=tuple(constant if x is last else x for x in one.operands)) for one in graph.equations
    ]
    return replace(graph, inputs=inputs, equations=equations)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, y: x * np.exp(2 * y), ["multiply"]),
        (lambda x, y: np.sum(y) * np.reshape(x, -1), ["reshape", "multiply"]),
        (lambda x, y: (x, np.log(y)), []),
        (lambda x, y: np.log(x) + np.where(y > 0, y, 1), ["log", "add"]),
        (lambda x, y: np.sort(y)[::-1] + np.linalg.eigh(np.outer(y, y))[0], ["linalg.eigh", "add"]),
    ],
)
def test_what_is_left(function: Any, expected: list[str]) -> None:
    x, y = PAIRS[0, :10], np.arange(1.0, 11.0)
    graph = with_a_constant(traced(function, x, y), y)
    found = fold_constants(graph)
    assert names(found) == expected
    require_same(found, graph, [x])


def test_no_constant_is_made_that_takes_more_memory() -> None:
    graph = with_a_constant(traced(lambda x, y: x * np.sum(y[:, None] * y), np.ones(3), np.ones(40)), np.ones(40))
    assert SMALL < 40 * 40
    assert names(fold_constants(graph)) == ["multiply", "sum", "multiply"]  # y[:, None] is a constant now
    small = np.ones(30)
    graph = with_a_constant(traced(lambda x, y: x * np.sum(y[:, None] * y), np.ones(3), small), small)
    assert names(fold_constants(graph)) == ["multiply"]


@pytest.mark.parametrize(
    ("constant", "becomes"),
    [
        (np.full(10, 2.5), np.float64(2.5)),
        (np.full((1, 10), 2.5), None),  # which gives the shape
        (np.full(10, -0.0), np.float64(-0.0)),
        (np.array([0.0] * 9 + [-0.0]), None),
        (np.array([-0.0] + [0.0] * 8 + [-0.0]), None),
        (np.full(10, 3), np.int64(3)),
        (np.full(10, np.nan), None),
        (np.arange(10.0), None),
        (np.ones(10, bool), None),
    ],
)
def test_repeated_numbers(constant: Any, becomes: Any) -> None:
    graph = traced(lambda x: constant * x, PAIRS[0, :10])
    found = fold_constants(graph)
    operand = found.equations[0].operands[0]
    if becomes is None:
        np.testing.assert_array_equal(operand, constant)
        assert operand.shape == constant.shape
    else:
        assert (type(operand), operand, np.signbit(operand)) == (type(becomes), becomes, np.signbit(becomes))
    require_same(found, graph, [PAIRS[0, :10]])


def test_an_array_of_exponents_is_not_the_number() -> None:
    graph = traced(lambda x: x ** np.full(10, 0.5), PAIRS[0, :10])
    require_same(fold_constants(graph), graph, [PAIRS[0, :10]])  # of -inf NumPy gives inf, with the number NaN


def test_a_wrong_constant_is_caught() -> None:
    x, output = Variable(0, (), np.dtype(float)), Variable(1, (), np.dtype(float))
    primitive: Any = TABLE[np.exp]
    graph = Graph([x], [Equation(primitive, (1.0,), {}, (output,))], [output], size=2)
    (found,) = fold_constants(graph).outputs
    assert (found, type(found)) == (np.exp(1.0), np.float64)
    with pytest.raises(AssertionError):
        require_same(replace(graph, equations=[], outputs=[found + 1e-15]), graph, [0.0])
