"""Many values at once: k arrays of one shape, run through a function as one.

A batch looks to the function like a single array of shape `s`; behind it stands an array of shape
`(k, *s)`. It carries several tangents through a forward pass, and several cotangents through a
reverse sweep, for the price of one set of calls.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..primitives.primitive import Elementwise, Primitive
from ..structure import shape_of
from ..types import Array
from .dispatch import apply
from .dual import rebuild
from .surface import ArrayValue


class Batch(ArrayValue):
    """`data.shape[0]` arrays of shape `data.shape[1:]`."""

    __slots__ = ("data",)

    def __init__(self, level: int, data: Array):
        self.level = level
        self.data = data

    @property
    def underlying(self) -> Array:
        """The array with its leading axis."""
        return self.data

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one of the arrays."""
        return shape_of(self.data)[1:]

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to every item, all at once where its row says how, else one by one."""
        batched = [type(operand) is Batch and operand.level == self.level for operand in operands]
        if _is_elementwise(primitive):
            output = apply(primitive, _aligned(operands, batched), parameters)
        else:
            arrays = [
                operand.data if is_batch else operand for operand, is_batch in zip(operands, batched, strict=True)
            ]
            if primitive.batch is not None:
                output = primitive.batch(primitive, arrays, batched, parameters)
            else:
                output = _one_by_one(primitive, arrays, batched, parameters, len(self.data))
        if not primitive.multiple:
            return Batch(self.level, output)
        return rebuild(output, [Batch(self.level, each) for each in output])

    def __repr__(self) -> str:
        return f"Batch({self.data!r})"


def unbatch(value: Array, level: int, count: int) -> Array:
    """Give the array with leading axis behind a batch of `level`; repeat what is no batch `count` times."""
    if type(value) is Batch and value.level == level:
        return value.data
    return np.broadcast_to(value, (count, *np.shape(value)))


def _is_elementwise(primitive: Primitive) -> bool:
    if isinstance(primitive, Elementwise):
        return True
    return isinstance(primitive.function, np.ufunc) and primitive.function.signature is None


def _aligned(operands: Sequence[Array], batched: Sequence[bool]) -> list[Array]:
    """Put each batch's leading axis in front of all axes of the broadcast result."""
    rank = max(len(shape_of(operand)) for operand in operands)
    aligned = []
    for operand, is_batch in zip(operands, batched, strict=True):
        if not is_batch:
            aligned.append(operand)
            continue
        data = operand.data
        if (missing := rank - operand.ndim) > 0:
            data = np.reshape(data, (data.shape[0],) + (1,) * missing + data.shape[1:])
        aligned.append(data)
    return aligned


def _one_by_one(
    primitive: Primitive, arrays: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any], count: int
) -> Any:
    results = []
    for item in range(count):
        picked = [array[item] if is_batch else array for array, is_batch in zip(arrays, batched, strict=True)]
        results.append(apply(primitive, picked, parameters))
    if primitive.multiple:
        return rebuild(results[0], [np.stack(column) for column in zip(*results, strict=True)])
    return np.stack(results)
