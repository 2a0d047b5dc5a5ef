"""np.sinc and its derivatives of every order, accurate at and near 0."""

import math

import numpy as np

from ..types import Array
from .dispatching import dispatching
from .table import elementwise

_TERMS = 20


@dispatching
def sinc_derivative(x: Array, order: int) -> Array:
    """Give the derivative of sin(πx)/(πx) of `order` ≥ 1, entry by entry, in the dtype of `x`.

    With z = πx and f(z) = sin(z)/z, differentiating z·f = sin(z) n times gives
    z·f⁽ⁿ⁾ + n·f⁽ⁿ⁻¹⁾ = sin(z + nπ/2); where z is small, that cancels, and the Taylor series is summed.
    """
    z: Array = np.pi * x
    near = np.abs(z) < 1 + order / 2
    value: Array = np.where(near, _series(np.where(near, z, 0), order), _recurrence(np.where(near, 1, z), order))
    return (np.pi**order * value)[()]


def _recurrence(z: Array, order: int) -> Array:
    sine, cosine = np.sin(z), np.cos(z)
    turned = (sine, cosine, -sine, -cosine)
    value = sine / z
    for n in range(1, order + 1):
        value = (turned[n % 4] - n * value) / z
    return value


def _series(z: Array, order: int) -> Array:
    """Sum (-1)ᵏ z²ᵏ⁻ⁿ / ((2k + 1) (2k - n)!) over 2k ≥ n, by Horner's rule in z²."""
    first = (order + 1) // 2
    total = 0 * z
    for k in reversed(range(first, first + _TERMS)):
        total = total * (z * z) + (-1) ** k / ((2 * k + 1) * math.factorial(2 * k - order))
    return total * z if order % 2 else total


elementwise(np.sinc, lambda t, y, x: t * sinc_derivative(x, order=1))
elementwise(sinc_derivative, lambda t, y, x, order: t * sinc_derivative(x, order=order + 1), parameters=("order",))
