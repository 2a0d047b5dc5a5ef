"""Products with logarithms, entropies, and losses.

Conventions: xlogy(x, y) is 0 at x = 0, so its slope in y is 0 there, at y = 0 too; its slope in x at
y = 0 is -infinity, as is that of rel_entr and kl_div at x = 0; that of entr is infinity. huber has
the slope of its parabola and of its line where they meet, which is the same.
"""

import numpy as np
from scipy import special

from ...types import Array
from ..table import elementwise


def _quotient(x: Array, y: Array) -> Array:
    """Give x / y, and 0 for 0 / 0."""
    return x / np.where((x == 0) & (y == 0), 1, y)


def _log_quotient(x: Array, y: Array) -> Array:
    """Give log(x / y), accurate near x = y, and of roots, whose quotient neither overflows nor underflows."""
    return 2 * np.log(np.sqrt(x) / np.sqrt(y))


elementwise(special.xlogy, lambda t, y, x, z: t * np.log(z), lambda t, y, x, z: t * _quotient(x, z))
elementwise(special.xlog1py, lambda t, y, x, z: t * np.log1p(z), lambda t, y, x, z: t * _quotient(x, 1 + z))
elementwise(special.entr, lambda t, y, x: t * (-1 - np.log(x)))
elementwise(
    special.rel_entr,
    lambda t, y, p, q: t * (_log_quotient(p, q) + 1),
    lambda t, y, p, q: t * -_quotient(p, q),
)
elementwise(
    special.kl_div,
    lambda t, y, p, q: t * _log_quotient(p, q),
    lambda t, y, p, q: t * (1 - _quotient(p, q)),
)
elementwise(
    special.huber,
    lambda t, y, delta, r: np.where(np.abs(r) > delta, t * (np.abs(r) - delta), 0),
    lambda t, y, delta, r: t * np.clip(r, -delta, delta),
)
elementwise(
    special.pseudo_huber,
    lambda t, y, delta, r: t * _in_delta(delta, r),
    lambda t, y, delta, r: t * (r / np.hypot(1, r / delta)),
)


def _in_delta(delta: Array, r: Array) -> Array:
    """Give ∂/∂δ of δ² (s - 1), s = √(1 + (r/δ)²), as δ (s - 1)² / s: nothing cancels, s - 1 being (r/δ)² / (s + 1)."""
    square = np.square(r / delta)
    root = np.sqrt(1 + square)
    return delta * np.square(square / (1 + root)) / root
