"""Repeating, padding and shifting the entries along axes."""

import itertools
import math
from typing import Any

import numpy as np

from ..arrays import place_of
from ..errors import UnsupportedFunction
from ..types import Array
from .arguments import along, as_array, axis_number, axis_numbers, lengths
from .indexing import scatter
from .table import composite


@composite(np.repeat)
def _repeat(a: Array, repeats: Any, axis: int | None = None) -> Array:
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    axis = axis_number(axis, np.ndim(a))
    return np.take(a, np.repeat(np.arange(np.shape(a)[axis]), repeats), axis)


@composite(np.tile)
def _tile(A: Array, reps: Any) -> Array:
    reps = lengths(reps)
    shape = np.shape(A)
    rank = max(len(reps), len(shape))
    shape = (1,) * (rank - len(shape)) + shape
    reps = (1,) * (rank - len(reps)) + reps
    apart = np.reshape(A, tuple(itertools.chain.from_iterable((1, length) for length in shape)))
    repeated = np.broadcast_to(apart, tuple(itertools.chain.from_iterable(zip(reps, shape, strict=True))))
    return np.reshape(repeated, tuple(rep * length for rep, length in zip(reps, shape, strict=True)))


@composite(np.resize)
def _resize(a: Array, new_shape: Any) -> Array:
    size = math.prod(lengths(new_shape))
    if np.size(a) == 0:
        return np.zeros(new_shape, a.dtype, like=place_of(a))
    return np.reshape(np.reshape(a, -1)[np.arange(size) % np.size(a)], new_shape)


@composite(np.pad)
def _pad(array: Array, pad_width: Any, mode: Any = "constant", **options: Any) -> Array:
    if mode == "constant":
        return _pad_constant(array, pad_width, **options)
    if mode not in ("edge", "reflect", "symmetric", "wrap") or options.get("reflect_type", "even") != "even":
        raise UnsupportedFunction(
            f"np.pad(…, mode={mode!r}{''.join(f', {k}={v!r}' for k, v in options.items())}) has no derivative rule: "
            f"use mode 'constant', 'edge', 'reflect', 'symmetric' or 'wrap', or np.concatenate with the padding wanted."
        )
    positions = np.reshape(np.arange(np.size(array)), np.shape(array))
    return np.reshape(array, -1)[np.pad(positions, pad_width, mode)]


def _pad_constant(x: Array, pad_width: Any, constant_values: Any = 0) -> Array:
    shape = np.shape(x)
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(axis, pad_width.get(axis - len(shape), 0)) for axis in range(len(shape))]
        pad_width = [np.broadcast_to(pair, 2) for pair in pad_width]
    pairs = np.broadcast_to(pad_width, (len(shape), 2)).tolist()
    window = tuple(slice(before, before + length) for (before, _), length in zip(pairs, shape, strict=True))
    padded = tuple(before + length + after for (before, after), length in zip(pairs, shape, strict=True))
    inside = scatter(x, template=window, shape=padded)
    if np.all(np.equal(constant_values, 0)):
        return inside
    return inside + np.pad(np.zeros(shape, x.dtype, like=place_of(x)), pairs, constant_values=constant_values)


@composite(np.flip)
def _flip(m: Array, axis: Any = None) -> Array:
    axes = axis_numbers(axis, np.ndim(m))
    return m[tuple(slice(None, None, -1 if each in axes else None) for each in range(np.ndim(m)))]


@composite(np.flipud)
def _flipud(m: Array) -> Array:
    return np.flip(m, 0)


@composite(np.fliplr)
def _fliplr(m: Array) -> Array:
    return np.flip(m, 1)


@composite(np.rot90)
def _rot90(m: Array, k: int = 1, axes: Any = (0, 1)) -> Array:
    first, second = axis_numbers(axes, np.ndim(m))
    match k % 4:
        case 0:
            return m
        case 1:
            return np.swapaxes(np.flip(m, second), first, second)
        case 2:
            return np.flip(m, (first, second))
        case _:
            return np.flip(np.swapaxes(m, first, second), second)


@composite(np.roll)
def _roll(a: Array, shift: Any, axis: Any = None) -> Array:
    if axis is None:
        return np.reshape(np.roll(np.reshape(a, -1), shift, 0), np.shape(a))
    for each, places in np.broadcast(axis, shift):
        each = axis_number(int(each), np.ndim(a))
        cut = -int(places) % max(1, np.shape(a)[each])
        a = np.concatenate([a[along(each, slice(cut, None))], a[along(each, slice(0, cut))]], each)
    return as_array(a)
