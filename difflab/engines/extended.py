"""Products of zero and infinity in derivatives, decided where the mathematics decides them.

At the edge of a domain a partial derivative may be infinite (sqrt at 0), and 0 · ∞ would make NaN of
a derivative that exists. The sweeps run in plain arithmetic; only if a NaN comes out of a finite
function are they run again on `Extended` tangents or cotangents, whose products obey:

* a tangent of 0 times an infinite partial is 0, and, its transpose, an infinite cotangent times a
  partial of 0 is 0. Either the input is not perturbed, or the inner function is stationary where the
  outer one meets the edge of its domain: a local extremum, where 0 is a subgradient (Fermat);
  sqrt(sum(x**2)) at 0 is the commonest case;
* a cotangent of 0 that a selection (np.where, np.maximum) made stays 0, whatever stands in the
  branch that was not taken.

Such a zero has no derivative of its own: an outer transformation finds nan (norm(x) has no second
derivative at 0), unless it came from a selection.

All other products of zero and infinity are indeterminate (sqrt(x) * sqrt(x) at 0) and stay NaN.
Only multiplication by a partial does this: rules that are singular inside their domain, where
Fermat's argument fails (cbrt at 0), divide instead, and a division by zero here gives NaN.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..primitives.primitive import Primitive
from ..primitives.table import TABLE
from ..types import Array
from .dispatch import apply
from .dual import rebuild
from .surface import ArrayValue


class Extended(ArrayValue):
    """A tangent (`forward`) or a cotangent in extended arithmetic."""

    __slots__ = ("data", "forward", "selected")

    def __init__(self, level: int, data: Array, forward: bool, selected: bool = False):
        self.level = level
        self.data = data
        self.forward = forward
        self.selected = selected
        """Whether a selection may have set entries to zero."""

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
        selected = any(x.selected for x, is_mine in zip(operands, mine, strict=True) if is_mine)
        if primitive is TABLE[np.where]:
            selected = True
        elif primitive is TABLE[np.multiply]:
            direction, factor = plain if mine[0] else plain[::-1]
            output = self._product(direction, factor, selected, output)
        elif primitive is TABLE[np.divide]:
            direction, divisor = plain
            output = np.where((divisor == 0) & (direction != 0), np.nan, output)
            output = np.where(direction == 0, 0, output) if selected else output
        if not primitive.multiple:
            return Extended(self.level, output, self.forward, selected)
        return rebuild(output, [Extended(self.level, each, self.forward, selected) for each in output])

    def _product(self, direction: Array, factor: Array, selected: bool, output: Array) -> Array:
        """Settle zero times infinity as zero; as one that has no derivative, for an outer transformation to see."""
        if self.forward:
            return np.where((direction == 0) & ~np.isfinite(factor), _zero_without_slope(direction), output)
        output = np.where(np.isinf(direction) & (factor == 0), _zero_without_slope(factor), output)
        return np.where(direction == 0, 0, output) if selected else output

    def __repr__(self) -> str:
        return f"Extended({self.data!r})"


def _zero_without_slope(vanishing: Array) -> Array:
    """Give 0 where `vanishing` is, with a derivative that is not finite: norm(x) has none of second order at 0."""
    return np.cbrt(vanishing)
