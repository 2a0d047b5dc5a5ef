"""Maps inside derivatives, derivatives inside maps, maps inside maps."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, vmap
from difflab.errors import NotDifferentiable
from difflab.methods import CentralDifference, ForwardDifference, Richardson
from difflab.nn.losses import cross_entropy
from tests.vmap.loops import assert_same, at_each

GENERATOR = np.random.default_rng(0)
POINTS = GENERATOR.standard_normal((5, 4))
MATRIX = GENERATOR.standard_normal((4, 4))
EXACT = ["forward", "reverse", "symbolic", "complex_step", "forward_compiled", "reverse_compiled"]
NUMERICAL = {"forward_difference": 1e-5, "central_difference": 1e-7, "richardson": 1e-10}


def energy(x: Any) -> Any:
    """Compute by products, slices, reductions and ufuncs."""
    y = MATRIX @ x
    return np.sum(np.sin(y[1:]) * x[:-1]) + y @ x / (1 + np.exp(-x[0]))


def vector(x: Any) -> Any:
    """Give several results for a point."""
    return {"sum": np.sum(x**2), "parts": [np.cumsum(x), np.outer(x, x)]}


@pytest.mark.parametrize("method", [*EXACT, *NUMERICAL])
def test_a_gradient_of_a_map(method: str) -> None:
    found = difflab.gradient(lambda x: np.sum(vmap(energy)(x) ** 2), POINTS, method=method)
    expected = at_each(lambda x: difflab.gradient(lambda x: energy(x) ** 2, x), POINTS)
    assert_same(found, expected, NUMERICAL.get(method, 1e-12))


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize("operator", ["gradient", "jacobian", "hessian", "value_and_gradient"])
def test_derivatives_at_each_point(operator: str, method: str) -> None:
    derivative = getattr(difflab, operator)
    assert_same(
        vmap(lambda x: derivative(energy, x, method=method))(POINTS),
        at_each(lambda x: derivative(energy, x, method=method), POINTS),
    )


@pytest.mark.parametrize("method", ["forward_compiled", "reverse_compiled"])
def test_compiled_derivatives_at_each_point(method: str) -> None:
    prepared = difflab.prepare(energy, POINTS[0], method=method, tier="native")
    assert_same(vmap(prepared.gradient)(POINTS), at_each(lambda x: difflab.gradient(energy, x), POINTS))


@pytest.mark.parametrize("method", [*NUMERICAL, "complex_step", "symbolic"])
def test_methods_that_work_on_plain_numbers_are_refused_inside_a_map(method: str) -> None:
    with pytest.raises(NotDifferentiable, match=r"use 'forward' or 'reverse' for both, and inside difflab\.vmap"):
        vmap(lambda x: difflab.gradient(energy, x, method=method))(POINTS)


def test_a_compiled_derivative_of_a_map_is_guarded_by_what_the_points_agree_on() -> None:
    prepared = difflab.prepare(
        lambda x: np.sum(vmap(lambda x: 2 * x if x[0] > -9 else x)(x)), POINTS, method="reverse_compiled", tier="native"
    )
    for shift, slope in ((0, 2.0), (-100, 1.0), (0, 2.0)):
        assert_same(prepared.gradient(POINTS + shift), np.full((5, 4), slope))
    with pytest.raises(NotDifferentiable, match="part ways"):
        prepared.gradient(POINTS - 100 * (np.arange(5) == 1)[:, None])


@pytest.mark.parametrize("outer", ["forward", "reverse", "forward_compiled", "reverse_compiled"])
@pytest.mark.parametrize("inner", ["forward", "reverse"])
def test_a_derivative_of_a_map_of_derivatives(outer: str, inner: str) -> None:
    def slopes(x: Any) -> Any:
        return np.sum(vmap(lambda x: difflab.gradient(energy, x, method=inner))(x) ** 2)

    expected = at_each(lambda x: 2 * difflab.hessian(energy, x) @ difflab.gradient(energy, x), POINTS)
    assert_same(difflab.gradient(slopes, POINTS, method=outer), expected, 1e-11)


def test_maps_of_maps() -> None:
    table = np.exp(vmap(vmap(lambda a, b: a * b + np.sin(b), (1,)), (0,))(POINTS[:, 0], POINTS[0]))
    assert_same(table, np.exp(POINTS[:, :1] * POINTS[0] + np.sin(POINTS[0])))
    cube = GENERATOR.standard_normal((2, 3, 4))
    assert_same(vmap(vmap(vector))(cube), at_each(lambda x: at_each(vector, x), cube))
    twice = vmap(vmap(lambda x: difflab.gradient(energy, x)))(cube)
    assert_same(twice, at_each(lambda x: at_each(lambda x: difflab.gradient(energy, x), x), cube))


@pytest.mark.parametrize("method", [ForwardDifference, CentralDifference, Richardson])
def test_numerical_methods_take_all_points_of_a_formula_in_one_call(method: Any) -> None:
    calls = {True: 0, False: 0}

    def counted(batch: bool) -> Callable[[Any], Any]:
        def function(x: Any) -> Any:
            calls[batch] += 1
            return energy(x)

        return vmap(function) if batch else function

    for operator, tolerance in (("gradient", 1e-7), ("jacobian", 1e-7), ("hessian", 1e-4)):
        one_call, each = (
            getattr(method(batch=batch).prepare(counted(batch), POINTS[0]), operator)(POINTS[0])
            for batch in (True, False)
        )
        assert_same(one_call, each, tolerance)
    assert calls[True] * 4 < calls[False]


def test_nests_and_several_arguments() -> None:
    def function(weights: dict[str, Any], scale: float, x: Any, label: str) -> Any:
        assert label == "same"
        return [scale * weights["a"] @ x, (weights["b"], np.ones(2))]

    weights = {"a": GENERATOR.standard_normal((3, 2, 4)), "b": np.arange(3)}
    args = (weights, 0.5, POINTS[:3], "same")
    assert_same(vmap(function, argnums=(0, 2))(*args), at_each(function, *args, argnums=(0, 2)))
    assert_same(vmap(function, argnums=(0, -2))(*args), at_each(function, *args, argnums=(0, 2)))


def test_gradients_of_each_example_by_the_weights() -> None:
    weights, labels = GENERATOR.standard_normal((4, 3)), np.array([0, 2, 1, 1, 0])

    def loss(weights: Any, x: Any, label: Any) -> Any:
        return cross_entropy(x @ weights, label)

    def of_one(weights: Any, x: Any, label: Any) -> Any:
        return difflab.gradient(loss, weights, x, label)

    args = (weights, POINTS, labels)
    found = vmap(of_one, argnums=(1, 2))(*args)
    assert found.shape == (5, 4, 3)
    assert_same(found, at_each(of_one, *args, argnums=(1, 2)))
    together = difflab.gradient(lambda w: np.sum(vmap(loss, (1, 2))(w, POINTS, labels)), weights)
    assert_same(np.sum(found, 0), together)


def test_tensors() -> None:
    x = Tensor(POINTS, requires_grad=True)
    scale = Tensor(2.0, requires_grad=True)
    y = vmap(lambda x: scale * energy(x))(x)
    assert isinstance(y, Tensor)
    np.sum(y).backward()
    assert_same(x.grad.numpy(), 2 * at_each(lambda x: difflab.gradient(energy, x), POINTS))
    assert float(scale.grad) == pytest.approx(sum(map(energy, POINTS)))


@pytest.mark.parametrize("function", [lambda x: np.sqrt(np.sum(x * x)), np.linalg.norm, lambda x: np.sqrt(x[0]) * x[0]])
@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_what_is_undecided_at_some_points_is_decided_there(function: Callable[[Any], Any], method: str) -> None:
    points = np.abs(POINTS)
    points[1] = 0
    points[3, 2] = np.nan
    for derivative in (difflab.gradient, difflab.hessian):
        expected = at_each(lambda x, d=derivative: d(function, x, method=method), points)
        assert_same(vmap(lambda x, d=derivative: d(function, x, method=method))(points), expected)


def test_a_compiled_function_sees_what_the_mapped_one_sees_change() -> None:
    settings = {"rate": 2.0}

    def function(x: Any) -> Any:
        return settings["rate"] * energy(x)

    prepared = difflab.prepare(lambda x: np.sum(vmap(function)(x)), POINTS, method="reverse_compiled", tier="native")
    before = prepared.gradient(POINTS)
    settings["rate"] = 6.0
    assert_same(prepared.gradient(POINTS), 3 * before)
