"""The interface, by a method small enough to see through: what it checks, and what it puts together."""

from collections import namedtuple
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import difflab
from difflab.errors import (
    DeviceUnavailable,
    InvalidArgument,
    NotDifferentiable,
    PreparationMismatch,
    UnsupportedOperator,
)
from difflab.interface import OPERATORS, Differentiator
from difflab.kernel import Kernel
from difflab.methods import CentralDifference, Manual, Reverse, get, names

CENTRAL = CentralDifference()
X = np.array([1.0, 2.0, 3.0])
M = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]])


def squares(x: Any) -> Any:
    return np.sum(x**2)


class LinearPush(Kernel):
    """Knows one thing, the tangent of x ↦ Mx; the rest is derived."""

    native = "push"

    def push(self, at: Any, tangents: Any) -> Any:
        return at.call(at.leaves), [tangents[0] @ M.T]


class LinearPull(Kernel):
    """Knows one thing, the cotangent of x ↦ Mx; the rest is derived."""

    native = "pull"

    def pullback(self, at: Any) -> Any:
        return at.call(at.leaves), lambda cotangents: [cotangents[0] @ M]


@dataclass(frozen=True)
class Linear(Differentiator):
    """A made-up method for x ↦ Mx."""

    pushes: bool

    name = "linear"
    summary = "M itself"
    reads_rules = False
    operators = MappingProxyType(dict.fromkeys(OPERATORS, "derived"))

    def kernel(self, signature: Any, at: Any) -> Kernel:
        return LinearPush() if self.pushes else LinearPull()


@pytest.mark.parametrize("pushes", [True, False])
class TestOneNativeMapGivesTheOthers:
    def prepared(self, pushes: bool) -> Any:
        return Linear(pushes).prepare(lambda x: M @ x, X)

    def test_jacobian(self, pushes: bool) -> None:
        np.testing.assert_array_equal(self.prepared(pushes).jacobian(X), M)

    def test_second_derivatives_take_a_curvature(self, pushes: bool) -> None:
        with pytest.raises(UnsupportedOperator, match=r"LinearPu.* define its curvature\(at, tangents\), or leave"):
            self.prepared(pushes).hessian(X)

    def test_jvp(self, pushes: bool) -> None:
        value, pushed = self.prepared(pushes).jvp(X, tangents=X)
        np.testing.assert_array_equal([value, pushed], [M @ X, M @ X])

    def test_vjp(self, pushes: bool) -> None:
        value, pulled = self.prepared(pushes).vjp(X, cotangents=np.array([1.0, 2.0]))
        np.testing.assert_array_equal(value, M @ X)
        np.testing.assert_array_equal(pulled, np.array([1.0, 2.0]) @ M)

    def test_gradient_is_refused_for_two_numbers(self, pushes: bool) -> None:
        with pytest.raises(InvalidArgument, match=r"returned shape \(2,\).* use jacobian, or sum the result"):
            self.prepared(pushes).gradient(X)


def test_nothing_is_derived_where_nothing_is_declared() -> None:
    prepared = Manual(hessian=lambda x: 2 * np.eye(3)).prepare(squares, X)
    for operator in set(OPERATORS) - {"hessian", "hvp"}:
        options = {"jvp": {"tangents": X}, "vjp": {"cotangents": 1.0}}.get(operator, {})
        with pytest.raises(UnsupportedOperator, match=f"'manual' does not offer '{operator}'; it offers: hessian, hvp"):
            getattr(prepared, operator)(X, **options)


@pytest.mark.parametrize(
    ("prepared_for", "called_with", "message"),
    [
        ((X,), (np.ones(4),), r"args\[0\] .* is float64 of shape \(4,\); it was prepared for float64 of shape \(3,\)"),
        ((X,), (X.astype(np.float32),), "is float32 of shape .* prepared for float64 of shape"),
        ((X,), ({"x": X},), r"has the structure \[\{'x': \*\}\]; it was prepared for \[one array or number\]"),
        (({"x": X},), ({"y": X},), r"structure \[\{'y': \*\}\]; it was prepared for \[\{'x': \*\}\]"),
        (({"x": X, "s": 1.0},), ({"x": X, "s": np.ones(2)},), r"args\[0\]\['s'\] of .* is float64 of shape \(2,\)"),
        ((X, 2.0), (X,), "prepared for 2 arguments and called with 1"),
        ((X, 2.0), (X, "two"), "args.1. .* is a Python str; it was prepared for float64 of shape"),
        ((X, X), (X, X[:2]), r"args\[1\] .* of shape \(2,\); it was prepared for float64 of shape \(3,\)"),
        (([X, X],), ((X, X),), "structure"),
    ],
)
def test_other_arguments_than_prepared_for_are_refused_naming_both(
    prepared_for: Any, called_with: Any, message: str
) -> None:
    prepared = CENTRAL.prepare(lambda *args: 0.0, *prepared_for)
    prepared.gradient(*prepared_for)
    for operator in ("value", "gradient", "jacobian", "hessian"):
        with pytest.raises(PreparationMismatch, match=message):
            getattr(prepared, operator)(*called_with)


def test_a_prepared_object_serves_other_values_and_is_not_changed_by_an_error() -> None:
    prepared = CENTRAL.prepare(squares, X)
    with pytest.raises(PreparationMismatch):
        prepared.gradient(np.ones(4))
    np.testing.assert_allclose(prepared.gradient(X + 1), 2 * (X + 1), rtol=1e-9)
    np.testing.assert_allclose(prepared.gradient(X), 2 * X, rtol=1e-9)


@pytest.mark.parametrize(
    ("argnums", "message"),
    [
        (2, r"argnums=2 does not fit `.*` called with 2 arguments: use a number from 0 to 1"),
        (-3, "argnums=-3 does not fit"),
        ((), r"argnums=\(\) does not fit"),
        ((0, 5), r"argnums=\(0, 5\) does not fit"),
        ((0, -2), r"argnums=\(0, -2\) names an argument twice"),
        ((0, "b"), "does not fit"),
    ],
)
def test_argnums_that_do_not_fit_are_refused(argnums: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        CENTRAL.prepare(lambda a, b: a * b, 1.0, 2.0, argnums=argnums)


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [(0, 3.0), (1, 2.0), (-1, 2.0), ((1,), (2.0,)), ((1, 0), (2.0, 3.0)), ((0, -1), (3.0, 2.0))],
)
def test_argnums_choose_the_arguments_and_their_order(argnums: Any, expected: Any) -> None:
    gradient = CENTRAL.prepare(lambda a, b: a * b, 2.0, 3.0, argnums=argnums).gradient(2.0, 3.0)
    assert isinstance(gradient, tuple) == isinstance(expected, tuple)
    np.testing.assert_allclose(gradient, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("text", "only numbers and arrays can be differentiated"),
        (1 + 2j, "only numbers and arrays|complex"),
        (np.array([1j]), "is complex .* real and imaginary parts as two real arguments"),
        (np.array([1, 2]), r"has dtype int64: convert it with .astype\(float\)"),
        (np.array([True]), "has dtype bool"),
        (np.array(["a"]), "has dtype <U1"),
        (True, "only numbers and arrays"),
        (np.ma.MaskedArray(X, mask=[0, 1, 0]), r"is a MaskedArray, whose own arithmetic is not followed: .*asarray"),
        (pd.Series(X), r"is a Series, whose own arithmetic is not followed: .*asarray"),
        ({}, "holds no numbers to differentiate"),
        ({"x": [X, "t"]}, r"args\[0\]\['x'\]\[1\] .* is 't' \(str\)"),
    ],
)
def test_what_cannot_be_differentiated_is_refused(argument: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        CENTRAL.prepare(lambda x: 0.0, argument)


def test_the_order_of_argnums_is_kept_by_every_operator() -> None:
    """Of f = Σ a·b², with its two arguments of different shapes, taken in the other order."""
    a, b = 3.0, np.array([1.0, 2.0])
    prepared = CENTRAL.prepare(lambda a, b: a * np.sum(b**2), a, b, argnums=(1, 0))
    tangents = (np.array([1.0, 0.0]), 2.0)
    np.testing.assert_allclose(prepared.gradient(a, b)[0], 6 * b, rtol=1e-9)
    np.testing.assert_allclose(prepared.jvp(a, b, tangents=tangents)[1], 6 + 10, rtol=1e-9)
    np.testing.assert_allclose(prepared.vjp(a, b, cotangents=1.0)[1][1], 5, rtol=1e-9)
    np.testing.assert_allclose(prepared.hessian(a, b)[0][1], 2 * b, rtol=1e-6)
    np.testing.assert_allclose(prepared.hvp(a, b, tangents=tangents)[1], 2, rtol=1e-6)


def test_anything_may_be_a_constant() -> None:
    def function(x: Any, mode: str, table: Any, index: Any) -> Any:
        return x * table[mode][index].sum()

    args = (2.0, "a", {"a": np.arange(4), "b": None}, np.array([1, 2]))
    assert CENTRAL.prepare(function, *args).gradient(*args) == pytest.approx(3.0)


def test_python_integers_are_numbers() -> None:
    assert CENTRAL.prepare(lambda x: x**2, 3).gradient(3) == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        (None, InvalidArgument, "returned nothing to differentiate"),
        ({}, InvalidArgument, "returned nothing to differentiate"),
        ("text", InvalidArgument, r"returned 'text' \(str\): return numbers or arrays"),
        (np.ones(2) * 1j, NotDifferentiable, "returned complex128 values: return real numbers"),
        (np.array(["a"]), NotDifferentiable, "returned <U1 values"),
    ],
)
def test_results_that_are_no_numbers_are_refused(result: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        CENTRAL.prepare(lambda x: result, X).jacobian(X)


@pytest.mark.parametrize("operator", ["gradient", "value_and_gradient", "hessian"])
@pytest.mark.parametrize(
    ("function", "found"),
    [
        (lambda x: x, r"returned shape \(3,\)"),
        (lambda x: x[:1], r"returned shape \(1,\)"),
        (lambda x: {"a": x[0], "b": x[1]}, "returned a nest of 2 arrays"),
    ],
)
def test_gradients_are_for_one_number(operator: str, function: Any, found: str) -> None:
    with pytest.raises(InvalidArgument, match=f"{found}.*: use jacobian, or sum the result"):
        getattr(CENTRAL.prepare(function, X), operator)(X)


def test_derivative_is_for_one_number() -> None:
    with pytest.raises(InvalidArgument, match=r"with respect to float64 of shape \(3,\): use gradient or jacobian"):
        CENTRAL.prepare(squares, X).derivative(X)
    with pytest.raises(InvalidArgument, match="use gradient or jacobian"):
        CENTRAL.prepare(lambda a, b: a * b, 1.0, 2.0, argnums=(0, 1)).derivative(1.0, 2.0)


@pytest.mark.parametrize("operator", ["jvp", "hvp"])
@pytest.mark.parametrize(
    ("args", "argnums", "tangents", "message"),
    [
        ((X,), 0, np.ones(2), r"tangents for argument 0 has shape \(2,\); it must have shape \(3,\)"),
        ((X,), 0, {"x": X}, r"tangents for argument 0 has the structure \[\{'x': \*\}\], the argument \[one array"),
        ((X,), 0, X * 1j, "has dtype complex128; it must be real numbers"),
        ((X, 2.0), (0, 1), X, "tangents must be a tuple of 2, one for each of argnums=\\(0, 1\\)"),
        ((X, 2.0), (0, 1), (X,), "tangents must be a tuple of 2"),
        (({"x": X, "s": 2.0},), 0, {"x": X}, "has the structure"),
    ],
)
def test_tangents_must_be_like_the_arguments(
    operator: str, args: Any, argnums: Any, tangents: Any, message: str
) -> None:
    prepared = CENTRAL.prepare(lambda *args: 0.0, *args, argnums=argnums)
    with pytest.raises(InvalidArgument, match=message):
        getattr(prepared, operator)(*args, tangents=tangents)


@pytest.mark.parametrize(
    ("cotangents", "message"),
    [
        (X, r"cotangents has the structure \[one array or number\], the result of `.*` \[\{'a': \*, 'b': \*\}\]"),
        ({"a": X, "b": 1.0, "c": 1.0}, "has the structure"),
        ({"a": X[:2], "b": 1.0}, r"cotangents has shape \(2,\); it must have shape \(3,\)"),
    ],
)
def test_cotangents_must_be_like_the_result(cotangents: Any, message: str) -> None:
    prepared = CENTRAL.prepare(lambda x: {"a": x, "b": np.sum(x)}, X)
    with pytest.raises(InvalidArgument, match=message):
        prepared.vjp(X, cotangents=cotangents)


def test_integer_tangents_are_converted() -> None:
    assert CENTRAL.prepare(squares, X).jvp(X, tangents=np.arange(3))[1] == pytest.approx(16.0)


def test_results_keep_named_tuples_and_the_order_of_dictionaries() -> None:
    pair = namedtuple("pair", "left right")
    gradient = CENTRAL.prepare(lambda p: np.sum(p.left) * p.right["z"], pair(X, {"z": 2.0, "a": 1.0})).gradient(
        pair(X, {"z": 2.0, "a": 1.0})
    )
    assert type(gradient) is pair
    assert list(gradient.right) == ["z", "a"]
    assert gradient.right["z"] == pytest.approx(6.0)


def test_no_callable_and_no_device_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"The function to differentiate is 3.0: pass a callable"):
        CENTRAL.prepare(3.0, 1.0)
    with pytest.raises(DeviceUnavailable, match="no device 'tpu': use 'cpu' or 'cuda'"):
        CENTRAL.prepare(squares, X, device="tpu")


def test_a_prepared_object_describes_itself() -> None:
    assert repr(CENTRAL.prepare(squares, X)) == (
        "Derivatives of `squares` by CentralDifference(step=None, typical=1.0, batch=False), for float64 of shape (3,)"
    )


@pytest.mark.parametrize("method", [name for name in names() if name != "manual"])
def test_a_function_that_writes_into_its_constants_is_refused(method: str) -> None:
    def function(x: Any, nest: Any) -> Any:
        nest["weights"] += 1
        return np.sum(x * nest["weights"])

    weights = X.copy()
    with pytest.raises(InvalidArgument, match=r"writes into an array .*weights.* \+= 1.*copy\(\)"):
        get(method).prepare(function, X, {"weights": weights}).gradient(X, {"weights": weights})
    np.testing.assert_array_equal(weights, X)


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
@pytest.mark.parametrize("method", ["forward", "reverse", "symbolic", "complex_step"])
@pytest.mark.parametrize(
    ("operator", "directions"), [("jvp", {"tangents": [0.0, 1.0]}), ("vjp", {"cotangents": [0.0, 1.0]})]
)
def test_an_infinite_slope_has_no_say_where_a_direction_does_not_move(
    method: str, operator: str, directions: dict[str, list[float]]
) -> None:
    """The slope of the root at 0 is infinite; times a direction of 0 it would be NaN."""
    directions = {name: np.array(entries) for name, entries in directions.items()}
    _, product = getattr(difflab, operator)(np.sqrt, np.array([0.0, 4.0]), method=method, **directions)
    np.testing.assert_array_equal(product, [0.0, 0.25])


@pytest.mark.parametrize("method", ["forward", "reverse", "symbolic"])
def test_an_infinite_curvature_has_no_say_where_a_direction_does_not_move(method: str) -> None:
    product = difflab.hvp(
        lambda x: np.sum(np.sqrt(x)), np.array([0.0, 4.0]), tangents=np.array([0.0, 1.0]), method=method
    )
    np.testing.assert_array_equal(product, [0.0, -1 / 32])


class TestSettingsOfNamedMethods:
    def test_they_are_those_of_the_method(self) -> None:
        prepared = difflab.prepare(np.sum, np.ones(2), method="central_difference", step=1e-3)
        assert prepared.method == CentralDifference(step=1e-3)

    def test_unknown_ones_are_listed(self) -> None:
        with pytest.raises(InvalidArgument, match=r"'reverse_compiled' has no setting 'teir': it has tier, verify\."):
            difflab.prepare(np.sum, np.ones(2), method="reverse_compiled", teir="native")
        with pytest.raises(InvalidArgument, match=r"'forward' has no setting 'tier': it has chunk\."):
            difflab.prepare(np.sum, np.ones(2), method="forward", tier="native")

    def test_a_method_has_its_own(self) -> None:
        with pytest.raises(InvalidArgument, match=r"give it to Reverse\(…\), or name the method, method='reverse'"):
            difflab.prepare(np.sum, np.ones(2), method=Reverse(), second_order="reverse")
