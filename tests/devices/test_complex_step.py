"""The complex step on a device: every continuation gives what it gives on the CPU, or is refused in a sentence."""

from typing import Any

import numpy as np
import pytest
from scipy import special

import difflab
from difflab.arrays import is_on_gpu
from difflab.methods import ComplexStep, analytic_functions, analytic_ufuncs
from difflab.structure import flatten
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back, there
from tests.methods import test_analytic_functions as functions
from tests.methods import test_analytic_ufuncs as ufuncs

X = np.array([0.3, -1.2, 2.5])
NUMBERS = (2.0, -3, 0.5, 0, -0.7, np.float64(1.5), np.float32(-2))

NOT_IN_CUPY = {np.block, np.unstack, np.insert, np.linalg.diagonal, np.linalg.trace, np.linalg.outer, np.linalg.vecdot}
NOT_IN_CUPY |= {np.linalg.tensordot, np.linalg.multi_dot, np.linalg.vector_norm, np.linalg.matrix_norm}
REAL_IN_CUPY = {"erf", "erfc", "erfcx", "exp1", "ndtr", "log_ndtr", "psi"}
REAL_IN_CUPY |= {"erfi", "dawsn"}  # or missing there
CONSTANTS = ("V", "M", "S", "C", "CUBE", "CHOICE", "PERMUTATION")
"""Of the module of calls."""


def assert_alike(found: Any, expected: Any) -> None:
    found, expected = flatten(back(found))[0], flatten(expected)[0]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-13)


def jacobian(function: Any, x: Any) -> Any:
    with np.errstate(all="ignore"):
        return ComplexStep().prepare(function, x).jacobian(x)


CALLS = [
    pytest.param(function, call, x, id=f"{function.__name__}-{number}")
    for number, (function, call, x) in enumerate(functions.FLAT)
    if function not in (np.broadcast_arrays, np.linalg.cholesky)  # whose calls there make arrays of the CPU
    and call is not functions.CASES[np.clip][1][0]  # with an option that CuPy's has not
    and call is not functions.CASES[np.convolve][0][0]  # of a list, which CuPy's does not take
    and call is not functions.CASES[np.concatenate][0][0]  # the same
]


@pytest.mark.parametrize(("function", "call", "x"), CALLS)
def test_array_functions(
    function: Any, call: Any, x: np.ndarray, cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = jacobian(call, x)
    for name in CONSTANTS:
        monkeypatch.setattr(functions, name, cupy.array(getattr(functions, name)))
    if function in NOT_IN_CUPY:
        with pytest.raises(difflab.UnsupportedFunction, match=r"needs [\w.]+, or an option of it, which CuPy has not"):
            jacobian(call, cupy.array(x))
    else:
        assert_alike(jacobian(call, cupy.array(x)), expected)


def test_cholesky_and_broadcasting(cupy: FakeCuPy) -> None:
    matrix = functions.S + 5 * np.eye(3)
    for call in (lambda x: np.linalg.cholesky(x + x.T), lambda x: np.add(*np.broadcast_arrays(x, x[:1]))):
        assert_alike(jacobian(call, cupy.array(matrix)), jacobian(call, matrix))


@pytest.mark.parametrize("ufunc", ufuncs.ONE_OPERAND, ids=lambda ufunc: ufunc.__name__)
def test_functions_of_one_operand(ufunc: Any, cupy: FakeCuPy) -> None:
    x = ufuncs.ONE_OPERAND[ufunc][0]
    if ufunc.__name__ in REAL_IN_CUPY:
        with pytest.raises(difflab.UnsupportedFunction, match=f"needs {ufunc.__name__}, or an option of it, which"):
            jacobian(ufunc, cupy.array(x))
    else:
        assert_alike(jacobian(ufunc, cupy.array(x)), jacobian(ufunc, x))


TWO_OPERANDS = [ufunc for ufunc in ufuncs.TWO_OPERANDS if ufunc is not np.ldexp]


@pytest.mark.parametrize("moving", [0, 1])
@pytest.mark.parametrize("ufunc", TWO_OPERANDS, ids=lambda ufunc: ufunc.__name__)
def test_functions_of_two_operands_of_which_one_is_constant(ufunc: Any, moving: int, cupy: FakeCuPy) -> None:
    for constant in (*NUMBERS, np.array([1.5, -0.3, 2.0])):

        def call(x: Any, constant: Any = constant) -> Any:
            other = there(cupy)(constant) if is_on_gpu(x.data) else constant
            return ufunc(x, other) if moving == 0 else ufunc(other, x)

        assert_alike(jacobian(call, cupy.array(X)), jacobian(call, X))


def test_exponents_and_what_is_multiplied_by_powers_of_two(cupy: FakeCuPy) -> None:
    assert_alike(jacobian(lambda x: np.ldexp(x, 3), cupy.array(X)), jacobian(lambda x: np.ldexp(x, 3), X))


@pytest.mark.parametrize("exponent", [1, 2, 3, 7.0, 12, 99, 101, -1, -2, 0])
def test_powers_of_negative_numbers_are_exact(exponent: float, cupy: FakeCuPy) -> None:
    x = np.array([-1.25, -0.5, 1.5])
    found = ComplexStep().prepare(lambda x: np.sum(x**exponent), cupy.array(x)).gradient(cupy.array(x))
    np.testing.assert_allclose(back(found), exponent * x ** float(exponent - 1), rtol=1e-13)


def test_the_powers_of_cupy_would_be_wrong(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analytic_ufuncs, "whole_power", np.power)
    x = cupy.array(np.array([-1.25]))
    found = ComplexStep().prepare(lambda x: np.sum(x**2), x).gradient(x)
    assert abs(found.item() + 2.5) > 1e3  # the noise of the phase over the step


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolutions_keep_tiny_imaginary_parts(mode: Any, cupy: FakeCuPy) -> None:
    for call in (
        lambda x: np.convolve(x, x[:2], mode),
        lambda x: np.convolve(x, np.ones_like(x), mode=mode),
        lambda x: np.correlate(np.flip(x), x, mode),
    ):
        assert_alike(jacobian(call, cupy.array(X)), jacobian(call, X))


def test_the_convolutions_of_cupy_would_be_wrong(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(analytic_functions.EXTENSIONS, np.convolve, np.convolve)
    found = jacobian(lambda x: np.convolve(x, x), cupy.array(X))
    assert not np.any(found.get())  # the imaginary parts are rounded away


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.polyval(x[:2], x),
        lambda x: np.vander(x),
        lambda x: np.vander(x, 4, increasing=True),
        lambda x: np.var(x),
        lambda x: np.hypot(x, -x),
    ],
)
def test_functions_that_are_made_of_powers(call: Any, cupy: FakeCuPy) -> None:
    x = np.array([-1.25, -0.5, 1.5])
    assert_alike(jacobian(call, cupy.array(x)), jacobian(call, x))


def test_branches_loops_entries_and_writing(cupy: FakeCuPy) -> None:
    def function(x: Any) -> Any:
        y = np.zeros_like(x)
        for i, entry in enumerate(x):
            y[i] = entry**2 if entry > 0 else -3 * entry
        y += x.imag
        return np.array([y[0], np.sum(y)]), y.astype(np.float32)

    found, expected = (ComplexStep().prepare(function, x).jvp(x, tangents=x) for x in (cupy.array(X), X))
    assert_alike(found, expected)


def test_what_drops_the_imaginary_part_is_refused_there_too(cupy: FakeCuPy) -> None:
    for call in (lambda x: float(x[0]), lambda x: x * 1j):
        with pytest.raises(difflab.NotDifferentiable):
            jacobian(call, cupy.array(X))
    with pytest.raises(difflab.UnsupportedFunction, match=r"complex_step cannot follow np\.linalg\.svd"):
        jacobian(np.linalg.svd, cupy.array(functions.S))


def test_constants_of_the_cpu_are_named(cupy: FakeCuPy) -> None:
    with pytest.raises(
        difflab.InvalidArgument, match=r"brings arrays on cuda:0 together with arrays on cpu: .*ones_like"
    ):
        jacobian(lambda x: x * X, cupy.array(X))


def test_gamma_left_of_zero_is_refused_on_a_device(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.UnsupportedFunction, match="gammaln or gamma at zero or negative"):
        jacobian(special.gammaln, cupy.array(X))
