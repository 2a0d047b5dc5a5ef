"""Elementwise rules at kinks and edges, beyond the first derivatives that docs/conventions.md states."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import difflab
from difflab.errors import UnsupportedFunction
from difflab.methods import Forward, Reverse

BY = [Forward(), Reverse(), Reverse(second_order="reverse")]
INFINITE = -np.inf

SECOND: list[tuple[Callable[..., Any], Any, Any]] = [
    (lambda x: x**0, 0.0, 0.0),
    (lambda x: x**1, 0.0, 0.0),
    (lambda x: x**2, 0.0, 2.0),
    (lambda x: x**2.0, 0.0, 2.0),
    (lambda x: x**3, 0.0, 0.0),
    (lambda x: x ** np.float64(1.0), 0.0, 0.0),
    (lambda x: x**1.5, 0.0, np.inf),
    (lambda x: x**2.0, -2.0, 2.0),
    (lambda x: np.sum(x ** np.array([0.0, 1.0, 2.0, 3.0])), 0.0, 2.0),
    (lambda x: np.sum(x ** np.arange(4)), 0.0, 2.0),
    (lambda x: np.sum(x ** np.arange(4, dtype=np.uint8)), 100.0, 602.0),
    (lambda p: 0.0**p, 2.0, 0.0),
    (lambda p: 2**p, 0.0, np.log(2) ** 2),
    (lambda v: v[0] ** v[1], [0.0, 2.0], [[2.0, 0.0], [0.0, 0.0]]),
    (lambda v: v[0] ** v[1], [1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]]),
    (lambda v: v[0] ** v[1], [2.0, 0.0], [[0.0, 0.5], [0.5, np.log(2) ** 2]]),
    (np.abs, 0.0, 0.0),
    (np.sqrt, 0.0, -np.inf),
    (lambda x: np.maximum(x, 0.0), 0.0, 0.0),
    (lambda x: np.clip(x, 0.0, 1.0), 1.0, 0.0),
    (lambda v: np.hypot(v[0], v[1]), [0.0, 1.0], [[1.0, 0.0], [0.0, 0.0]]),
    (np.sinc, 0.0, -(np.pi**2) / 3),
    (np.sinc, 1e-9, -(np.pi**2) / 3),
    (np.tanh, 0.0, 0.0),
    (lambda v: np.logaddexp(v[0], v[1]), [1.0, 1.0], [[0.25, -0.25], [-0.25, 0.25]]),
    (lambda v: np.logaddexp(v[0], v[1]), [INFINITE, INFINITE], np.zeros((2, 2))),
    (np.logaddexp.reduce, [1e3, 1e3], [[0.25, -0.25], [-0.25, 0.25]]),
    (np.logaddexp.reduce, [INFINITE, INFINITE], np.zeros((2, 2))),
    (lambda x: np.where(x > 0, np.log(x), x**2), -1.0, 2.0),
    (lambda x: np.piecewise(x, [x < 0, x >= 0], [np.negative, np.square]), 0.0, 2.0),
    (lambda v: special.xlogy(v[0], v[1]), [0.0, 0.5], [[0.0, 2.0], [2.0, 0.0]]),
    (lambda x: special.xlogy(0.0, x), 0.0, 0.0),
    (lambda v: special.kl_div(v[0], v[1]), [0.5, 0.5], [[2.0, -2.0], [-2.0, 2.0]]),
    (special.entr, 0.0, -np.inf),
    (special.exprel, 0.0, 1 / 3),
]


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
@pytest.mark.parametrize("method", BY, ids=str)
@pytest.mark.parametrize(("function", "at", "expected"), SECOND)
def test_second_derivative(function: Callable[..., Any], at: Any, expected: Any, method: Any) -> None:
    found = difflab.hessian(function, np.asarray(at)[()], method=method)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("function", "expected"), [(np.tanh, -2.0), (special.expit, -1 / 8), (special.erf, -4 / np.sqrt(np.pi))]
)
def test_third_derivative_at_zero(function: Any, expected: float) -> None:
    def second(x: Any) -> Any:
        return difflab.derivative(lambda y: difflab.derivative(function, y), x)

    assert difflab.derivative(second, 0.0) == pytest.approx(expected, rel=1e-14)


def test_fourth_derivative_of_sinc_at_zero() -> None:
    def curvature(x: Any) -> Any:
        return difflab.derivative(lambda y: difflab.derivative(np.sinc, y), x)

    assert difflab.hessian(curvature, 0.0) == pytest.approx(np.pi**4 / 5, rel=1e-14)


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_half_of_the_slope_at_ties_whatever_the_function(method: str) -> None:
    x = np.array([1.0, 2.0, 3.0])
    for function in (np.maximum, np.minimum, np.fmax, np.fmin):
        slopes = difflab.gradient(lambda a, b, f=function: np.sum(f(a, b)), x, x.copy(), argnums=(0, 1), method=method)
        np.testing.assert_array_equal(slopes, np.full((2, 3), 0.5))


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_fmax_follows_the_number_beside_a_nan(method: str) -> None:
    a, b = np.array([np.nan, 1.0]), np.array([2.0, np.nan])
    slopes = difflab.gradient(lambda a, b: np.sum(np.fmax(a, b)), a, b, argnums=(0, 1), method=method)
    np.testing.assert_array_equal(slopes, [[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_remainder_takes_the_quotient_that_numpy_took(method: str) -> None:
    # 1 / 0.1 rounds to 10, but np.remainder(1, 0.1) is 1 - 9 · 0.1.
    assert difflab.derivative(lambda b: np.remainder(1.0, b), 0.1, method=method) == -9.0
    assert difflab.derivative(lambda b: np.fmod(1.0, b), 0.1, method=method) == -9.0


@pytest.mark.parametrize(
    ("function", "operand"),
    [
        (lambda x: special.gammainc(x, 1.0), "gammainc has no derivative rule with respect to a"),
        (lambda x: special.betainc(1.0, x, 0.5), "betainc has no derivative rule with respect to b"),
        (lambda x: special.jv(x, 1.0), "jv has no derivative rule with respect to the order v"),
        (lambda x: special.zeta(x, 2.0), "special.zeta has no derivative rule with respect to s"),
    ],
)
@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_an_operand_without_a_rule_is_refused(function: Any, operand: str, method: str) -> None:
    with pytest.raises(UnsupportedFunction, match=f"{operand}: hold it constant"):
        difflab.derivative(function, 1.5, method=method)


SOFTMAX = (
    (special.logsumexp, "logsumexp", lambda x: np.logaddexp.reduce(x, axis=None)),
    (special.softmax, "softmax", lambda x: np.exp(x - np.logaddexp.reduce(x, axis=None, keepdims=True))),
    (special.log_softmax, "log_softmax", lambda x: x - np.logaddexp.reduce(x, axis=None, keepdims=True)),
)


@pytest.mark.parametrize(("function", "name", "instead"), SOFTMAX, ids=[row[1] for row in SOFTMAX])
def test_what_to_write_instead_of_softmax(function: Any, name: str, instead: Any) -> None:
    x = np.array([[0.3, -1.2], [2.4, 1.7]])
    with pytest.raises(UnsupportedFunction, match=rf"scipy\.special\.{name} .*write .*np\.logaddexp\.reduce\(x, axis"):
        difflab.jacobian(function, x)
    np.testing.assert_allclose(instead(x), function(x), rtol=1e-15)
    numerical = difflab.jacobian(function, x, method="richardson")
    np.testing.assert_allclose(difflab.jacobian(instead, x), numerical, atol=1e-9)


def test_what_to_write_instead_of_polygamma() -> None:
    def instead(n: int, x: Any) -> Any:
        return (-1) ** (n + 1) * special.factorial(n) * special.zeta(n + 1, x)

    with pytest.raises(UnsupportedFunction, match=r"polygamma .*write \(-1\) \*\* \(n \+ 1\)"):
        difflab.derivative(lambda x: special.polygamma(2, x), 1.5)
    found = difflab.derivative(lambda x: instead(2, x), 1.5)
    assert found == pytest.approx(float(special.polygamma(3, 1.5)), rel=1e-14)


def test_choose_refuses_numbers_beyond_its_choices() -> None:
    with pytest.raises(ValueError, match="given 2 choices"):
        difflab.jacobian(lambda x: np.choose([0, 2], [x, x]), np.ones(2))


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_where_of_a_condition_alone_gives_positions(method: str) -> None:
    slopes = difflab.gradient(lambda x: np.sum(x[np.where(x)] ** 2), np.array([1.0, 0.0, 3.0]), method=method)
    np.testing.assert_array_equal(slopes, [2.0, 0.0, 6.0])
