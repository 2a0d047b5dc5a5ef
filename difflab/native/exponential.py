"""The exponential function, and a logarithm, without branches, so that loops over it become vector instructions.

exp(x) = 2ᵏ exp(r), where k is the integer nearest to x / log 2, and r = x - k log 2 takes log 2 in two parts (Cody and
Waite, Software Manual for the Elementary Functions, 1980, chapter 6). The Taylor series of exp(r) - 1 is summed, as |r|
is under 0.35. Values are right to two units in the last place, in single and in double.
"""

import math
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic, overload

CAREFUL = {"contract", "nsz", "arcp"}
"""What compiled arithmetic may do: nothing that loses a NaN or an infinity, or that sums in another order."""


@intrinsic
def _number_of_bits(typing_context: Any, bits: Any) -> Any:
    """Take the bits of an integer for those of a floating-point number."""
    number = types.float32 if bits == types.int32 else types.float64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(signature.return_type))

    return number(bits), generate


def _parts(
    real: Any,
    integer: Any,
    mantissa: int,
    bias: int,
    limits: tuple[float, float],
    terms: int,
    log_2: tuple[float, float],
) -> Any:
    """Make the function that gives a, b, c with exp(x) = a b (1 + c), a and b powers of two, neither of them too small.

    Args:
        real: the type of x.
        integer: the integers of its size.
        mantissa: how many bits stand below the exponent of a power of two.
        bias: what is added to that exponent.
        limits: below and above them exp(x) is 0 and infinite.
        terms: how many the series has.
        log_2: a part of log 2 with so few digits that its product with k is exact, and the rest.
    """
    lowest, highest = map(real, limits)
    high, low = map(real, log_2)
    per_log_2, half = real(1 / math.log(2)), real(0.5)
    coefficients = tuple(real(1 / math.factorial(n)) for n in range(terms, 0, -1))

    @numba.njit(fastmath=CAREFUL, error_model="numpy")
    def power_of_two(k: Any) -> Any:
        return _number_of_bits(integer((integer(k) + integer(bias)) << integer(mantissa)))

    @numba.njit(fastmath=CAREFUL, error_model="numpy")
    def parts(x: Any) -> Any:
        x = lowest if x < lowest else x  # in this form a NaN stays one
        x = highest if x > highest else x
        nearest = np.floor(x * per_log_2 + half)
        r = (x - nearest * high) - nearest * low
        series = coefficients[0]
        for n in range(1, terms):
            series = series * r + coefficients[n]
        k = np.int32(nearest)
        part = k >> np.int32(1)
        return power_of_two(part), power_of_two(k - part), series * r

    return parts


_SINGLE = _parts(np.float32, np.int32, 23, 127, (-104.0, 89.0), 7, (0.693359375, -2.1219444005469058e-4))
_DOUBLE = _parts(np.float64, np.int64, 52, 1023, (-746.0, 710.0), 13, (0.6931471803691238, 1.9082149292705877e-10))


def exp(x: float) -> float:
    """Give e to the power of x in the precision of x; for compiled functions."""
    raise NotImplementedError


def exp_and_expm1(x: float) -> tuple[float, float]:
    """Give exp(x) and exp(x) - 1, each with all digits where it is small; for compiled functions."""
    raise NotImplementedError


def log1p(x: float) -> float:
    """Give log(1 + x) for x from 0 to 1; for compiled functions."""
    raise NotImplementedError


@overload(exp, jit_options={"fastmath": CAREFUL, "error_model": "numpy"})
def _exp(x: Any) -> Any:
    parts = _SINGLE if x == types.float32 else _DOUBLE

    def compiled(x: Any) -> Any:
        a, b, c = parts(x)
        return (a + a * c) * b

    return compiled


@overload(exp_and_expm1, jit_options={"fastmath": CAREFUL, "error_model": "numpy"})
def _exp_and_expm1(x: Any) -> Any:
    parts, one = (_SINGLE, np.float32(1)) if x == types.float32 else (_DOUBLE, np.float64(1))

    def compiled(x: Any) -> Any:
        a, b, c = parts(x)
        return (a + a * c) * b, (a * c) * b + (a * b - one)

    return compiled


@overload(log1p, jit_options={"fastmath": CAREFUL, "error_model": "numpy"})
def _log1p(x: Any) -> Any:
    """By the series of 2 artanh(z) for z = x / (2 + x), which is at most 1/3."""
    real, terms = (np.float32, 8) if x == types.float32 else (np.float64, 17)
    coefficients = tuple(real(2 / (2 * n + 1)) for n in range(terms, -1, -1))

    def compiled(x: Any) -> Any:
        z = x / (real(2) + x)
        square = z * z
        series = coefficients[0]
        for n in range(1, terms + 1):
            series = series * square + coefficients[n]
        return z * series

    return compiled
