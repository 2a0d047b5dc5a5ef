"""How primitives run with a leading batch axis.

A batch rule is called as `rule(primitive, operands, batched, parameters)`, where the operands
marked in `batched` have one more axis, in front; its result has that axis in front too.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..structure import shape_of
from ..types import Array

BatchRule = Callable[[Any, Sequence[Array], Sequence[bool], Mapping[str, Any]], Any]


def stacked(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Any:
    """For functions of one operand that NumPy itself runs over leading axes (np.linalg.inv)."""
    return primitive.evaluate(operands, parameters)


def entrywise(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Any:
    """For functions that act entry by entry, their operands broadcast together: batch axes go in front of all axes."""
    return primitive.evaluate(aligned(operands, batched), parameters)


def aligned(operands: Sequence[Array], batched: Sequence[bool]) -> list[Array]:
    """Put each batch axis in front of all axes of the broadcast result."""
    rank = max(len(shape_of(x)) - is_batch for x, is_batch in zip(operands, batched, strict=True))
    return [with_rank(x, rank) if is_batch else x for x, is_batch in zip(operands, batched, strict=True)]


def with_rank(batch: Array, rank: int) -> Array:
    """Give the arrays behind a leading batch axis `rank` axes each, by new ones in front."""
    missing = rank - (batch.ndim - 1)
    return np.reshape(batch, batch.shape[:1] + (1,) * missing + batch.shape[1:]) if missing else batch


def over(position: int) -> BatchRule:
    """For functions that NumPy itself runs over all axes of one operand (np.searchsorted)."""

    def rule(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Any:
        alone = all(is_batch == (n == position) for n, is_batch in enumerate(batched))
        return (stacked if alone else item_by_item)(primitive, operands, batched, parameters)

    return rule


def over_axis(name: str = "axis", default: Any = None) -> BatchRule:
    """For functions of one operand with an axis argument (np.sum): shift it past the batch axis."""

    def rule(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Any:
        rank = np.ndim(operands[0]) - 1
        shifted = shift(parameters.get(name, default), rank)
        return primitive.evaluate(operands, {**parameters, name: shifted})

    return rule


def over_joined_axis(default: int = 0, new_axis: bool = False) -> BatchRule:
    """For functions of several operands along an axis (np.concatenate, np.stack)."""

    def rule(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Any:
        count = next(len(x) for x, is_batch in zip(operands, batched, strict=True) if is_batch)
        filled = [
            x if is_batch else np.broadcast_to(x, (count, *np.shape(x)))
            for x, is_batch in zip(operands, batched, strict=True)
        ]
        rank = np.ndim(filled[0]) - 1 + new_axis
        return primitive.evaluate(filled, {**parameters, "axis": shift(parameters.get("axis", default), rank)})

    return rule


def item_by_item(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    """For the rare case that a batch rule does not cover."""
    count = next(len(x) for x, is_batch in zip(operands, batched, strict=True) if is_batch)
    rows = zip(*(x if is_batch else [x] * count for x, is_batch in zip(operands, batched, strict=True)), strict=True)
    return np.stack([primitive.evaluate(row, parameters) for row in rows])


def shift(axis: Any, rank: int) -> Any:
    """Move axis numbers of an array of `rank` axes one further; None is all of them."""
    if axis is None:
        return tuple(range(1, rank + 1))
    if isinstance(axis, (tuple, list)):
        return tuple(shift(each, rank) for each in axis)
    return int(axis) % rank + 1 if rank else 1


def along_axis(default: Any = None) -> BatchRule:
    """For functions of one operand along one axis, None of which means: of all entries in a row (np.cumsum).

    Those that keep dimensions (np.argmax) then have as many axes as before.
    """

    def rule(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Any:
        (x,) = operands
        axis = parameters.get("axis", default)
        if axis is None:
            found = primitive.evaluate([np.reshape(x, (len(x), math.prod(x.shape[1:])))], {**parameters, "axis": 1})
            return with_rank(found, np.ndim(x) - 1) if parameters.get("keepdims") else found
        return primitive.evaluate([x], {**parameters, "axis": shift(axis, np.ndim(x) - 1)})

    return rule
