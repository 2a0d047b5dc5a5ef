"""Exponentials and logarithms, log(exp(a) + exp(b)), and the Bessel function that NumPy has.

Conventions: where two operands of logaddexp are the same infinity, they share the slope equally, as
they do where they are equal and finite.
"""

import math
from typing import Any

import numpy as np

from ..types import Array
from .batching import over_axis
from .layout import Layout
from .reductions import restore
from .table import elementwise, general

_LOG_2 = math.log(2)
_LOG_10 = math.log(10)

elementwise(np.exp, lambda t, y, x: t * y)
elementwise(np.exp2, lambda t, y, x: t * (y * _LOG_2))
elementwise(np.expm1, lambda t, y, x: t * np.exp(x))  # 1 + y would lose all digits of exp(-40)
elementwise(np.log, lambda t, y, x: t * (1 / x))
elementwise(np.log2, lambda t, y, x: t * (1 / _LOG_2 / x))
elementwise(np.log10, lambda t, y, x: t * (1 / _LOG_10 / x))
elementwise(np.log1p, lambda t, y, x: t * (1 / (1 + x)))


def _share(a: Array, b: Array, exponential: Any) -> Array:
    """Give e^a / (e^a + e^b) from e^-|a - b|, which neither overflows nor loses the digits of a small share."""
    both_infinite = np.isinf(a) & (a == b)
    gap = np.where(both_infinite, 0, a) - np.where(both_infinite, 0, b)
    smaller = exponential(np.where(gap >= 0, -gap, gap))
    return np.where(gap >= 0, 1, smaller) / (1 + smaller)


elementwise(
    np.logaddexp,
    lambda t, y, a, b: t * _share(a, b, np.exp),
    lambda t, y, a, b: t * _share(b, a, np.exp),
)
elementwise(
    np.logaddexp2,
    lambda t, y, a, b: t * _share(a, b, np.exp2),
    lambda t, y, a, b: t * _share(b, a, np.exp2),
)


def _shares(y: Array, x: Array, axis: Any, keepdims: Any) -> Array:
    """Give the softmax of x, by way of y = log(sum(exp(x))), in which equal infinities share equally."""
    total = restore(y, x, axis, keepdims)
    scaled = np.exp(np.where(x == total, 0, x - total))
    return scaled / restore(np.sum(scaled, axis, keepdims=keepdims), x, axis, keepdims)


def _reduced_jvp(tangents: Any, y: Array, x: Array, axis: Any = 0, keepdims: Any = False) -> Array:
    return np.sum(tangents[0] * _shares(y, x, axis, keepdims), axis, keepdims=keepdims)


def _reduced_vjp(g: Array, position: int, y: Array, x: Array, axis: Any = 0, keepdims: Any = False) -> Array:
    return restore(g, x, axis, keepdims) * _shares(y, x, axis, keepdims)


general(
    np.logaddexp.reduce,
    _reduced_jvp,
    _reduced_vjp,
    layout=Layout(np.logaddexp.reduce, 1, ("axis", "keepdims")),
    batch=over_axis(default=0),
)


def _i0(t: Array, y: Array, x: Array) -> Array:
    from scipy import special  # its import takes long

    return t * special.i1(x)


elementwise(np.i0, _i0)
