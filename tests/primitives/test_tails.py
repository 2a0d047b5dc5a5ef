"""Derivatives far out and near edges: as accurate as their argument allows, and without warnings of their own."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special

from difflab.engines.transforms import gradient, pullback, push, reverse_over_reverse
from difflab.primitives import TABLE
from difflab.primitives.layout import name_of
from difflab.primitives.primitive import Elementwise
from tests.primitives.case import all_cases

precise = mpmath.mp.clone()

TAILS: list[tuple[Any, Callable[..., Any], list[float]]] = [
    (np.expm1, precise.expm1, [-40.0, 1e-9, 40.0]),
    (np.log1p, precise.log1p, [-0.999999, 1e-9, 1e9]),
    (np.tanh, precise.tanh, [-300.0, -20.0, 1e-9, 0.5, 19.0, 20.0, 300.0]),
    (np.arctan, precise.atan, [-1e9, 1e-9, 1e9]),
    (np.arcsinh, precise.asinh, [-1e9, 1e-9, 1e9]),
    (np.arcsin, precise.asin, [-0.999999999, 0.999999999]),
    (np.arccosh, precise.acosh, [1.000000001, 1e9]),
    (np.arctanh, precise.atanh, [-0.999999999, 1e-9]),
    (np.sinc, precise.sincpi, [1e-9, 1e-3, 0.3, 0.4774, 0.48, 5.3, 100.3]),
    (np.logaddexp, lambda x: precise.log1p(precise.exp(-x)) + x, [-700.0, -40.0, 40.0]),
    (special.expit, lambda x: 1 / (1 + precise.exp(-x)), [-700.0, -40.0, 40.0, 700.0]),
    (special.log_expit, lambda x: -precise.log1p(precise.exp(-x)), [-40.0, 40.0, 700.0]),
    (special.logit, lambda x: precise.log(x / (1 - x)), [1e-9, 0.999999999]),
    (special.exprel, lambda x: precise.expm1(x) / x, [-50.0, -1e-3, 1e-9, 1e-3, 50.0]),
    (special.erf, precise.erf, [-5.0, 1e-9, 20.0]),
    (special.erfc, precise.erfc, [-5.0, 20.0]),
    (special.erfcx, lambda x: precise.exp(x * x) * precise.erfc(x), [-5.0, 9.9, 10.1, 1e3, 1e5]),
    (special.ndtr, precise.ncdf, [-30.0, 30.0]),
    (special.log_ndtr, lambda x: precise.log(precise.ncdf(x)), [-1e3, -30.0, 0.5, 10.0, 30.0]),
    (special.erfinv, precise.erfinv, [-0.999999, 1e-9, 0.999999]),
    (special.gammaln, precise.loggamma, [1e-9, 1e5]),
    (special.digamma, precise.digamma, [1e-9, 1e5]),
    (special.j0, lambda x: precise.besselj(0, x), [1e-9, 50.5]),
]

UNITS = {special.erfcx: 200}
"""What cancellation between two terms costs, where more than 4 units in the last place."""

CALLS = {np.logaddexp: lambda x: np.logaddexp(x, 0.0)}
"""How functions of two operands are called on one."""


def derivatives(function: Any, x: Any) -> tuple[Any, Any]:
    """Give the derivative at one number, in forward and in reverse mode."""
    one = [np.ones((1, *np.shape(x)), x.dtype)]

    def flat(leaves: Any) -> list[Any]:
        return [function(leaves[0])]

    return push(flat, [x], one)[1][0][0], pullback(flat, [x])[1](one)[0][0]


@pytest.mark.parametrize(
    ("function", "reference", "at"),
    [(function, reference, x) for function, reference, points in TAILS for x in points],
    ids=lambda part: name_of(part) if isinstance(part, np.ufunc) else None,
)
def test_relative_accuracy(function: Any, reference: Callable[..., Any], at: float) -> None:
    """Within a few units in the last place of the derivative, and of its argument."""
    with precise.workdps(60 if abs(at) < 19 else 700):  # differences of numbers that e^-600 tells from 1
        slope = precise.diff(reference, precise.mpf(at))
        curvature = precise.diff(reference, precise.mpf(at), 2)
    condition = abs(curvature * at / slope)
    allowed = UNITS.get(function, 4) * float(np.finfo(float).eps) * (1 + condition)
    for found in derivatives(CALLS.get(function, function), np.float64(at)):
        assert abs(precise.mpf(float(found)) / slope - 1) <= allowed


def test_the_textbook_rule_of_tanh_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE[np.tanh], "differentials", (lambda t, y, x: t * (1 - y * y),))
    with pytest.raises(AssertionError):
        test_relative_accuracy(np.tanh, precise.tanh, 20.0)


OF_ONE = sorted({case.function for case in all_cases() if len(case.domains) == 1}, key=name_of)
EXTREMES = [0.0, 1.0, 40.0, 800.0, 1e20, 1e300, -1.0, -40.0, -800.0, -1e20, -1e300]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", [f for f in OF_ONE if isinstance(TABLE[f], Elementwise)], ids=name_of)
def test_no_warning_and_no_nan_where_the_function_has_none(function: Any, dtype: Any) -> None:
    for number in EXTREMES:
        x = dtype(number if dtype is np.float64 else np.clip(number, -1e30, 1e30))
        if _is_well_defined(function, x):
            slopes = derivatives(function, x)
            curvatures = second_derivatives(function, x) if np.isfinite(slopes[0]) else ()
            assert not np.any(np.isnan([*slopes, *curvatures])), f"at {x}"


def second_derivatives(function: Any, x: Any) -> tuple[Any, Any]:
    """Give the second derivative at one number, by forward over reverse and by reverse over reverse."""
    one = [np.ones((1, *np.shape(x)), x.dtype)]

    def flat(leaves: Any) -> list[Any]:
        return [function(leaves[0])]

    return push(gradient(flat, "reverse"), [x], one)[1][0][0], reverse_over_reverse(flat, [x], one)[0][0]


def _is_well_defined(function: Any, x: Any) -> bool:
    """Say whether the value is finite, and computed without a warning."""
    try:
        return bool(np.isfinite(function(x)))
    except RuntimeWarning:
        return False
