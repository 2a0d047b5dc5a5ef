"""Many values at once: k arrays of one shape, run through a function as one.

A batch looks to the function like a single array of shape `s`; behind it stands an array of shape
`(k, *s)`. It carries several tangents through a forward pass, and several cotangents through a
reverse sweep, for the price of one set of calls.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..primitives.batching import aligned
from ..primitives.primitive import Elementwise, Primitive
from ..structure import shape_of
from ..types import Array
from .dispatch import apply
from .dual import rebuild
from .surface import ArrayValue


class Stacked(ArrayValue):
    """`data.shape[0]` arrays of shape `data.shape[1:]`."""

    __slots__ = ()

    data: Array

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
        kind, level = type(self), self.level
        batched = [type(operand) is kind and operand.level == level for operand in operands]
        arrays = [operand.data if is_batch else operand for operand, is_batch in zip(operands, batched, strict=True)]
        if _is_elementwise(primitive):
            output = apply(primitive, aligned(arrays, batched), parameters)
        elif primitive.batch is not None:
            output = primitive.batch(primitive, arrays, batched, parameters)
        else:
            output = _one_by_one(primitive, arrays, batched, parameters, len(self.data))
        if not primitive.multiple:
            return kind(level, output)
        return rebuild(output, [kind(level, each) for each in output])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.data!r})"


class Batch(Stacked):
    """Directions: tangents or cotangents."""

    __slots__ = ("data",)


def unbatch(value: Array, level: int, count: int) -> Array:
    """Give the array with leading axis behind a batch of `level`; repeat what is no batch `count` times."""
    if isinstance(value, Stacked) and value.level == level:
        return value.data
    return np.broadcast_to(value, (count, *np.shape(value)))


def _is_elementwise(primitive: Primitive) -> bool:
    if isinstance(primitive, Elementwise):
        return True
    return isinstance(primitive.function, np.ufunc) and primitive.function.signature is None


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
