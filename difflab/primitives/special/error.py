"""The error function, the normal distribution, and their relatives (DLMF 7.2, 7.10, 7.12)."""

import math

import numpy as np
from scipy import special

from ...types import Array
from ..table import elementwise

_TWO_BY_ROOT_PI = 2 / math.sqrt(math.pi)
_ROOT_2 = math.sqrt(2)
_ROOT_2_PI = math.sqrt(2 * math.pi)


def _bell(x: Array) -> Array:
    """Give exp(-x²); where x² overflows, it is 0, and nothing to warn of."""
    with np.errstate(over="ignore"):
        return np.exp(-x * x)


elementwise(special.erf, lambda t, y, x: t * (_TWO_BY_ROOT_PI * _bell(x)))
elementwise(special.erfc, lambda t, y, x: t * (-_TWO_BY_ROOT_PI * _bell(x)))
elementwise(special.erfi, lambda t, y, x: t * (_TWO_BY_ROOT_PI * np.exp(x * x)))
elementwise(special.erfinv, lambda t, y, x: t * (np.exp(y * y) / _TWO_BY_ROOT_PI))
elementwise(special.erfcinv, lambda t, y, x: t * (np.exp(y * y) / -_TWO_BY_ROOT_PI))

_FAR = 10.0
_TERMS = 15


def _erfcx(t: Array, y: Array, x: Array) -> Array:
    """Give t * (2xy - 2/√π); where that cancels, from the asymptotic series, DLMF 7.12.1."""
    far = x > _FAR
    u = 0.5 / np.where(far, x, _FAR) / np.where(far, x, _FAR)
    series = 0 * u
    for k in reversed(range(1, _TERMS + 1)):
        series = (1 - 2 * k) * u * (1 + series)
    return t * np.where(far, _TWO_BY_ROOT_PI * series, 2 * x * y - _TWO_BY_ROOT_PI)


elementwise(special.erfcx, _erfcx)
elementwise(special.ndtr, lambda t, y, x: t * (_bell(x / _ROOT_2) / _ROOT_2_PI))
elementwise(special.ndtri, lambda t, y, x: t * (np.exp(0.5 * y * y) * _ROOT_2_PI))


def _log_ndtr(t: Array, y: Array, x: Array) -> Array:
    """Give t * φ(x) / Φ(x): left of 0, where both vanish, from erfcx; right of it, where erfcx overflows, from y."""
    right = x > 0
    left_slope = _TWO_BY_ROOT_PI / _ROOT_2 / special.erfcx(np.where(right, 0, x) / -_ROOT_2)
    right_slope = _bell(np.where(right, x, 0) / _ROOT_2) * np.exp(-np.where(right, y, 0)) / _ROOT_2_PI
    return t * np.where(right, right_slope, left_slope)


elementwise(special.log_ndtr, _log_ndtr)
