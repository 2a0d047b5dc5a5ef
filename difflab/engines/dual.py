"""Forward mode: each value carries its tangent.

A dual is a primal x and a tangent ẋ; every primitive maps duals to duals by ẏ = ∂y/∂x · ẋ
(Wengert 1964; Griewank and Walther 2008, table 3.4). Several tangents travel at once as one
`Batch`. None stands for a tangent that is zero.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import explain
from ..primitives.primitive import Primitive
from ..types import Array
from .dispatch import Value, apply
from .refusals import refuse_lost
from .surface import ArrayValue
from .views import Views, note_views


class Dual(ArrayValue):
    """A primal with its tangent, both of the same shape and dtype."""

    __slots__ = ("primal", "tangent", "views")

    def __init__(self, level: int, primal: Array, tangent: Array):
        self.level = level
        self.primal = primal
        self.tangent = tangent
        self.views: Views | None = None

    def hold(self, result: Array) -> None:
        """Take the place of `result`."""
        if type(result) is Dual and result.level == self.level:
            self.primal, self.tangent = result.primal, result.tangent
        else:
            self.primal, self.tangent = result, np.zeros_like(self.tangent)

    @property
    def underlying(self) -> Array:
        """The primal."""
        return self.primal

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to the primals, and its derivative to the tangents."""
        level = self.level
        primals = []
        tangents: list[Array | None] = []
        nested = False
        for operand in operands:
            primal, tangent = operand, None
            if type(operand) is Dual and operand.level == level:
                primal, tangent = operand.primal, operand.tangent
            nested = nested or isinstance(primal, Value)
            primals.append(primal)
            tangents.append(tangent)
        try:
            output = apply(primitive, primals, parameters) if nested else primitive.evaluate(primals, parameters)
            if not primitive.differentiable:
                return output
            tangent = primitive.push(tangents, output, primals, parameters)
        except (TypeError, ValueError) as error:
            explain(primitive.name, primals, error)
            raise
        if not primitive.multiple:
            result = _dual(level, output, tangent)
            if type(output) is not np.float64 and type(result) is Dual:
                note_views(result, output, operands, primals)
            return result
        pairs = zip(output, tangent if tangent is not None else [None] * len(output), strict=True)
        return rebuild(output, [_dual(level, each, direction) for each, direction in pairs])

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, tangent={self.tangent!r})"


def _dual(level: int, primal: Array, tangent: Array | None) -> Array:
    """Make a dual; this is where forward mode undoes what broadcasting and mixed dtypes did to the tangent."""
    if tangent is None:
        return primal
    if primal.dtype.kind != "f":
        refuse_lost(primal.dtype)
        return primal  # integers and booleans carry no derivative
    if tangent.shape != primal.shape:
        tangent = np.broadcast_to(tangent, primal.shape)
    if tangent.dtype != primal.dtype:
        tangent = tangent.astype(primal.dtype)
    return Dual(level, primal, tangent)


def rebuild(example: Any, items: Sequence[Any]) -> Any:
    """Put several results into the kind of tuple or list that the NumPy function returned."""
    if hasattr(example, "_fields"):
        return type(example)(*items)
    return type(example)(items)
