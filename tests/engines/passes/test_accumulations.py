"""Sums of transposes of indexing: the same values, in one equation, and in time linear in the entries."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.graph import Graph, evaluate
from difflab.engines.passes.accumulations import gather_accumulations
from difflab.engines.passes.dead_code import remove_dead_code
from difflab.engines.trace import trace
from difflab.engines.transforms import pull_plainly
from difflab.lowering.native.program import Program
from difflab.methods import ReverseCompiled
from difflab.point import Point
from difflab.primitives.indexing import accumulate, gather


def in_a_loop(x: Any) -> Any:
    total = 0.0
    for n in range(len(x) - 1):
        total = total + (1 - x[n]) ** 2 + 100 * (x[n + 1] - x[n] ** 2) ** 2
    return total


def sliced(x: Any) -> Any:
    return np.sum(x[1:] * x[:-1]) + x[0] * x[-1] + np.sum(x[::-2]) + np.sum(np.exp(x))


def used_twice(x: Any) -> Any:
    return x[0] * x[1] + np.sum(np.sin(x)) * x[2]


def rows(x: Any) -> Any:
    y = np.reshape(x, (2, -1))
    return np.sum(y[0] * y[1]) + y[0, 1] + np.sum(y[:, 0]) + np.sum(y[..., -1] ** 2)


FUNCTIONS = [in_a_loop, sliced, used_twice, rows]


def graph_of(function: Any, x: Any) -> Graph:
    def gradient(x: Any) -> Any:
        values, pulled = pull_plainly(lambda leaves: [function(*leaves)], [x], lambda _: [np.ones(1)])
        return [*values, *(each[0] for each in pulled)]

    return trace(Point(gradient, [x], [], list))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_sum_is_the_same(function: Any) -> None:
    x = np.random.default_rng(0).standard_normal(6)
    graph = graph_of(function, x)
    whole = remove_dead_code(gather_accumulations(graph))
    names = [equation.primitive.function for equation in whole.equations]
    assert accumulate in names
    assert len(whole.equations) < len(graph.equations)
    for results in (evaluate(whole, [x]), Program(whole)([x])):
        for found, expected in zip(results, evaluate(graph, [x]), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)


def test_the_sweep_through_a_loop_adds_once() -> None:
    whole = remove_dead_code(gather_accumulations(graph_of(in_a_loop, np.ones(40))))
    functions = [equation.primitive.function for equation in whole.equations if equation.outputs[0].shape == (40,)]
    assert functions == [accumulate, gather]  # the last gives the one cotangent of several


@pytest.mark.parametrize("function", FUNCTIONS)
def test_higher_orders_and_many_points(function: Any) -> None:
    points = np.random.default_rng(1).standard_normal((9, 6))
    prepared = difflab.prepare(function, points[0], method=ReverseCompiled("native"))
    eager = difflab.prepare(function, points[0])
    np.testing.assert_allclose(prepared.hessian(points[0]), eager.hessian(points[0]), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(prepared.batch(points).gradient(), eager.batch(points).gradient(), rtol=1e-11)


def test_accumulate_has_derivatives() -> None:
    def function(x: Any) -> Any:
        templates = ((1,), (slice(0, 2),), (Ellipsis,))
        return accumulate(x[0], x[:2], x, templates=templates, shape=(3,)) ** 2

    x = np.array([1.0, 2.0, 3.0])
    matrix = np.array([[2.0, 0.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    expected = 2 * (matrix @ x)[:, None] * matrix
    for method in ("forward", "reverse", "central_difference", ReverseCompiled("native")):
        np.testing.assert_allclose(difflab.jacobian(function, x, method=method), expected, rtol=1e-8, atol=1e-8)
