"""Products of zero and infinity inside sums of products (matmul, einsum), where they cannot be seen one by one.

Counting finds them: the same sum over indicators of what is infinite, or not finite, is zero where none of its products
is undecided (see `extended`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..primitives.primitive import Primitive
from ..types import Array
from .dispatch import apply

Flag = Any
"""Whether something holds: a truth value, or, of many points, a value that has one for each."""


def contraction(
    primitive: Primitive,
    operands: Sequence[Array],
    parameters: Mapping[str, Any],
    place: int,
    asked: Array,
    singular: Flag,
) -> Array:
    """Sum products of a cotangent with the other operands, its factors.

    A cotangent that is not finite times a factor of 0 is 0, and one that is not asked for is 0 times any factor.

    Args:
        primitive: np.matmul or np.einsum.
        operands: the cotangent and its factors, as plain arithmetic would take them.
        parameters: of the primitive.
        place: which operand is the cotangent.
        asked: which of its entries are asked for.
        singular: whether a division by zero is behind the cotangent, so that a NaN times 0 is NaN.
    """

    def total(cotangent: Array, of_factor: Callable[[Array], Array]) -> Array:
        changed = [cotangent if n == place else of_factor(x) for n, x in enumerate(operands)]
        return apply(primitive, changed, parameters)

    cotangent = operands[place]
    infinite = not_finite(cotangent, singular)
    settled = total(np.where(infinite, 0, cotangent), _finite_part)
    signs = np.where(np.isinf(cotangent), np.sign(cotangent), 0)
    settled = settled + _sum_of_infinities(total, infinite * 1.0, signs)
    counted = asked * 1.0
    undecided = total(counted, _finite) != total(counted, np.ones_like)
    return np.where(undecided, total(cotangent, _as_it_is), settled)


def not_finite(cotangent: Array, singular: Flag) -> Array:
    """Say which entries of a cotangent a factor of 0 makes 0."""
    if singular is False:
        return ~np.isfinite(cotangent)
    return np.isinf(cotangent) | (np.isnan(cotangent) & np.logical_not(singular))


def _sum_of_infinities(
    total: Callable[[Array, Callable[[Array], Array]], Array], infinite: Array, signs: Array
) -> Array:
    """Add up ∞ times the factors where `infinite` is 1: ±∞ if all have one sign, else nan; nan where `signs` has 0.

    Where all of these factors are 0 the sum is 0, and its derivative is not finite.
    """
    size = total(infinite, np.abs)
    difference = total(signs, _as_it_is)
    infinity = np.where(np.abs(difference) == size, np.copysign(np.inf, difference), np.nan)
    slopeless = np.where(total(np.abs(signs), np.ones_like) > 0, zero_without_slope(difference), 0)
    undefined = infinite - np.abs(signs)
    underived = zero_without_derivative(total(undefined, _as_it_is))
    return np.where(size > 0, infinity, np.where(total(undefined, np.ones_like) > 0, underived, slopeless))


def zero_without_slope(vanishing: Array) -> Array:
    """Give 0 where `vanishing` is, with an infinite derivative: norm(x) has none of second order at 0."""
    return np.cbrt(vanishing)


def zero_without_derivative(vanishing: Array) -> Array:
    """Give 0 where `vanishing` is, with a derivative that is not a number, as for norm(x)**2, where it may be any."""
    zero = zero_without_slope(vanishing)
    return zero - zero


def _as_it_is(x: Array) -> Array:
    return x


def _finite(x: Array) -> Array:
    return np.isfinite(x) * 1.0


def _finite_part(x: Array) -> Array:
    return np.where(np.isfinite(x), x, 0)
