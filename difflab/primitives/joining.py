"""Joining arrays, and splitting them again."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import along, as_array, axis_number
from .batching import over_joined_axis
from .layout import SequenceLayout
from .table import composite, linear


def _stack_transpose(g: Array, position: int, *arrays: Array, axis: int = 0) -> Array:
    return g[along(axis_number(axis, np.ndim(g)), position)]


def _concatenate_transpose(g: Array, position: int, *arrays: Array, axis: int | None = 0) -> Array:
    if axis is None:
        start = sum(np.size(each) for each in arrays[:position])
        return np.reshape(g[start : start + np.size(arrays[position])], np.shape(arrays[position]))
    axis = axis_number(axis, np.ndim(g))
    start = sum(np.shape(each)[axis] for each in arrays[:position])
    return g[along(axis, slice(start, start + np.shape(arrays[position])[axis]))]


def _batch_concatenate(primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Any) -> Array:
    if parameters.get("axis", 0) is None:
        count = next(len(x) for x, is_batch in zip(operands, batched, strict=True) if is_batch)
        shapes = [(count, -1) if is_batch else -1 for is_batch in batched]
        operands = [np.reshape(x, shape) for x, shape in zip(operands, shapes, strict=True)]
        parameters = {"axis": 0}
    return over_joined_axis()(primitive, operands, batched, parameters)


linear(np.stack, _stack_transpose, layout=SequenceLayout(np.stack, ("axis",)), batch=over_joined_axis(new_axis=True))
linear(
    np.concatenate,
    _concatenate_transpose,
    layout=SequenceLayout(np.concatenate, ("axis",)),
    batch=_batch_concatenate,
)


@composite(np.vstack)
def _vstack(tup: Sequence[Array]) -> Array:
    return np.concatenate([np.atleast_2d(each) for each in tup], 0)


@composite(np.hstack)
def _hstack(tup: Sequence[Array]) -> Array:
    arrays = [np.atleast_1d(each) for each in tup]
    return np.concatenate(arrays, 0 if np.ndim(arrays[0]) == 1 else 1)


@composite(np.dstack)
def _dstack(tup: Sequence[Array]) -> Array:
    return np.concatenate([np.atleast_3d(each) for each in tup], 2)


@composite(np.column_stack)
def _column_stack(tup: Sequence[Array]) -> Array:
    arrays = [as_array(each, *tup) for each in tup]
    return np.concatenate([np.reshape(each, (-1, 1)) if np.ndim(each) < 2 else each for each in arrays], 1)


@composite(np.append)
def _append(arr: Array, values: Array, axis: int | None = None) -> Array:
    return np.concatenate([as_array(arr, values), as_array(values, arr)], axis)


@composite(np.block)
def _block(arrays: Any) -> Array:
    return _joined_block(arrays, _depth(arrays), _rank(arrays), place_of(*_entries(arrays)))


def _entries(arrays: Any) -> list[Array]:
    return [entry for each in arrays for entry in _entries(each)] if isinstance(arrays, list) else [arrays]


def _depth(arrays: Any) -> int:
    return 1 + max(map(_depth, arrays), default=0) if isinstance(arrays, list) else 0


def _rank(arrays: Any) -> int:
    return max(map(_rank, arrays), default=0) if isinstance(arrays, list) else np.ndim(arrays)


def _joined_block(arrays: Any, depth: int, rank: int, place: Array) -> Array:
    """Join the innermost lists along the last axis, those around them along the one before, and so on."""
    rank = max(rank, depth)
    if isinstance(arrays, list):
        return np.concatenate([_joined_block(each, depth - 1, rank, place) for each in arrays], -depth)
    x = as_array(arrays, place)
    return np.reshape(x, (1,) * (rank - np.ndim(x)) + np.shape(x))


@composite(np.array_split)
def _array_split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    return _pieces(np.array_split, ary, indices_or_sections, axis)


@composite(np.split)
def _split(ary: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    return _pieces(np.split, ary, indices_or_sections, axis)


@composite(np.vsplit)
def _vsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    return np.split(ary, indices_or_sections, 0)


@composite(np.hsplit)
def _hsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    return np.split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


@composite(np.dsplit)
def _dsplit(ary: Array, indices_or_sections: Any) -> list[Array]:
    return np.split(ary, indices_or_sections, 2)


def _pieces(split: Any, x: Array, sections: Any, axis: int) -> list[Array]:
    """Let NumPy split the positions along the axis, and take the slices that these span."""
    axis = axis_number(axis, np.ndim(x))
    spans = split(np.arange(np.shape(x)[axis]), sections)
    return [x[along(axis, slice(span[0], span[-1] + 1) if len(span) else slice(0, 0))] for span in spans]


@composite(np.unstack)
def _unstack(x: Array, axis: int = 0) -> tuple[Array, ...]:
    axis = axis_number(axis, np.ndim(x))
    return tuple(x[along(axis, position)] for position in range(np.shape(x)[axis]))


@composite(np.apply_along_axis)
def _apply_along_axis(func1d: Any, axis: int, arr: Array, *args: Any, **kwargs: Any) -> Array:
    axis = axis_number(axis, np.ndim(arr))
    rows = np.moveaxis(arr, axis, -1)
    kept = np.shape(rows)[:-1]
    results = np.stack([func1d(rows[place], *args, **kwargs) for place in np.ndindex(*kept)])
    shaped = np.reshape(results, kept + np.shape(results)[1:])
    added = np.ndim(shaped) - len(kept)
    return np.moveaxis(shaped, range(len(kept), len(kept) + added), range(axis, axis + added))
