"""Products of zero and infinity in derivatives, decided where the mathematics decides them.

At the edge of a domain a partial derivative may be infinite (sqrt at 0), and 0 · ∞ would make NaN of
a derivative that exists. The sweeps run in plain arithmetic; only if a NaN comes out of a finite
function are they run again on `Extended` tangents or cotangents, whose products obey:

* a tangent of 0 times an infinite partial is 0, and, its transpose, a cotangent that is not finite times
  a partial of 0 is 0. Either the input is not perturbed, or the inner function is stationary where the
  outer one meets the edge of its domain: a local extremum, where 0 is a subgradient (Fermat);
  sqrt(sum(x**2)) at 0 is the commonest case, and its square, whose cotangent is 0 · ∞ on the way;
* a cotangent that is not asked for (see `asked`) stays 0, whatever stands behind it: in the branch that
  a selection (np.where, np.maximum) did not take, or in an output of weight 0.

Such a zero has no derivative of its own: an outer transformation finds nan (norm(x) has no second
derivative at 0), unless it was not asked for.

All other products of zero and infinity are indeterminate (sqrt(x) * sqrt(x) at 0) and stay NaN.
Only multiplication by a partial does this: rules that are singular inside their domain, where
Fermat's argument fails (cbrt at 0), divide instead, and a division by zero here gives a NaN that stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..primitives.primitive import Primitive
from ..primitives.table import TABLE
from ..structure import shape_of
from ..types import Array
from .asked import asked_after
from .contractions import Flag, contraction, not_finite, zero_without_derivative, zero_without_slope
from .dispatch import apply
from .dual import rebuild
from .surface import ArrayValue


class Extended(ArrayValue):
    """A tangent (`forward`) or a cotangent in extended arithmetic."""

    __slots__ = ("asked", "data", "forward", "singular")

    def __init__(self, level: int, data: Array, forward: bool, asked: Array | None = None, singular: Flag = False):
        self.level = level
        self.data = data
        self.forward = forward
        self.asked = data != 0 if asked is None else asked
        """Of a cotangent, which entries are asked for; by default, to begin with, those that are not 0."""
        self.singular = singular
        """Whether a division by zero is behind it: then a NaN stays one."""

    @property
    def underlying(self) -> Array:
        """The plain tangent or cotangent."""
        return self.data

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive; settle the products that plain arithmetic leaves undecided."""
        mine = [type(operand) is Extended and operand.level == self.level for operand in operands]
        plain = [operand.data if is_mine else operand for operand, is_mine in zip(operands, mine, strict=True)]
        output = apply(primitive, plain, parameters)
        if not primitive.differentiable:
            return output
        if primitive.multiple:
            return rebuild(
                output,
                [
                    Extended(self.level, each, self.forward, np.ones_like(place_of(each), bool, shape=shape_of(each)))
                    for each in output
                ],
            )
        flags = [operand.asked if is_mine else None for operand, is_mine in zip(operands, mine, strict=True)]
        asked = asked_after(primitive, plain, flags, parameters, output)
        if self.forward:
            settled = _settled_forward(primitive, plain, mine, output)
            return Extended(self.level, np.where(asked, settled, 0), True, asked)
        singular = _either(operand.singular for operand, is_mine in zip(operands, mine, strict=True) if is_mine)
        if primitive in (TABLE[np.matmul], TABLE[np.einsum]):
            place = mine.index(True)
            output = contraction(primitive, plain, parameters, place, operands[place].asked, singular)
        else:
            output = _settled_reverse(primitive, plain, mine, output, singular)
        if primitive is TABLE[np.divide]:
            singular = _either([singular, np.any(plain[1] == 0)])
        return Extended(self.level, np.where(asked, output, 0), False, asked, singular)

    def __repr__(self) -> str:
        return f"Extended({self.data!r})"


def _either(flags: Iterable[Flag]) -> Flag:
    """Say whether one of some flags holds, at each point."""
    total: Flag = False
    for flag in flags:
        if flag is not False:
            total = flag if total is False else total | flag
    return total


def _settled_forward(primitive: Primitive, plain: Sequence[Array], mine: Sequence[bool], output: Array) -> Array:
    """Settle a tangent of 0 times a partial that is not finite."""
    if primitive is TABLE[np.multiply]:
        tangent, factor = plain if mine[0] else plain[::-1]
        return np.where((tangent == 0) & ~np.isfinite(factor), zero_without_slope(tangent), output)
    return output


def _settled_reverse(
    primitive: Primitive, plain: Sequence[Array], mine: Sequence[bool], output: Array, singular: Flag
) -> Array:
    """Settle a cotangent that is not finite times a partial of 0."""
    if primitive is TABLE[np.multiply]:
        cotangent, factor = plain if mine[0] else plain[::-1]
        zero = np.where(np.isnan(cotangent), zero_without_derivative(factor), zero_without_slope(factor))
        return np.where(not_finite(cotangent, singular) & (factor == 0), zero, output)
    if primitive is TABLE[np.divide]:
        cotangent, divisor = plain
        return np.where((divisor == 0) & (cotangent != 0), output * np.nan, output)  # which has no derivative either
    return output
