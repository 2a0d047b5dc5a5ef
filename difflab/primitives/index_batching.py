"""How indexing and item assignment run with a leading batch axis; see `batching`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .batching import item_by_item, with_rank
from .index_template import HOLE, Template, is_mask

Flags = Sequence[bool]
Parameters = Mapping[str, Any]


def batch_gather(primitive: Any, operands: Sequence[Array], batched: Flags, parameters: Parameters) -> Array:
    """Give `x[index]` for each item."""
    x, *arrays = operands
    template = parameters["template"]
    if not any(batched[1:]):
        found = primitive.evaluate([x, *arrays], {"template": (slice(None), *template)})
        return np.moveaxis(found, _axes_in_front(template, arrays), 0)
    if not _are_numbers(template, arrays):
        return item_by_item(primitive, operands, batched, parameters)
    arrays = _aligned(arrays, batched[1:])
    if not batched[0]:
        return primitive.evaluate([x, *arrays], parameters)
    return primitive.evaluate([x, _rows(arrays), *arrays], {"template": (HOLE, *template)})


def batch_scatter(primitive: Any, operands: Sequence[Array], batched: Flags, parameters: Parameters) -> Array:
    """Add values at the index for each item."""
    values, *arrays = operands
    template, count = parameters["template"], _count(operands, batched)
    whole = {**parameters, "shape": (count, *parameters["shape"])}
    if not any(batched[1:]):
        values = np.moveaxis(values, 0, _axes_in_front(template, arrays))
        return primitive.evaluate([values, *arrays], {**whole, "template": (slice(None), *template)})
    if not _are_numbers(template, arrays):
        return item_by_item(primitive, operands, batched, parameters)
    values = values if batched[0] else np.broadcast_to(values, (count, *values.shape))
    arrays = _aligned(arrays, batched[1:])
    return primitive.evaluate([values, _rows(arrays), *arrays], {**whole, "template": (HOLE, *template)})


def batch_replace(primitive: Any, operands: Sequence[Array], batched: Flags, parameters: Parameters) -> Array:
    """Write values at the index for each item."""
    x, values, *arrays = operands
    template = parameters["template"]
    if any(batched[2:]) and not _are_numbers(template, arrays):
        return item_by_item(primitive, operands, batched, parameters)
    if not batched[0]:
        x = np.broadcast_to(x, (_count(operands, batched), *np.shape(x)))
    if any(batched[2:]):
        arrays = _aligned(arrays, batched[2:])
        arrays, template, front = [_rows(arrays), *arrays], (HOLE, *template), 0
    else:
        template, front = (slice(None), *template), _axes_in_front(template, arrays)
    if front and not batched[1]:
        values = np.broadcast_to(values, (len(x), *np.shape(values)))
    if front or batched[1]:
        rank = _rank(x.shape, template, arrays)
        if np.ndim(values) > rank:
            return item_by_item(primitive, operands, batched, parameters)
        missing = (1,) * (rank - np.ndim(values))
        values = np.moveaxis(np.reshape(values, (len(values), *missing, *values.shape[1:])), 0, front)
    return primitive.evaluate([x, values, *arrays], {"template": template})


def _count(operands: Sequence[Array], batched: Flags) -> int:
    return next(len(x) for x, is_batch in zip(operands, batched, strict=True) if is_batch)


def _axes_in_front(template: Template, arrays: Sequence[Array]) -> int:
    """Count the axes that NumPy puts in front of a leading batch axis: the index arrays', if they stand apart."""
    advanced = [n for n, part in enumerate(template) if part is HOLE or isinstance(part, (int, np.integer))]
    if HOLE not in template or advanced[-1] - advanced[0] == len(advanced) - 1:
        return 0
    return max(1 if is_mask(array) else np.ndim(array) for array in arrays)


def _are_numbers(template: Template, arrays: Sequence[Array]) -> bool:
    """Say whether an index is one of arrays of whole numbers for the first axes, and slices for others."""
    holes = sum(part is HOLE for part in template)
    rest = template[holes:]
    return (
        all(part is HOLE for part in template[:holes])
        and all(isinstance(part, slice) for part in rest)
        and not any(map(is_mask, arrays))
    )


def _aligned(arrays: Sequence[Array], batched: Flags) -> list[Array]:
    """Give index arrays that broadcast behind a leading batch axis."""
    rank = max(np.ndim(array) - is_batch for array, is_batch in zip(arrays, batched, strict=True))
    return [with_rank(array, rank) if is_batch else array for array, is_batch in zip(arrays, batched, strict=True)]


def _rows(aligned: Sequence[Array]) -> Array:
    """Give the numbers of the items as an index array beside others, of which one has the batch axis."""
    rank = max(np.ndim(array) for array in aligned)
    count = next(len(array) for array in aligned if np.ndim(array) == rank)
    return np.reshape(np.arange(count, like=place_of(*aligned)), (count, *(1,) * (rank - 1)))


def _rank(shape: tuple[int, ...], template: Template, arrays: Sequence[Array]) -> int:
    """Count the axes of `x[index]`."""
    taken = sum(1 for part in template if part is not None and part is not Ellipsis and part is not HOLE)
    added = sum(part is None for part in template) + sum(isinstance(part, slice) for part in template)
    masks = [array for array in arrays if is_mask(array)]
    taken += len(arrays) - len(masks) + sum(map(np.ndim, masks))
    advanced = max((1 if is_mask(array) else np.ndim(array) for array in arrays), default=0)
    return len(shape) - taken + added + advanced
