"""Powers, roots and lengths.

Conventions at kinks: x ** p has slope 0 in x at x = 0 for p > 1 and for p = 0, 1 for p = 1, and
infinity for 0 < p < 1, as sqrt and cbrt have; its slope in p at x = 0 is 0, and taken as constant
there. For x < 0 it has no slope in p, which is nan. hypot has slope 0 at (0, 0), a subgradient.
"""

import numpy as np

from ..types import Array
from .table import elementwise

elementwise(np.square, lambda t, y, x: t * (2 * x))
elementwise(np.sqrt, lambda t, y, x: t * (0.5 / y))
elementwise(np.cbrt, lambda t, y, x: t / (3 * y) / y)


def _in_base(t: Array, y: Array, base: Array, exponent: Array) -> Array:
    if isinstance(exponent, (int, float)):
        if exponent == 2:
            return t * (2 * base)
        return t * (exponent * base ** (exponent - 1 if exponent else 0))
    unity = (base == 0) & (exponent == 0)  # where 0 * 0 ** -1 would be nan
    return t * (
        exponent * np.where(unity, 1, base) ** (exponent - 1.0)
    )  # an unsigned 0 less the integer 1 would wrap around


def _in_exponent(t: Array, y: Array, base: Array, exponent: Array) -> Array:
    zero = np.equal(base, 0)  # of a number, too, a boolean of NumPy: CuPy's where takes none of Python
    return np.where(zero, 0, t) * (y * np.log(np.where(zero, 1, base)))


elementwise(np.power, _in_base, _in_exponent)
elementwise(np.float_power, _in_base, _in_exponent)


def _cosine(t: Array, y: Array, side: Array) -> Array:
    """Give t * side / y, and 0 where all sides are 0."""
    point = y == 0
    zero = np.cbrt(np.where(point, side, 1))  # its slope there is infinite, as that of the quotient is
    return t * (np.where(point, zero, side) / np.where(point, 1, y))


elementwise(np.hypot, lambda t, y, a, b: _cosine(t, y, a), lambda t, y, a, b: _cosine(t, y, b))
