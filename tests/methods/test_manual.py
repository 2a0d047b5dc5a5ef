"""Closed forms: what follows from which, and what is said of forms that return something else."""

from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument, UnsupportedOperator
from difflab.methods import Manual, get

A = np.arange(6.0).reshape(2, 3)
X = np.array([1.0, 2.0, 3.0])
EVERY_FIRST_ORDER = {"derivative", "gradient", "value_and_gradient", "jacobian", "jvp", "vjp"}


def function(x: Any) -> Any:
    return {"a": A @ x, "b": np.sum(x**2)}


FORMS = {
    "jacobian": lambda x: {"a": A, "b": 2 * x},
    "jvp": lambda x, tangents: {"a": A @ tangents, "b": 2 * x @ tangents},
    "vjp": lambda x, cotangents: A.T @ cotangents["a"] + 2 * x * cotangents["b"],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("operator", ["jacobian", "jvp", "vjp"])
def test_any_form_gives_every_first_order_operator(form: str, operator: str) -> None:
    weights = {"a": np.array([1.0, -1.0]), "b": 2.0}
    options = {"jvp": {"tangents": np.ones(3)}, "vjp": {"cotangents": weights}}.get(operator, {})
    one = getattr(Manual(**{form: FORMS[form]}).prepare(function, X), operator)(X, **options)
    answers = {
        "jacobian": {"a": A, "b": 2 * X},
        "jvp": (function(X), {"a": A.sum(axis=1), "b": 12.0}),
        "vjp": (function(X), A.T @ weights["a"] + 4 * X),
    }
    np.testing.assert_equal(one, answers[operator])


@pytest.mark.parametrize(
    ("forms", "offered"),
    [
        ((), set()),
        (("gradient",), EVERY_FIRST_ORDER),
        (("hessian",), {"hessian", "hvp"}),
        (("vjp", "hessian"), EVERY_FIRST_ORDER | {"hessian", "hvp"}),
    ],
)
def test_operators_are_declared_by_the_forms(forms: tuple[str, ...], offered: set[str]) -> None:
    operators = Manual(**dict.fromkeys(forms, np.sin)).operators
    assert set(operators) == offered
    assert {name for name, support in operators.items() if support == "native"} == set(forms)


def test_an_operator_without_a_form_is_refused() -> None:
    prepared = Manual(gradient=lambda x: 2 * x).prepare(lambda x: x @ x, X)
    with pytest.raises(UnsupportedOperator, match="'manual' does not offer 'hessian'; it offers: derivative, gradient"):
        prepared.hessian(X)


def test_the_form_named_like_the_operator_is_used() -> None:
    forms = {"gradient": lambda x: np.full(3, 1.0), "jacobian": lambda x: np.full(3, 2.0)}
    prepared = Manual(**forms).prepare(lambda x: x @ x, X)
    np.testing.assert_array_equal(prepared.gradient(X), np.full(3, 1.0))
    np.testing.assert_array_equal(prepared.jacobian(X), np.full(3, 2.0))


def test_the_function_is_called_when_prepared_and_for_its_value_only() -> None:
    calls = []

    def counted(x: Any) -> Any:
        calls.append(1)
        return x @ x

    prepared = Manual(gradient=lambda x: 2 * x).prepare(counted, X)
    prepared.gradient(X)
    prepared.jacobian(X)
    assert len(calls) == 1
    prepared.value_and_gradient(X)
    assert len(calls) == 2


def test_an_unsymmetric_hessian_form_is_multiplied_from_the_left() -> None:
    wrong = np.array([[1.0, 2.0], [3.0, 4.0]])
    prepared = Manual(hessian=lambda x: wrong).prepare(lambda x: x @ x, np.ones(2))
    np.testing.assert_array_equal(prepared.hvp(np.ones(2), tangents=np.array([1.0, 0.0])), wrong[:, 0])
    np.testing.assert_array_equal(prepared.hessian(np.ones(2)), wrong)


def test_forms_are_for_the_argnums_they_are_prepared_with() -> None:
    prepared = Manual(gradient=lambda w, x: (x, w)).prepare(lambda w, x: w @ x, X, 2 * X, argnums=(0, 1))
    np.testing.assert_array_equal(prepared.gradient(X, 2 * X), (2 * X, X))


def test_results_take_the_dtype_of_the_argument() -> None:
    x = np.ones(3, np.float32)
    assert Manual(gradient=lambda x: [2, 2, 2]).operators
    assert Manual(gradient=lambda x: np.array([2, 2, 2])).prepare(np.sum, x).gradient(x).dtype == np.float32


@pytest.mark.parametrize(
    ("forms", "function", "message"),
    [
        ({}, np.sum, r"no closed form for `sum`: pass one, as in Manual\(gradient=lambda x: 2 \* x\)"),
        (
            {"gradient": lambda x: x[None]},
            np.sum,
            r"the gradient given for `sum`, has shape \(1, 3\); it must .* \(3,\)",
        ),
        ({"gradient": lambda x: {"x": x}}, np.sum, r"has the structure \[\{'x': \*\}\]; it must be \[one array"),
        ({"gradient": lambda x: x + 0j}, np.sum, "has dtype complex128; it must be real numbers"),
        ({"gradient": lambda x: x}, np.sin, r"`sin` returned shape \(3,\)"),
        ({"hessian": lambda x: np.eye(3)}, np.sin, r"`sin` returned shape \(3,\)"),
        ({"derivative": lambda x: x}, np.sum, r"Manual\(derivative=...\) is for functions of one number"),
        ({"jacobian": lambda x: A}, lambda x: A.T @ A @ x, r"has shape \(2, 3\); it must have shape \(3, 3\)"),
    ],
)
def test_forms_that_do_not_fit_are_refused(forms: Any, function: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        Manual(**forms).prepare(function, X).jacobian(X)


@pytest.mark.parametrize(
    "fault",
    [lambda g: 2 * g, lambda g: -g, np.roll, lambda g: g * [1, 1, 0]],
    ids=["doubled", "negated", "rolled", "zeroed"],
)
def test_planted_faults_in_a_closed_form_are_seen_by_every_numerical_method(fault: Any) -> None:
    roll = (1,) if fault is np.roll else ()
    wrong = Manual(gradient=lambda x: fault(np.cos(x), *roll)).prepare(lambda x: np.sum(np.sin(x)), X).gradient(X)
    for name in ("forward_difference", "central_difference", "complex_step", "richardson"):
        independent = get(name).prepare(lambda x: np.sum(np.sin(x)), X).gradient(X)
        np.testing.assert_allclose(independent, np.cos(X), rtol=1e-6)
        assert not np.allclose(independent, wrong, rtol=1e-3)
