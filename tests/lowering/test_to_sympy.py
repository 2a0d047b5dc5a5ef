"""Every row has a formula in SymPy, with the derivative that its rule says, or is refused."""

import numpy as np
import pytest
import sympy

from difflab.errors import UnsupportedFunction
from difflab.lowering.sympy_matrices import determinant, inverse
from difflab.lowering.to_sympy import SympyArithmetic
from difflab.methods.forward import Forward
from difflab.methods.symbolic import Symbolic
from difflab.primitives import TABLE
from difflab.primitives.eigenvalues import real_eig, real_eigvals
from difflab.primitives.factorizations import tall_qr
from difflab.primitives.singular_values import reduced_svd
from tests.lowering.test_to_mpmath import CASES
from tests.primitives.case import Case
from tests.primitives.checks import assert_close

LARGE = {np.linalg.tensorinv, np.linalg.tensorsolve, np.polyfit}
"""Formulas of matrices of five rows and more, which take SymPy minutes."""

WITHOUT_FORMULA = {
    np.linalg.eig,
    np.linalg.eigh,
    np.linalg.eigvals,
    np.linalg.eigvalsh,
    np.linalg.svd,
    np.linalg.svdvals,
    np.linalg.qr,
    np.linalg.cond,
    np.linalg.lstsq,
    np.nan_to_num,
    real_eig,
    real_eigvals,
    reduced_svd,
    tall_qr,
}

ONE_OF_EACH = list({case.function: case for case in reversed(CASES) if case.function not in LARGE}.values())


def prepared_and_arguments(case, method):
    leaves = tuple(case.leaves)
    prepared = method.prepare(lambda *xs: tuple(case(xs)), *leaves, argnums=tuple(range(len(leaves))))
    return prepared, leaves


@pytest.mark.parametrize("case", [c for c in ONE_OF_EACH if c.function not in WITHOUT_FORMULA], ids=str)
def test_formulas_agree_with_the_rules(case: Case) -> None:
    formula, leaves = prepared_and_arguments(case, Symbolic())
    rules, _ = prepared_and_arguments(case, Forward())
    tangents = tuple(np.random.default_rng(1).normal(size=np.shape(leaf)) for leaf in leaves)
    found = formula.jvp(*leaves, tangents=tangents)
    expected = rules.jvp(*leaves, tangents=tangents)
    for actual, true in zip([*found[0], *found[1]], [*expected[0], *expected[1]], strict=True):
        assert_close(np.asarray(actual, float), np.asarray(true, float), 1e-10)


@pytest.mark.parametrize("case", [c for c in ONE_OF_EACH if c.function in WITHOUT_FORMULA], ids=str)
def test_what_has_no_formula_is_refused(case: Case) -> None:
    with pytest.raises(UnsupportedFunction, match=r"cannot be lowered to SymPy.*'reverse'"):
        prepared_and_arguments(case, Symbolic())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4.0, sympy.Integer(4)),
        (-0.75, sympy.Rational(-3, 4)),
        (np.float32(0.5), sympy.Rational(1, 2)),
        (7, sympy.Integer(7)),
        (True, sympy.Integer(1)),
        (0.1, sympy.Float(0.1)),
        (1e300, sympy.Float(1e300)),
        (np.inf, sympy.oo),
    ],
)
def test_short_binary_fractions_are_exact_numbers(value, expected):
    assert SympyArithmetic().lift(value)[()] == expected


def test_a_determinant_is_the_textbook_polynomial():
    a, b, c, d = sympy.symbols("a b c d")
    matrix = np.array([[a, b], [c, d]], object)
    assert determinant(matrix) == a * d - b * c
    assert sympy.simplify(sympy.Matrix(inverse(matrix)) * sympy.Matrix(matrix)) == sympy.eye(2)
    size = 5
    entries = np.random.default_rng(0).integers(-9, 9, (size, size))
    exact = sympy.Matrix(entries.tolist()).det()
    assert determinant(SympyArithmetic().lift(entries)) == exact


def test_comparisons_become_conditions():
    x, y = sympy.symbols("x y", real=True)
    arithmetic = SympyArithmetic()
    condition = arithmetic.run(TABLE[np.less], [arithmetic.lift(x), arithmetic.lift(y)], {})
    assert str(condition[()]) == "x < y"
    chosen = arithmetic.run(TABLE[np.where], [condition, arithmetic.lift(x**2), 1.0], {})[()]
    assert str(chosen) == "Where(x < y, x**2, 1)"
    assert str(chosen.diff(x)) == "Where(x < y, 2*x, 0)"
