"""Arithmetic, comparison and rounding: the functions behind Python's operators.

Conventions at kinks: |x| has slope 0 at 0 (the mean of its one-sided slopes, a subgradient). sign,
rounding, comparisons and floor_divide have slope 0 everywhere, where they jump too; remainder and fmod
have the slopes that they have between their jumps.
"""

import numpy as np

from ..arrays import place_of
from ..types import Array
from .batching import stacked
from .table import composite, constant, elementwise

elementwise(np.add, lambda t, y, a, b: t, lambda t, y, a, b: t)
elementwise(np.subtract, lambda t, y, a, b: t, lambda t, y, a, b: -t)
elementwise(np.multiply, lambda t, y, a, b: t * b, lambda t, y, a, b: t * a)
elementwise(np.divide, lambda t, y, a, b: t / b, lambda t, y, a, b: -t * y / b)
elementwise(np.negative, lambda t, y, x: -t)
elementwise(np.positive, lambda t, y, x: t)
elementwise(np.reciprocal, lambda t, y, x: -t * y * y)
elementwise(np.absolute, lambda t, y, x: t * np.sign(x))
elementwise(np.fabs, lambda t, y, x: t * np.sign(x))
elementwise(np.remainder, lambda t, y, a, b: t, lambda t, y, a, b: -t * np.floor_divide(a, b))
elementwise(np.fmod, lambda t, y, a, b: t, lambda t, y, a, b: -t * np.rint((a - y) / b))
elementwise(np.ldexp, lambda t, y, x, exponent: np.ldexp(t, exponent), None)
elementwise(np.conjugate, lambda t, y, x: t)


@composite(np.divmod)
def _divmod(a: Array, b: Array) -> tuple[Array, Array]:
    return np.floor_divide(a, b), np.remainder(a, b)


@composite(np.modf)
def _modf(x: Array) -> tuple[Array, Array]:
    whole = np.trunc(x)
    return x - whole, whole


@composite(np.real)
def _real(val: Array) -> Array:
    return val


@composite(np.imag)
def _imag(val: Array) -> Array:
    return np.zeros_like(val)


@composite(np.real_if_close)
def _real_if_close(a: Array, tol: float = 100) -> Array:
    return a


@composite(np.isreal)
def _isreal(x: Array) -> Array:
    return np.ones_like(place_of(x), bool, shape=x.shape)[()]


@composite(np.iscomplex)
def _iscomplex(x: Array) -> Array:
    return np.zeros(x.shape, bool, like=place_of(x))[()]


@composite(np.angle)
def _angle(z: Array, deg: bool = False) -> Array:
    return np.where(z < 0, 180.0 if deg else np.pi, 0.0)[()].astype(z.dtype)


@composite(np.isposinf)
def _isposinf(x: Array) -> Array:
    return np.logical_and(np.isinf(x), x > 0)


@composite(np.isneginf)
def _isneginf(x: Array) -> Array:
    return np.logical_and(np.isinf(x), x < 0)


for _comparison in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.floor_divide):
    constant(_comparison, layout=2)
for _logical in (np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or, np.bitwise_xor):
    constant(_logical, layout=2)
for _flat in (np.sign, np.signbit, np.floor, np.ceil, np.rint, np.trunc):
    constant(_flat)
for _rounding in (np.round, np.around):
    constant(_rounding, ("decimals",), batch=stacked)
for _test in (np.isnan, np.isinf, np.isfinite, np.logical_not, np.invert):
    constant(_test)


@composite(np.fix)
def _fix(x: Array) -> Array:
    return np.trunc(x)
