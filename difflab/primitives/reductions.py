"""Sums and products over axes."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import axis_numbers, moved_to_back
from .batching import over_axis
from .table import composite, general, linear


def restore(reduced: Array, x: Array, axis: Any, keepdims: Any) -> Array:
    """Broadcast a reduced array back over the shape that it was reduced from."""
    if isinstance(reduced, np.generic):
        return _repeated(reduced, x.shape, (0,) * x.ndim)
    if type(reduced) is np.ndarray and reduced.flags.c_contiguous:
        axes = axis_numbers(axis, x.ndim)
        strides = list(reduced.strides)
        if not keepdims:
            strides = [0 if n in axes else strides.pop(0) for n in range(x.ndim)]
        return _repeated(reduced, x.shape, [0 if n in axes else stride for n, stride in enumerate(strides)])
    if not keepdims and axis is not None and np.ndim(x):  # a number may be summed along axis 0, too
        reduced = np.expand_dims(reduced, axis)
    return np.broadcast_to(reduced, np.shape(x))


def _repeated(x: Array, shape: Sequence[int], strides: Sequence[int]) -> Array:
    """Look at NumPy's memory as another shape: what np.broadcast_to does, in a fifth of its time."""
    view: Array = np.ndarray(shape, x.dtype, x, 0, strides)
    view.flags.writeable = False
    return view


linear(
    np.sum,
    lambda g, position, x, axis=None, keepdims=False: restore(g, x, axis, keepdims),
    ("axis", "keepdims"),
    batch=over_axis(),
)


def product_of_others(x: Array, axis: Any) -> Array:
    """Give for each entry the product of all other entries along `axis`, exact also where entries are zero."""
    axes = axis_numbers(axis, np.ndim(x))
    order = moved_to_back(np.ndim(x), axes)
    moved = np.transpose(x, order)
    kept = moved.shape[: len(order) - len(axes)]
    rows = np.reshape(moved, (*kept, math.prod(moved.shape[len(kept) :])))
    products = _product_before(rows) * _product_before(rows[..., ::-1])[..., ::-1]
    return np.transpose(np.reshape(products, moved.shape), tuple(np.argsort(order).tolist()))


def _product_before(rows: Array) -> Array:
    *kept, length = rows.shape
    if length == 0:
        return rows
    return np.concatenate(
        [np.ones_like(place_of(rows), rows.dtype, shape=(*kept, 1)), np.cumprod(rows[..., :-1], -1)], -1
    )


def _prod_jvp(tangents: Sequence[Array], y: Array, x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.sum(tangents[0] * product_of_others(x, axis), axis, keepdims=keepdims)


def _prod_vjp(g: Array, position: int, y: Array, x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return restore(g, x, axis, keepdims) * product_of_others(x, axis)


general(np.prod, _prod_jvp, _prod_vjp, ("axis", "keepdims"), batch=over_axis())


def count(x: Array, axis: Any) -> int:
    """Give how many entries a reduction over `axis` takes together."""
    return math.prod(np.shape(x)[each] for each in axis_numbers(axis, np.ndim(x)))


@composite(np.mean)
def _mean(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    if getattr(a, "dtype", None) == np.float16:  # NumPy adds up in single precision, where many numbers have room
        return np.mean(a.astype(np.float32), axis, keepdims=keepdims).astype(np.float16)
    return np.sum(a, axis, keepdims=keepdims) / count(a, axis)


@composite(np.nansum)
def _nansum(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.sum(np.where(np.isnan(a), 0, a), axis, keepdims=keepdims)


@composite(np.nanprod)
def _nanprod(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.prod(np.where(np.isnan(a), 1, a), axis, keepdims=keepdims)


@composite(np.nanmean)
def _nanmean(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.nansum(a, axis, keepdims=keepdims) / count_numbers(a, axis, keepdims)


def count_numbers(a: Array, axis: Any, keepdims: Any) -> Array:
    """Count the entries that are not NaN, in the dtype of `a`."""
    return np.sum(~np.isnan(a), axis, keepdims=keepdims).astype(a.dtype)


@composite(np.count_nonzero)
def _count_nonzero(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.sum(a != 0, axis, keepdims=keepdims)
