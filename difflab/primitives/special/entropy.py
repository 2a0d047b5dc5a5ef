"""Products with logarithms, entropies, and losses.

Conventions: xlogy(x, y) is 0 at x = 0, so its slope in y is 0 there, at y = 0 too; its slope in x at
y = 0 is -infinity, as is that of rel_entr(p, q) and kl_div(p, q) in p at p = 0; that of entr is
infinity. At p = q = 0 they have the slopes that they have wherever p = q, (1, -1) and (0, 0): these
are subgradients, as both functions are convex.
"""

import numpy as np
from scipy import special

from ...types import Array
from ..table import elementwise


def _quotient(x: Array, y: Array) -> Array:
    """Give x / y, and 0 for 0 / 0."""
    return x / np.where((x == 0) & (y == 0), 1, y)


elementwise(special.xlogy, lambda t, y, x, z: t * np.log(z), lambda t, y, x, z: t * _quotient(x, z))
elementwise(special.xlog1py, lambda t, y, x, z: t * np.log1p(z), lambda t, y, x, z: t * _quotient(x, 1 + z))
elementwise(special.entr, lambda t, y, x: t * (-1 - np.log(x)))


def _likelihoods(p: Array, q: Array) -> tuple[Array, Array]:
    """Take two that are 0 as two that are equal."""
    vanish = (p == 0) & (q == 0)
    return np.where(vanish, 1, p), np.where(vanish, 1, q)


def _log_ratio(p: Array, q: Array) -> Array:
    p, q = _likelihoods(p, q)
    return np.log(p) - np.log(q)


def _ratio(p: Array, q: Array) -> Array:
    p, q = _likelihoods(p, q)
    return p / q


elementwise(special.rel_entr, lambda t, y, p, q: t * (_log_ratio(p, q) + 1), lambda t, y, p, q: t * -_ratio(p, q))
elementwise(special.kl_div, lambda t, y, p, q: t * _log_ratio(p, q), lambda t, y, p, q: t * (1 - _ratio(p, q)))
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
