"""Functions that pick entries by number or by mask, put entries between them, or add them up by number."""

from typing import Any

import numpy as np

from ..types import Array
from .arguments import along, as_array, as_float64, as_int, axis_number
from .indexing import HOLE, looked_at, scatter, take_index
from .table import composite


@composite(np.take)
def _take(a: Array, indices: Array, axis: int | None = None, mode: str = "raise") -> Array:
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    axis = axis_number(axis, np.ndim(a))
    indices = as_array(indices)
    if mode == "wrap":
        indices = indices % np.shape(a)[axis]
    elif mode == "clip":
        indices = np.clip(indices, 0, np.shape(a)[axis] - 1)
    return a[along(axis, indices)]


@composite(np.take_along_axis)
def _take_along_axis(arr: Array, indices: Array, axis: int | None = -1) -> Array:
    if axis is None:
        return take_index(np.reshape(arr, -1), indices)
    rank = np.ndim(arr)
    if np.ndim(indices) != rank:
        raise ValueError("np.take_along_axis: indices must have as many axes as the array.")
    axis = axis_number(axis, rank)
    places = np.meshgrid(*map(np.arange, np.shape(arr)), indexing="ij", sparse=True)
    return take_index(arr, tuple(indices if each == axis else place for each, place in enumerate(places)))


@composite(np.compress)
def _compress(condition: Array, a: Array, axis: int | None = None) -> Array:
    return np.take(a, np.flatnonzero(condition), axis)


@composite(np.extract)
def _extract(condition: Array, arr: Array) -> Array:
    return np.take(arr, np.flatnonzero(condition))


@composite(np.delete)
def _delete(arr: Array, obj: Any, axis: int | None = None) -> Array:
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    return np.take(arr, np.delete(np.arange(np.shape(arr)[axis]), obj), axis)


@composite(np.nonzero)
def _nonzero(a: Array) -> tuple[Array, ...]:
    return np.nonzero(looked_at(a != 0))


@composite(np.flatnonzero)
def _flatnonzero(a: Array) -> Array:
    return np.flatnonzero(looked_at(a != 0))


@composite(np.argwhere)
def _argwhere(a: Array) -> Array:
    return np.argwhere(looked_at(a != 0))


@composite(np.insert)
def _insert(arr: Array, obj: Any, values: Array, axis: int | None = None) -> Array:
    """Let NumPy insert the numbers of the new entries among those of the old, and pick entries by these numbers."""
    arr, values = as_array(arr, values), as_array(values, arr)
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    axis = axis_number(axis, np.ndim(arr))
    values = np.reshape(values, (1,) * (np.ndim(arr) - np.ndim(values)) + np.shape(values))
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        values = np.moveaxis(values, 0, axis)
        count = np.shape(values)[axis]
    else:
        count = len(np.arange(np.shape(arr)[axis])[obj])
    old = np.shape(arr)[axis]
    shape = (*np.shape(arr)[:axis], count, *np.shape(arr)[axis + 1 :])
    joined = np.concatenate([arr, np.broadcast_to(values, shape).astype(arr.dtype)], axis)
    return np.take(joined, np.insert(np.arange(old), obj, old + np.arange(count)), axis)


@composite(np.bincount)
def _bincount(x: Array, weights: Array = None, minlength: int = 0) -> Array:
    x = as_array(x, weights)
    if weights is None:
        return np.bincount(looked_at(x), minlength=minlength)
    length = as_int(np.maximum(np.max(x) + 1, minlength)) if np.size(x) else minlength
    return scatter(as_float64(weights, x), x, template=(HOLE,), shape=(length,))
