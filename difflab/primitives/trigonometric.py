"""Trigonometric and hyperbolic functions and their inverses, angles in degrees.

Conventions: arctan2 has slope 0 at (0, 0), where it jumps. arcsin, arccos, arccosh and arctanh have
infinite slope at the edges of their domains.
"""

import numpy as np

from ..types import Array
from .table import elementwise

elementwise(np.sin, lambda t, y, x: t * np.cos(x))
elementwise(np.cos, lambda t, y, x: -t * np.sin(x))
elementwise(np.tan, lambda t, y, x: t * (1 + y * y))
elementwise(np.arcsin, lambda t, y, x: t * (1 / np.sqrt((1 - x) * (1 + x))))
elementwise(np.arccos, lambda t, y, x: t * (-1 / np.sqrt((1 - x) * (1 + x))))


def _arctan(t: Array, y: Array, x: Array) -> Array:
    with np.errstate(over="ignore"):  # where x² overflows, the slope is below the smallest number
        return t / (1 + x * x)


elementwise(np.arctan, _arctan)


def _turn(t: Array, side: Array, other: Array) -> Array:
    """Give t * side / (side² + other²), and 0 where both are 0."""
    length = np.hypot(side, other)
    point = length == 0
    length = np.where(point, 1, length)
    return t * (np.where(point, 0, side) / length / length)


elementwise(np.arctan2, lambda t, y, a, b: _turn(t, b, a), lambda t, y, a, b: -_turn(t, a, b))

elementwise(np.sinh, lambda t, y, x: t * np.cosh(x))
elementwise(np.cosh, lambda t, y, x: t * np.sinh(x))


def _tanh(t: Array, y: Array, x: Array) -> Array:
    """Give t / cosh² by way of exp(-2|x|): 1 - y² would lose all digits from |x| = 19, cosh overflow from 710."""
    decay = np.exp(np.where(x >= 0, -2 * x, 2 * x))
    return t * (4 * decay / np.square(1 + decay))


elementwise(np.tanh, _tanh)
elementwise(np.arcsinh, lambda t, y, x: t / np.hypot(1, x))
elementwise(np.arccosh, lambda t, y, x: t * (1 / np.sqrt(x - 1) / np.sqrt(x + 1)))
elementwise(np.arctanh, lambda t, y, x: t * (1 / (1 - x) / (1 + x)))

for _scale in (np.deg2rad, np.radians, np.rad2deg, np.degrees):
    elementwise(_scale, lambda t, y, x, scale=_scale: scale(t))
