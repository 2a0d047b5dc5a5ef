"""Traces of operators: what they hold for, what they see of the world, and what cannot be traced."""

import warnings
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.arguments import Arguments
from difflab.engines.graph import evaluate
from difflab.engines.transforms import push_plainly
from difflab.interface import Differentiator
from difflab.lowering.tracing import Traced, World
from difflab.methods import ForwardCompiled, ReverseCompiled
from difflab.signature import Signature

X = np.array([1.0, -2.0, 3.0])
METHODS = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source")]


def value(function: Any, leaves: Any, directions: Any) -> Any:
    """Give the values alone."""
    return function(leaves), []


def traced(world: World, *args: Any, rule: Any = value, directions: Any = (), scalar: bool = False) -> Traced | None:
    at = Signature.of(world.function, args, 0).point(args)
    arguments = Arguments(at)
    return world.traced(rule, arguments, at, [*arguments.inputs(at), *directions], scalar=scalar)


def test_outputs_are_values_and_then_derivatives() -> None:
    found = traced(World(lambda x: {"a": x**2, "b": np.sum(x)}), X, rule=push_plainly, directions=[np.ones((1, 3))])
    assert found is not None
    assert (found.count, len(found.graph.outputs), len(found.graph.inputs)) == (2, 4, 2)
    assert found.structure is not None
    assert set(found.structure.unflatten([1, 2])) == {"a", "b"}
    squares, total, slopes, of_total = evaluate(found.graph, [X, np.ones((1, 3))])
    np.testing.assert_array_equal(squares, X**2)
    np.testing.assert_array_equal(slopes, [2 * X])
    assert (total, of_total) == (2, 3)


def test_numbers_that_may_change_are_inputs() -> None:
    found = traced(World(lambda x, rate, steps: np.sum(rate * x) ** steps), X, 0.5, 2)
    assert found is not None
    assert len(found.graph.inputs) == 2
    assert evaluate(found.graph, [X, np.float64(3)]) == [36]


def test_arrays_that_are_seen_are_inputs_with_a_guard_each() -> None:
    weights = np.array([1.0, 0.0, np.nan])
    world = World(lambda x: np.sum(weights * x))
    found = traced(world, X)
    assert found is not None
    assert world.arrays() == (weights,)
    assert [guard.variable for guard in found.graph.guards] == found.graph.inputs[1:]
    np.testing.assert_array_equal(found.graph.guards[0].expected, weights)
    weights[0] = 7
    assert found.graph.guards[0].expected[0] == 1


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("changed", [-0.0, np.nan, -np.nan, 5e-324, 1.0, 0.0])
def test_an_entry_that_changes_is_seen(method: Differentiator, changed: float) -> None:
    """Also if it is but the sign of a zero: it was once not, in arrays that a function sees around it."""
    weights = np.array([0.0, 2.0, np.nan])

    def function(x: Any) -> Any:
        return np.sum(np.copysign(x * x, weights)) + np.sum(np.where(weights > 0, x, 2 * x))

    prepared = method.prepare(function, X)
    for entry in (0.0, changed, 0.0, changed):
        weights[0] = entry
        for _ in range(2):
            np.testing.assert_array_equal(prepared.gradient(X), difflab.gradient(function, X))


def test_the_world_is_watched() -> None:
    seen = {"rate": 2.0, "weights": np.ones(3)}
    world = World(lambda x: np.sum(seen["rate"] * seen["weights"] * x))
    assert world.unchanged()
    assert world.arrays() == ()
    assert traced(world, X) is not None
    assert world.unchanged()
    seen["rate"] = 3.0
    assert not world.unchanged()
    seen["rate"] = 2.0
    assert world.unchanged()


def test_a_function_that_does_more_is_refused_once() -> None:
    def draws(x: Any) -> Any:
        return np.sum(x * np.random.standard_normal(3))  # noqa: NPY002

    world = World(draws)
    with pytest.warns(UserWarning, match="Not compiled, the eager method computes it"):
        assert traced(world, X) is None
    assert world.is_refused
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert traced(world, X) is None


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        (lambda x: x[10], "out of bounds"),
        (lambda x: np.linalg.inv(np.zeros((2, 2))) @ x[:2], "ingular"),
        (lambda x: 1 / 0 * x, "division by zero"),
        (lambda x: "text", "text"),
        (lambda x: x * (1 + 1j), "complex"),
    ],
)
def test_code_that_fails_is_not_traced_and_says_why(function: Any, fault: str) -> None:
    world = World(function)
    assert traced(world, X) is None
    assert fault in world.fault
    assert not world.is_refused


def test_a_function_that_must_give_one_number() -> None:
    assert traced(World(lambda x: x * 2), X) is not None
    world = World(lambda x: x * 2)
    assert traced(world, X, scalar=True) is None
    assert "shape (3,)" in world.fault


def test_values_of_an_outer_derivative_are_not_frozen() -> None:
    """A trace that holds one would give the inner derivative of the first call."""
    found: list[Any] = []

    def outer(y: Any) -> Any:
        found.append(traced(World(lambda x: np.sum(x * y)), X))
        return np.sum(y * y)

    difflab.gradient(outer, X)
    assert found == [None]


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_inner_derivatives_follow_the_outer(method: Differentiator) -> None:
    def outer(y: Any) -> Any:
        return np.sum(difflab.gradient(lambda x: np.sum(x**3 * y), X, method=method) * y)

    for _ in range(3):
        np.testing.assert_allclose(difflab.gradient(outer, X), 6 * X**3, rtol=1e-13)
