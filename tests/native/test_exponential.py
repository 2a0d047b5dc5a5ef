"""Exponentials, logarithm and sigmoids of compiled loops, to units in the last place, and at the ends of the range."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from difflab.native.exponential import CAREFUL, exp, exp_and_expm1, log1p
from difflab.native.sigmoids import sigmoid, tanh

NEAR = np.concatenate([np.linspace(-40, 40, 2001), np.geomspace(1e-12, 1, 200), -np.geomspace(1e-12, 1, 200)])
PRECISIONS = (np.float32, np.float64)


@numba.njit(fastmath=CAREFUL)
def logistic_and_slope(x: Any) -> Any:
    return sigmoid(x)


@numba.njit(fastmath=CAREFUL)
def exponentials(x: Any) -> Any:
    return exp_and_expm1(x)


@numba.njit(fastmath=CAREFUL)
def exponential_and_logarithm(x: Any) -> Any:
    return exp(x), log1p(exp(-abs(x)))


def over(function: Any, x: Any) -> tuple[Any, Any]:
    """Give both results of a compiled function, entry by entry."""

    @numba.njit(fastmath=CAREFUL, error_model="numpy")
    def loop(x: Any, first: Any, second: Any) -> None:
        for i in range(x.size):
            first[i], second[i] = function(x[i])

    first, second = np.empty_like(x), np.empty_like(x)
    loop(x, first, second)
    return first, second


@pytest.mark.parametrize("dtype", PRECISIONS, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize(
    ("function", "references"),
    [
        (exponentials, (np.exp, np.expm1)),
        (exponential_and_logarithm, (np.exp, lambda x: np.log1p(np.exp(-abs(x))))),
        (logistic_and_slope, (lambda x: 1 / (1 + np.exp(-x)), lambda x: 1 / (1 + np.exp(x)))),
        (tanh, (np.tanh, lambda x: 1 / np.cosh(x) ** 2)),
    ],
    ids=["exp and expm1", "exp and log1p", "sigmoid", "tanh"],
)
def test_values_are_right_to_units_in_the_last_place(
    function: Any, references: tuple[Callable[[Any], Any], ...], dtype: Any
) -> None:
    x = NEAR.astype(dtype)
    for found, reference in zip(over(function, x), references, strict=True):
        expected = reference(x.astype(np.longdouble))
        assert np.all(np.abs(found - expected) <= 4 * np.finfo(dtype).eps * np.abs(expected))


@pytest.mark.parametrize("dtype", PRECISIONS, ids=lambda dtype: dtype.__name__)
def test_ends_of_the_range(dtype: Any) -> None:
    x = np.array([-np.inf, -1e4, 0.0, 1e4, np.inf, np.nan], dtype)
    np.testing.assert_array_equal(over(exponentials, x)[0], np.array([0, 0, 1, np.inf, np.inf, np.nan], dtype))
    np.testing.assert_array_equal(over(logistic_and_slope, x)[0], np.array([0, 0, 0.5, 1, 1, np.nan], dtype))
    np.testing.assert_array_equal(over(tanh, x)[0], np.array([-1, -1, 0, 1, 1, np.nan], dtype))


@pytest.mark.parametrize("dtype", PRECISIONS, ids=lambda dtype: dtype.__name__)
def test_results_that_are_barely_numbers(dtype: Any) -> None:
    with np.errstate(all="ignore"):
        x = np.log(np.array([np.finfo(dtype).smallest_subnormal * 8, np.finfo(dtype).max / 2]).astype(np.longdouble))
        expected = np.exp(x.astype(dtype))
    found, _ = over(exponentials, x.astype(dtype))
    np.testing.assert_allclose(found, expected, rtol=0.1)
