"""The analytic continuation of every elementwise function, against its derivative worked out by hand."""

from typing import Any

import numpy as np
import pytest
from scipy import special

from difflab.errors import UnsupportedFunction
from difflab.methods import analytic_ufuncs as table
from difflab.methods.analytic_ufuncs import extend

H = 1e-20
ALL = np.array([-7.5, -2.0, -0.3, 0.4, 1.0, 2.5, 30.0])
POSITIVE = np.array([1e-12, 0.4, 1.0, 2.5, 30.0])
UNIT = np.array([-0.9, -0.3, 0.1, 0.5])
ABOVE = np.array([1.001, 2.0, 30.0])
SQRT_PI = np.sqrt(np.pi)


def ones(*operands: Any) -> Any:
    return np.ones(np.broadcast_shapes(*map(np.shape, operands)))


ONE_OPERAND: dict[np.ufunc, tuple[Any, Any]] = {
    np.positive: (ALL, ones),
    np.negative: (ALL, lambda x: -ones(x)),
    np.conjugate: (ALL, ones),
    np.absolute: (ALL, np.sign),
    np.fabs: (ALL, np.sign),
    np.square: (ALL, lambda x: 2 * x),
    np.reciprocal: (ALL, lambda x: -1 / x**2),
    np.sqrt: (POSITIVE, lambda x: 0.5 / np.sqrt(x)),
    np.cbrt: (ALL, lambda x: 1 / (3 * np.cbrt(x) ** 2)),
    np.exp: (ALL, np.exp),
    np.exp2: (ALL, lambda x: np.log(2) * np.exp2(x)),
    np.expm1: (ALL, np.exp),
    np.log: (POSITIVE, lambda x: 1 / x),
    np.log2: (POSITIVE, lambda x: 1 / (x * np.log(2))),
    np.log10: (POSITIVE, lambda x: 1 / (x * np.log(10))),
    np.log1p: (np.append(UNIT, POSITIVE), lambda x: 1 / (1 + x)),
    np.sin: (ALL, np.cos),
    np.cos: (ALL, lambda x: -np.sin(x)),
    np.tan: (ALL, lambda x: 1 / np.cos(x) ** 2),
    np.arcsin: (UNIT, lambda x: 1 / np.sqrt((1 - x) * (1 + x))),
    np.arccos: (UNIT, lambda x: -1 / np.sqrt((1 - x) * (1 + x))),
    np.arctan: (ALL, lambda x: 1 / (1 + x**2)),
    np.sinh: (ALL, np.cosh),
    np.cosh: (ALL, np.sinh),
    np.tanh: (ALL, lambda x: 1 / np.cosh(x) ** 2),
    np.arcsinh: (ALL, lambda x: 1 / np.sqrt(1 + x**2)),
    np.arccosh: (ABOVE, lambda x: 1 / np.sqrt((x - 1) * (x + 1))),
    np.arctanh: (UNIT, lambda x: 1 / ((1 - x) * (1 + x))),
    np.deg2rad: (ALL, lambda x: np.full_like(x, np.pi / 180)),
    np.radians: (ALL, lambda x: np.full_like(x, np.pi / 180)),
    np.rad2deg: (ALL, lambda x: np.full_like(x, 180 / np.pi)),
    np.degrees: (ALL, lambda x: np.full_like(x, 180 / np.pi)),
    special.erf: (ALL, lambda x: 2 / SQRT_PI * np.exp(-(x**2))),
    special.erfc: (ALL, lambda x: -2 / SQRT_PI * np.exp(-(x**2))),
    special.erfcx: (UNIT, lambda x: 2 * x * special.erfcx(x) - 2 / SQRT_PI),
    special.erfi: (UNIT, lambda x: 2 / SQRT_PI * np.exp(x**2)),
    special.dawsn: (ALL, lambda x: 1 - 2 * x * special.dawsn(x)),
    special.exp1: (ABOVE, lambda x: -np.exp(-x) / x),
    special.ndtr: (ALL, lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),
    special.log_ndtr: (UNIT, lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) / special.ndtr(x)),
    special.psi: (POSITIVE, lambda x: special.polygamma(1, x)),
    special.gammaln: (POSITIVE, special.digamma),
    special.gamma: (ABOVE, lambda x: special.gamma(x) * special.digamma(x)),
    special.expit: (ALL, lambda x: special.expit(x) * special.expit(-x)),
    special.log_expit: (ALL, lambda x: special.expit(-x)),
    special.logit: (np.array([0.1, 0.5, 0.99]), lambda x: 1 / (x * (1 - x))),
    special.exp10: (ALL, lambda x: np.log(10) * 10.0**x),
}
Y = np.array([3.0, 1.0, -0.7, 0.2, -2.0, 0.5, 7.0])
TWO_OPERANDS: dict[np.ufunc, tuple[Any, Any, Any, Any]] = {
    np.add: (ALL, Y, ones, ones),
    np.subtract: (ALL, Y, ones, lambda x, y: -ones(x)),
    np.multiply: (ALL, Y, lambda x, y: y, lambda x, y: x),
    np.divide: (ALL, Y, lambda x, y: 1 / y, lambda x, y: -x / y**2),
    np.power: (POSITIVE, 2.5, lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)),
    np.float_power: (ALL, 3.0, lambda x, y: y * x ** (y - 1), None),
    np.maximum: (ALL, Y, lambda x, y: x > y, lambda x, y: x < y),
    np.minimum: (ALL, Y, lambda x, y: x < y, lambda x, y: x > y),
    np.fmax: (ALL, Y, lambda x, y: x > y, lambda x, y: x < y),
    np.fmin: (ALL, Y, lambda x, y: x < y, lambda x, y: x > y),
    np.copysign: (ALL, Y, lambda x, y: np.sign(x * y), lambda x, y: 0 * y),
    np.hypot: (ALL, Y, lambda x, y: x / np.hypot(x, y), lambda x, y: y / np.hypot(x, y)),
    np.arctan2: (ALL, Y, lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
    np.logaddexp: (ALL, Y, lambda x, y: special.expit(x - y), lambda x, y: special.expit(y - x)),
    np.logaddexp2: (ALL, Y, lambda x, y: 1 / (1 + 2 ** (y - x)), lambda x, y: 1 / (1 + 2 ** (x - y))),
    np.remainder: (ALL, Y, ones, lambda x, y: -np.floor(x / y)),
    np.fmod: (ALL, Y, ones, lambda x, y: -np.trunc(x / y)),
    np.ldexp: (ALL, np.array(3), lambda x, n: 2.0**n * ones(x), None),
    special.xlogy: (POSITIVE, 2.0, lambda x, y: np.log(y) * ones(x), lambda x, y: x / y),
    special.xlog1py: (POSITIVE, 2.0, lambda x, y: np.log1p(y) * ones(x), lambda x, y: x / (1 + y)),
}
CASES = [
    *((ufunc, (x,), 0, slope) for ufunc, (x, slope) in ONE_OPERAND.items()),
    *((ufunc, (x, y), 0, first) for ufunc, (x, y, first, _) in TWO_OPERANDS.items()),
    *((ufunc, (x, y), 1, second) for ufunc, (x, y, _, second) in TWO_OPERANDS.items() if second),
]
MATRICES = {np.matmul, np.vecdot}
"""Tested with the array functions."""


def stepped(ufunc: Any, operands: Any, moving: int) -> Any:
    lifted = [x + 1j * H * np.ones(np.shape(x)) if n == moving else x for n, x in enumerate(operands)]
    return extend(ufunc, *lifted)


@pytest.mark.parametrize(
    ("ufunc", "operands", "moving", "slope"), CASES, ids=[f"{ufunc.__name__}-{moving}" for ufunc, _, moving, _ in CASES]
)
def test_derivative_is_as_worked_out_and_the_value_is_the_functions_own(
    ufunc: Any, operands: Any, moving: int, slope: Any
) -> None:
    found = stepped(ufunc, operands, moving)
    np.testing.assert_array_equal(found.real, ufunc(*operands))
    np.testing.assert_allclose(found.imag / H, slope(*operands), rtol=2e-13, atol=0)


@pytest.mark.parametrize("ufunc", [ufunc for ufunc in ONE_OPERAND if "f->f" in ufunc.types], ids=lambda u: u.__name__)
def test_single_precision_stays_single(ufunc: Any) -> None:
    points, slope = ONE_OPERAND[ufunc]
    x = np.float32(points[len(points) // 2])
    found = extend(ufunc, np.complex64(x + 1j * 1e-12))
    assert found.dtype == np.complex64
    np.testing.assert_allclose(found.imag / 1e-12, slope(np.float64(x)), rtol=2e-5)


@pytest.mark.parametrize("ufunc", sorted(table.PIECEWISE_CONSTANT, key=str), ids=lambda ufunc: ufunc.__name__)
def test_piecewise_constant_functions_give_what_they_give_for_the_real_part(ufunc: Any) -> None:
    x, y = ALL, Y
    operands = (x, y)[: ufunc.nin]
    found = extend(ufunc, *(z + 1j * H for z in operands))
    assert not np.iscomplexobj(found)
    np.testing.assert_array_equal(found, ufunc(*operands))


def test_every_row_is_exercised() -> None:
    tested = ONE_OPERAND.keys() | TWO_OPERANDS.keys() | MATRICES
    assert table.LINEAR | table.ANALYTIC | table.EXTENSIONS.keys() <= tested
    assert table.ANALYTIC_SPECIAL | table.SPECIAL.keys() <= {ufunc.__name__ for ufunc in tested}


@pytest.mark.parametrize(
    ("ufunc", "x", "slope"),
    [
        (np.sqrt, 0.0, np.inf),
        (np.cbrt, 0.0, np.inf),
        (np.log, 0.0, np.inf),
        (np.log1p, -1.0, np.inf),
        (np.arcsin, 1.0, np.inf),
        (np.arccos, -1.0, -np.inf),
        (np.arccosh, 1.0, np.inf),
        (np.arctanh, -1.0, np.inf),
        (np.sqrt, -1.0, np.nan),
        (np.log, -1.0, np.nan),
        (np.arcsin, 1.5, np.nan),
        (np.reciprocal, 0.0, np.nan),
        (np.absolute, 0.0, 1.0),
    ],
)
def test_branch_points_and_the_outside_of_the_domain(ufunc: Any, x: float, slope: float) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_equal(stepped(ufunc, (x,), 0).imag / H, slope)


@pytest.mark.parametrize(
    ("base", "exponent", "slope"),
    [
        (-2.0, 3, 12.0),
        (-2.0, 2.0, -4.0),
        (-2.0, -1, -0.25),
        (-1.5, 101.0, 101 * 1.5**100),
        (-2.0, 0.5, np.nan),
        (0.0, 2, 0.0),
        (0.0, 1.5, 0.0),
        (0.0, 1, 1.0),
        (0.0, 0, 0.0),
        (0.0, 0.5, np.inf),
        (0.0, -1, np.nan),
    ],
)
def test_powers_of_negative_numbers_and_zero(base: float, exponent: float, slope: float) -> None:
    with np.errstate(all="ignore"):
        found = stepped(np.power, (base, float(exponent)), 0).imag / H
    np.testing.assert_allclose(found, slope, rtol=1e-13)


def test_a_moving_exponent_of_a_negative_base_has_no_derivative() -> None:
    found = stepped(np.power, (-2.0, 3.0), 1)
    assert found.real == -8.0
    assert np.isnan(found.imag)


def test_ties_go_to_the_first_and_nan_wins_as_in_numpy() -> None:
    z, w = np.array([1 + 1j * H, np.nan]), np.array([1.0, 1.0])
    assert extend(np.maximum, z, w).imag[0] == H
    assert extend(np.maximum, w, z).imag[0] == 0
    assert np.isnan(extend(np.maximum, z, w)[1])
    assert extend(np.fmax, z, w)[1] == 1.0


def test_hypot_at_the_origin_is_constant_and_does_not_overflow() -> None:
    assert extend(np.hypot, 1j * H, 0.0) == 0
    assert extend(np.hypot, 3e200 + 1j * H, 4e200).imag / H == pytest.approx(0.6)


@pytest.mark.parametrize("ufunc", [special.jv, special.expi, special.i0, np.nextafter, np.gcd])
def test_functions_without_a_continuation_are_refused_by_name(ufunc: Any) -> None:
    with pytest.raises(UnsupportedFunction, match=f"cannot follow {ufunc.__name__}"):
        extend(ufunc, *[1.0 + 1j * H] * ufunc.nin)


def test_gamma_left_of_zero_is_refused() -> None:
    with pytest.raises(UnsupportedFunction, match="gammaln or gamma at zero or negative"):
        stepped(special.gammaln, (-1.5,), 0)


@pytest.mark.parametrize("ufunc", [np.absolute, np.arcsin])
def test_numpys_own_complex_version_would_be_wrong(ufunc: Any) -> None:
    """The faults that the table is there for: a modulus has no imaginary part; a cut turns into a huge slope."""
    x = -3.0 if ufunc is np.absolute else 1.5
    naive = np.imag(ufunc(x + 1j * H)) / H
    with np.errstate(invalid="ignore"):
        assert not np.array_equal(naive, stepped(ufunc, (x,), 0).imag / H)
