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


def contraction(
    primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any], place: int, asked: Array
) -> Array:
    """Sum products of a cotangent with the other operands, its factors.

    An infinite cotangent times a factor of 0 is 0, and a cotangent that is not asked for is 0 times any factor.

    Args:
        primitive: np.matmul or np.einsum.
        operands: the cotangent and its factors, as plain arithmetic would take them.
        parameters: of the primitive.
        place: which operand is the cotangent.
        asked: which of its entries are asked for.
    """

    def total(cotangent: Array, of_factor: Callable[[Array], Array]) -> Array:
        changed = [cotangent if n == place else of_factor(x) for n, x in enumerate(operands)]
        return apply(primitive, changed, parameters)

    cotangent = operands[place]
    infinite = np.isinf(cotangent)
    settled = total(np.where(infinite, 0, cotangent), _finite_part)
    settled = settled + _sum_of_infinities(total, np.where(infinite, np.sign(cotangent), 0))
    counted = asked * 1.0
    undecided = total(counted, _finite) != total(counted, np.ones_like)
    return np.where(undecided, total(cotangent, _as_it_is), settled)


def _sum_of_infinities(total: Callable[[Array, Callable[[Array], Array]], Array], signs: Array) -> Array:
    """Add up ∞ times the factors at `signs` (0 where the cotangent is finite): ±∞ if all have one sign, else nan.

    Where all of these factors are 0 the sum is 0, and its derivative is not finite.
    """
    size = total(np.abs(signs), np.abs)
    difference = total(signs, _as_it_is)
    infinity = np.where(np.abs(difference) == size, np.copysign(np.inf, difference), np.nan)
    slopeless = np.where(total(np.abs(signs), np.ones_like) > 0, np.cbrt(difference), 0)
    return np.where(size > 0, infinity, slopeless)


def _as_it_is(x: Array) -> Array:
    return x


def _finite(x: Array) -> Array:
    return np.isfinite(x) * 1.0


def _finite_part(x: Array) -> Array:
    return np.where(np.isfinite(x), x, 0)
