"""Every row means to mpmath numbers what it means to floats, and has the derivatives that its rule says."""

import mpmath
import numpy as np
import pytest

from difflab.errors import UnsupportedFunction
from difflab.lowering.to_mpmath import MpmathArithmetic
from difflab.methods.forward import Forward
from difflab.primitives import TABLE
from difflab.primitives.cumulative import linear_recurrence
from difflab.primitives.determinants import cofactors, cofactors_derivative
from difflab.primitives.matrices import quotient
from difflab.primitives.sinc import sinc_derivative
from difflab.truth import true_derivative, true_value
from tests.primitives.case import Case, all_cases
from tests.primitives.checks import assert_close

DERIVATIVES_ALONE = {linear_recurrence, cofactors, cofactors_derivative, quotient, sinc_derivative}
"""Rows that occur in the rules of other rows, and in no person's code."""

CASES = [case for case in all_cases() if case.differentiable and case.function not in DERIVATIVES_ALONE]
"""Every way in which the tests of the rules call a row."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_and_derivatives_agree_with_floating_point(case: Case) -> None:
    def function(*xs):
        return tuple(case(xs))

    leaves = tuple(case.leaves)
    argnums = tuple(range(len(leaves)))
    tangents = tuple(np.random.default_rng(1).normal(size=np.shape(leaf)) for leaf in leaves)
    precise = true_derivative(function, *leaves, operator="jvp", argnums=argnums, tangents=tangents)
    ordinary = Forward().prepare(function, *leaves, argnums=argnums).jvp(*leaves, tangents=tangents)
    for found, expected in zip(ordinary, precise, strict=True):
        for actual, true in zip(found, expected, strict=True):
            assert_close(np.asarray(actual, float), np.asarray(true, float), 1e-10)


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (lambda x: np.sort(x)[0] + 10 * x[np.argmax(x)], [0.3, 0.1, 0.2], lambda a, b, c: b + 10 * a),
        (lambda x: np.where(x[0] < x[1], x[2], 0.0), [0.1, 0.3, 0.7], lambda a, b, c: c),
        (lambda x: np.sum(x[x > 0.15]), [0.1, 0.3, 0.7], lambda a, b, c: b + c),
        (lambda x: np.max(x) - np.min(x), [0.1, 0.3, 0.7], lambda a, b, c: c - a),
        (lambda x: x[0] % x[1], [0.7, 0.3, 0.0], lambda a, b, c: a - 2 * b),
        (lambda x: np.sqrt(x[0]) * np.cbrt(-x[1]), [0.7, 0.3, 0.0], lambda a, b, c: -mpmath.sqrt(a) * mpmath.cbrt(b)),
    ],
)
def test_selections_are_exact_and_functions_have_all_digits(function, x, expected):
    with mpmath.workdps(60):
        assert mpmath.almosteq(true_value(function, np.array(x)), expected(*map(mpmath.mpf, x)), 1e-55)


@pytest.mark.parametrize(
    ("function", "x"),
    [(np.sqrt, -1.0), (np.log, -1.0), (np.arcsin, 2.0), (np.arccosh, 0.5), (np.arctanh, 2.0)],
)
def test_outside_its_real_domain_a_function_is_nan(function, x):
    arithmetic = MpmathArithmetic(50)
    assert mpmath.isnan(arithmetic.run(TABLE[function], [np.float64(x)], {})[()])


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin])
@pytest.mark.parametrize("pair", [(np.nan, 1.0), (1.0, np.nan), (2.0, 1.0), (1.0, 2.0)])
def test_nan_counts_as_in_numpy(function, pair):
    found = MpmathArithmetic(50).run(TABLE[function], list(pair), {})[()]
    np.testing.assert_equal(float(found), function(*pair))


def test_indices_and_masks_stay_integers_and_booleans():
    arithmetic = MpmathArithmetic(50)
    x = arithmetic.lift(np.array([0.3, 0.1]))
    assert arithmetic.run(TABLE[np.argsort], [x], {}).dtype == np.intp
    assert arithmetic.run(TABLE[np.less], [x, 0.2], {}).tolist() == [False, True]
    assert arithmetic.run(TABLE[np.add], [np.arange(2), 1], {}).dtype.kind == "i"


def test_integers_divide_exactly():
    arithmetic = MpmathArithmetic(50)
    third = arithmetic.run(TABLE[np.divide], [np.array(1), 3], {})[()]
    assert abs(3 * third - 1) < 1e-49


def test_what_cannot_be_lowered_is_named_with_a_remedy():
    with pytest.raises(UnsupportedFunction, match="linear_recurrence cannot be lowered to mpmath: write it with"):
        true_value(lambda a: linear_recurrence(a, a, axis=0), np.ones(3))
