"""Each elementwise function of programs gives what NumPy gives, on numbers and in vectors, whatever the operands."""

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import pytest

from difflab.lowering.native.instructions import ARITHMETIC, C_FUNCTIONS, CONDITIONS
from difflab.lowering.native.program import Program
from difflab.lowering.native.schedule import NotLowered
from tests.engines.passes.graphs import traced

ORDINARY = (0.5, -0.5, 1, -1, 2, -2, 3, 2.5, -2.5, 0.3, -0.7, 20, -20, 100, 1e-8, -1e-8, 1e5, np.pi, np.pi / 2)
LARGE = (0.0, -0.0, np.inf, -np.inf, np.nan, 709.7, 710, -745, -746, 1e22, 2.0**53 + 2, 1023.9, 1024, -1074, -1075.5)
EXTREME = (5e-324, -5e-324, 1e-310, -1e-310, 1.7e308, -1.7e308, 1e-200, -1e-200, 1e200, 1 - 1e-16)
LARGE_FLOAT = (0.0, -0.0, np.inf, -np.inf, np.nan, 88.7, 88.8, -103.9, -104, 1e9, 16777218, 127.9, 128, -149, -150.5)
EXTREME_FLOAT = (1e-45, -1e-45, 1e-40, -1e-40, 3.4e38, -3.4e38, 1e-30, -1e-30, 1e30, 0.9999999)
VALUES = {
    np.float64: (*ORDINARY, *LARGE, *EXTREME),
    np.float32: (*ORDINARY, *LARGE_FLOAT, *EXTREME_FLOAT),
    np.int64: (0, 1, -1, 2, -2, 7, 10**9, -(10**9), 2**62, -(2**63)),
    np.bool: (False, True),
}
OF_CONDITIONS = {*(each for each in CONDITIONS if each.__name__.startswith(("logical", "bitwise"))), np.invert}
WHOLE = (np.add, np.subtract, np.multiply, np.divide, np.negative, np.square, np.copy, np.exp, np.sqrt, np.isnan)
FUNCTIONS: dict[Any, list[Any]] = {
    np.float64: [each for each in (*ARITHMETIC, *CONDITIONS) if each not in {np.where, np.astype, *OF_CONDITIONS}],
    np.int64: [*WHOLE, np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal],
    np.bool: [*OF_CONDITIONS, np.equal, np.not_equal, np.copy, np.divide],
}
FUNCTIONS[np.float32] = FUNCTIONS[np.float64]
ROUNDED = {*C_FUNCTIONS, np.power, np.float_power}
ULPS = 4
"""What glibc promises of functions of vectors; of those of numbers, it is less."""
FACTORS = {np.deg2rad, np.radians, np.rad2deg, np.degrees}
"""One rounding more or less in the factor."""

TRUTH: dict[Any, Callable[..., Any]] = {
    np.exp2: lambda x: mpmath.mpf(2) ** x,
    np.log2: lambda x: mpmath.log(x) / mpmath.log(2),
    np.cbrt: lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    np.float_power: mpmath.power,
    **{each: getattr(mpmath, name) for each, name in C_FUNCTIONS.items() if name not in ("exp2", "log2", "cbrt")},
    np.power: mpmath.power,
}


def arity(function: Any) -> int:
    return getattr(function, "nin", 1)


def operands(dtype: Any, count: int) -> list[Any]:
    """Give all tuples of the values of a dtype, as arrays."""
    values = np.array(VALUES[dtype], dtype)
    return [np.ascontiguousarray(each.ravel()) for each in np.meshgrid(*[values] * count)]


def results(functions: Sequence[Any], given: Sequence[Any], size: int) -> list[Any]:
    """Run one program of all functions on parts of `size` entries; on numbers where it is 0."""
    examples = [each[: size or 1].copy() if size else each[0] for each in given]
    program = Program(traced(lambda *xs: tuple(function(*xs) for function in functions), *examples))
    count = len(given[0])
    if not size:
        rows = [program([each[n] for each in given]) for n in range(count)]
        return [np.array(column) for column in zip(*rows, strict=True)]
    rows = [program([each[n : n + size] for each in given]) for n in range(0, count - size + 1, size)]
    return [np.concatenate(column) for column in zip(*rows, strict=True)]


def require_right(function: Any, given: Sequence[Any], found: Any) -> None:
    """Fail unless results are exact, or for what is rounded within some units in the last place of the truth."""
    with np.errstate(all="ignore"):
        expected = function(*given)
    assert found.dtype == expected.dtype
    if function not in ROUNDED and (function not in FACTORS or found.dtype != np.float32):
        np.testing.assert_array_equal(found, expected, str(function))
        return
    is_plain = np.all([np.isfinite(each) & (each != 0) for each in (expected, *given)], axis=0)
    np.testing.assert_allclose(found[~is_plain], expected[~is_plain], ULPS * np.finfo(found.dtype).eps, 0)
    np.testing.assert_array_equal(np.signbit(found[expected == 0]), np.signbit(expected[expected == 0]), str(function))
    with mpmath.workdps(40):
        for at in np.flatnonzero(is_plain):
            numbers = [mpmath.mpf(float(each[at])) for each in given]
            truth = TRUTH[function](*numbers) if function in TRUTH else mpmath.mpf(float(expected[at]))
            unit = mpmath.mpf(float(np.spacing(np.abs(expected[at]))))
            error = abs(mpmath.mpf(float(found[at])) - truth) / unit
            assert error <= ULPS, f"{function}{numbers} is {found[at]!r}, {float(error)} ulp off"


@pytest.mark.parametrize("size", [0, 67], ids=["numbers", "vectors"])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("dtype", FUNCTIONS)
def test_functions_are_numpys(dtype: Any, count: int, size: int) -> None:
    functions = [each for each in FUNCTIONS[dtype] if arity(each) == count]
    given = operands(dtype, count)
    if size:  # whole parts, and each value in one
        given = [np.resize(each, -(-len(each) // size) * size) for each in given]
    for function, found in zip(functions, results(functions, given, size), strict=True):
        require_right(function, given, found)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", range(1, 18))
def test_what_is_left_over_of_vectors_is_right_too(dtype: Any, size: int) -> None:
    functions = [np.exp, np.log, np.tanh, np.sin, np.sqrt, np.floor, np.isnan]
    given = [np.random.default_rng(size).permutation(operands(dtype, 1)[0])]
    count = len(given[0]) // size * size
    for function, found in zip(functions, results(functions, given, size), strict=True):
        require_right(function, [given[0][:count]], found)


@pytest.mark.parametrize("size", [0, 9])
@pytest.mark.parametrize("exponent", [0.5, 0, 1, 2, 3, 4, -1, -2, 1.5])
def test_powers_that_are_written_otherwise(exponent: float, size: int) -> None:
    (x,) = operands(np.float64, 1)
    x = x[: len(x) // 9 * 9]
    (found,) = results([lambda x: x**exponent], [x], size)
    with np.errstate(all="ignore"):
        expected = x**exponent
    is_plain = np.isfinite(expected) & (expected != 0)
    np.testing.assert_array_equal(found[~is_plain], expected[~is_plain])
    assert np.all(np.abs(found[is_plain] - expected[is_plain]) <= ULPS * np.spacing(np.abs(expected[is_plain])))


@pytest.mark.parametrize("size", [0, 6])
@pytest.mark.parametrize("target", FUNCTIONS)
@pytest.mark.parametrize("dtype", FUNCTIONS)
def test_conversions_and_choices(dtype: Any, target: Any, size: int) -> None:
    (x,) = operands(dtype, 1)
    if np.dtype(dtype).kind == "f" and target is np.int64:
        x = x[np.abs(x) < 2**62]  # others are undefined
    x = np.resize(x, 60)
    y, condition = x[::-1].copy(), np.arange(60) % 3 > 0
    (converted,) = results([lambda x: x.astype(target)], [x], size)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(converted, x.astype(target))
    (chosen,) = results([np.where], [condition, x, y.astype(dtype)], size)
    np.testing.assert_array_equal(chosen, np.where(condition, x, y))


@pytest.mark.parametrize(
    ("function", "dtype"), [(np.maximum, np.int64), (np.add, np.bool), (np.less, np.bool), (np.logical_and, np.float64)]
)
def test_what_is_not_known_is_not_lowered(function: Any, dtype: Any) -> None:
    with pytest.raises(NotLowered):
        Program(traced(function, np.ones(3, dtype), np.ones(3, dtype)))
