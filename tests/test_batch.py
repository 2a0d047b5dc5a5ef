"""Many points at once give what each point gives by itself."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument, PreparationMismatch
from difflab.interface import Differentiator
from difflab.methods import ForwardCompiled, Reverse, ReverseCompiled, Symbolic
from difflab.structure import flatten

METHODS = [Reverse(), ReverseCompiled(), ReverseCompiled("source"), ForwardCompiled()]
MATRIX = np.random.default_rng(0).standard_normal((4, 4))


def logistic(x: Any) -> Any:
    y = x[0]
    for _ in range(10):
        y = x[1] * y * (1 - y)
    return y


def quadratic(x: Any) -> Any:
    return x @ MATRIX @ x + np.sum(np.log(1 + x * x)[::-1] * x)


def branching(x: Any) -> Any:
    if x[0] > 0:
        return np.sum(x**3)
    steps = int(4 * abs(x[1]))
    for _ in range(steps):
        x = np.sin(x)
    return np.max(x) if x[2] > 0 else np.min(x)


def rooted(x: Any) -> Any:
    return np.sqrt(np.sum(x * x))


def joined(x: Any) -> Any:
    y = np.concatenate([x[1:], np.stack([x[0], x[0] * x[1]])])
    return np.sum(np.reshape(y, (-1, 1)).T * np.exp(-y)) + np.mean(np.outer(x, x), axis=0) @ x


FUNCTIONS = [logistic, quadratic, branching, rooted, joined]


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_all_points_are_as_each(function: Callable[[Any], Any], method: Differentiator) -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (70, 4))
    points[3] = 0  # where the root has no slope, and the first guard of the branching function fails
    batch = method.prepare(function, points[0]).batch(points)
    alone = [difflab.prepare(function, point).value_and_gradient(point) for point in points]
    values, gradients = batch.value_and_gradient()
    np.testing.assert_allclose(values, [value for value, _ in alone], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(gradients, [gradient for _, gradient in alone], rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(batch.gradient(), gradients, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(batch.value(), values, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("method", [*METHODS, Symbolic()], ids=repr)
def test_blocks_cover_all_points_once(method: Differentiator) -> None:
    """More than a block of points, and no whole number of blocks."""
    points = np.random.default_rng(2).standard_normal((20_011 if isinstance(method, ReverseCompiled) else 211, 2))
    gradients = method.prepare(lambda x: x[0] ** 2 * x[1], points[0]).batch(points).gradient()
    np.testing.assert_allclose(gradients, np.stack([2 * points[:, 0] * points[:, 1], points[:, 0] ** 2], 1), rtol=1e-13)


@pytest.mark.parametrize("method", [*METHODS, Symbolic()], ids=repr)
def test_nests_and_shared_arguments(method: Differentiator) -> None:
    def function(weights: Any, scale: Any, power: int) -> Any:
        return np.sum(np.exp(weights["a"]) * scale) * weights["b"] ** power

    generator = np.random.default_rng(3)
    points = {"a": generator.standard_normal((9, 3)), "b": generator.standard_normal(9)}
    first = {"a": points["a"][0], "b": points["b"][0]}
    found = method.prepare(function, first, 0.5, 3).batch(points, 0.5, 3).gradient()
    whole = 0.5 * np.exp(points["a"]) * points["b"][:, None] ** 3
    np.testing.assert_allclose(found["a"], whole, rtol=1e-12)
    np.testing.assert_allclose(found["b"], 3 * 0.5 * np.exp(points["a"]).sum(1) * points["b"] ** 2, rtol=1e-12)


def nested(parameters: Any) -> Any:
    a, b = parameters["a"], parameters["b"]
    return {"sum": np.sum(np.sin(a) * b), "scaled": [a * a, np.stack([b, b * a[0]])]}


OPERATORS = ["value", "jacobian", "jvp", "hessian"]
CASES = [(function, operator) for function in FUNCTIONS for operator in OPERATORS] + [
    (nested, operator) for operator in OPERATORS[:-1]
]


@pytest.mark.parametrize("method", [Reverse(), ReverseCompiled(), ForwardCompiled()], ids=repr)
@pytest.mark.parametrize(("function", "operator"), CASES)
def test_operators_are_as_at_each_point(
    function: Callable[[Any], Any], operator: str, method: Differentiator, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.random.default_rng(5).uniform(-1, 1, (30, 4))
    points[3] = 0
    if operator == "hessian" or function is rooted:
        points = points[4:]  # at the origin second derivatives do not exist, nor does a column of the root's
    tangents = np.random.default_rng(6).standard_normal(points.shape)
    as_given = (lambda x: {"a": x[..., 1:], "b": x[..., 0]}) if function is nested else (lambda x: x)
    eager = difflab.prepare(function, as_given(points[0]))
    each = [
        getattr(eager, operator)(as_given(point), **({"tangents": as_given(tangent)} if operator == "jvp" else {}))
        for point, tangent in zip(points, tangents, strict=True)
    ]
    batch = method.prepare(function, as_given(points[0])).batch(as_given(points))
    if method.name != "reverse":
        monkeypatch.setattr("difflab.interface.Derivatives." + operator, None)  # which would be point by point
    found = batch.jvp(as_given(tangents)) if operator == "jvp" else getattr(batch, operator)()
    leaves, structure = flatten(found)
    assert structure == flatten(each[0])[1]
    for n, leaf in enumerate(leaves):
        wanted = np.stack([flatten(one)[0][n] for one in each])
        np.testing.assert_allclose(leaf, wanted, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(("function", "operator"), [case for case in CASES if case[0] is not logistic])
def test_formulas_are_as_at_each_point(
    function: Callable[[Any], Any], operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the logistic map take SymPy minutes."""
    test_operators_are_as_at_each_point(function, operator, Symbolic(), monkeypatch)


@pytest.mark.parametrize(
    ("tangents", "message"),
    [
        (np.ones((4, 3)), "at 5 points have a first axis of that length"),
        (np.ones(()), "at 5 points have a first axis of that length"),
        (np.ones((5, 2)), "shape (2,)"),
        ([np.ones((5, 3)), np.ones((5, 3))], "structure"),
    ],
)
def test_what_are_no_tangents_is_refused(tangents: Any, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        difflab.prepare(np.sum, np.ones(3)).batch(np.ones((5, 3))).jvp(tangents)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("points", "error", "message"),
    [
        (np.ones(()), InvalidArgument, "has a first axis"),
        (np.ones((0, 3)), InvalidArgument, "one point or more"),
        (np.ones((5, 4)), PreparationMismatch, "float64 of shape (4,)"),
        (np.ones((5, 3), np.float32), PreparationMismatch, "float32"),
    ],
)
def test_what_are_no_points_is_refused(points: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        difflab.prepare(np.sum, np.ones(3)).batch(points)
    assert message in str(caught.value)
