"""Arithmetic, comparison and rounding: the functions behind Python's operators.

Conventions at kinks: |x| has slope 0 at 0 (the mean of its one-sided slopes, a subgradient). x ** p
has slope 0 at x = 0 for p > 1 and for p = 0, 1 for p = 1, and infinity for 0 < p < 1; its slope in p
at x = 0 is 0. floor, ceil, rint, trunc and sign are flat wherever they are differentiable.
"""

import numpy as np

from ..types import Array
from .table import constant, elementwise

elementwise(np.add, lambda t, y, a, b: t, lambda t, y, a, b: t)
elementwise(np.subtract, lambda t, y, a, b: t, lambda t, y, a, b: -t)
elementwise(np.multiply, lambda t, y, a, b: t * b, lambda t, y, a, b: t * a)
elementwise(np.divide, lambda t, y, a, b: t / b, lambda t, y, a, b: -t * y / b)
elementwise(np.negative, lambda t, y, x: -t)
elementwise(np.positive, lambda t, y, x: t)
elementwise(np.square, lambda t, y, x: t * (2 * x))
elementwise(np.reciprocal, lambda t, y, x: -t * y * y)
elementwise(np.absolute, lambda t, y, x: t * np.sign(x))
elementwise(np.fabs, lambda t, y, x: t * np.sign(x))
elementwise(np.remainder, lambda t, y, a, b: t, lambda t, y, a, b: -t * np.floor(a / b))
elementwise(np.fmod, lambda t, y, a, b: t, lambda t, y, a, b: -t * np.trunc(a / b))


def _power_in_base(t: Array, y: Array, base: Array, exponent: Array) -> Array:
    if isinstance(exponent, int) and exponent == 2:
        return t * (2 * base)
    return t * (exponent * base ** np.where(exponent == 0, 1, exponent - 1))


def _power_in_exponent(t: Array, y: Array, base: Array, exponent: Array) -> Array:
    return t * np.where(base == 0, 0, y * np.log(np.where(base == 0, 1, base)))


elementwise(np.power, _power_in_base, _power_in_exponent)
elementwise(np.float_power, _power_in_base, _power_in_exponent)

for _comparison in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal):
    constant(_comparison, layout=2)
for _logical in (np.logical_and, np.logical_or, np.logical_xor, np.floor_divide, np.bitwise_and, np.bitwise_or, np.bitwise_xor):
    constant(_logical, layout=2)
for _flat in (np.sign, np.floor, np.ceil, np.rint, np.trunc, np.isnan, np.isinf, np.isfinite, np.signbit):
    constant(_flat)
for _logical in (np.logical_not, np.invert):
    constant(_logical)
