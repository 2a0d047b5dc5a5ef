"""Functions that pick entries by number, by mask or by order."""

from typing import Any

import numpy as np

from ..types import Array
from .arguments import along, as_array, as_float64, axis_number
from .indexing import HOLE, looked_at, scatter
from .table import composite, constant


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
        return np.reshape(arr, -1)[indices]
    rank = np.ndim(arr)
    if np.ndim(indices) != rank:
        raise ValueError("np.take_along_axis: indices must have as many axes as the array.")
    axis = axis_number(axis, rank)
    places = np.meshgrid(*map(np.arange, np.shape(arr)), indexing="ij", sparse=True)
    return arr[tuple(indices if each == axis else place for each, place in enumerate(places))]


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


@composite(np.sort)
def _sort(a: Array, axis: int | None = -1, kind: str | None = None, stable: bool | None = None) -> Array:
    """Sort stably. Tied entries keep their order and their derivatives: one of the one-sided derivatives."""
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    return np.take_along_axis(a, np.argsort(a, axis, kind="stable"), axis)


@composite(np.partition)
def _partition(a: Array, kth: Any, axis: int | None = -1) -> Array:
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    return np.take_along_axis(a, np.argpartition(a, kth, axis), axis)


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
    arr, values = as_array(arr), as_array(values)
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
    x = as_array(x)
    length = max(minlength, int(np.max(x, initial=-1)) + 1)
    if weights is None:
        return np.bincount(x, minlength=minlength)
    return scatter(as_float64(weights), x, template=(HOLE,), shape=(length,))


@composite(np.apply_along_axis)
def _apply_along_axis(func1d: Any, axis: int, arr: Array, *args: Any, **kwargs: Any) -> Array:
    axis = axis_number(axis, np.ndim(arr))
    rows = np.moveaxis(arr, axis, -1)
    kept = np.shape(rows)[:-1]
    results = np.stack([func1d(rows[place], *args, **kwargs) for place in np.ndindex(*kept)])
    shaped = np.reshape(results, kept + np.shape(results)[1:])
    added = np.ndim(shaped) - len(kept)
    return np.moveaxis(shaped, range(len(kept), len(kept) + added), range(axis, axis + added))


constant(np.argsort, ("axis", "kind", "stable"))
constant(np.argpartition, ("kth", "axis"))
constant(np.searchsorted, ("side", "sorter"), layout=2)
constant(np.digitize, ("right",), layout=2)
constant(np.isin, ("assume_unique", "invert"), layout=2)
constant(np.unravel_index, ("shape", "order"), multiple=True)
for _search in (np.nanargmax, np.nanargmin):
    constant(_search, ("axis", "keepdims"))
constant(np.isclose, ("rtol", "atol", "equal_nan"), layout=2)


@composite(np.array_equal)
def _array_equal(a1: Array, a2: Array, equal_nan: bool = False) -> bool:
    a1, a2 = as_array(a1), as_array(a2)
    if np.shape(a1) != np.shape(a2):
        return False
    same = a1 == a2
    return bool(np.all(same | (np.isnan(a1) & np.isnan(a2)) if equal_nan else same))


@composite(np.allclose)
def _allclose(a: Array, b: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    return bool(np.all(np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)))
