"""Functions that rearrange entries without computing: reshape, transpose, join, split, pad, repeat."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..types import Array
from .layout import SequenceLayout
from .batching import over_joined_axis

from .table import Linear, linear


def _batch_reshape(primitive: Linear, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Array:
    (x,) = operands
    shape = parameters["shape"]
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if -1 in shape:
        shape = np.empty(x.shape[1:], bool).reshape(shape).shape
    return np.reshape(x, (x.shape[0], *shape))


linear(
    np.reshape,
    lambda g, position, x, shape, order="C": np.reshape(g, np.shape(x), order=order),
    ("shape", "order"),
    batch=_batch_reshape,
)


def _batch_broadcast_to(primitive: Linear, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Array:
    (x,) = operands
    shape = parameters["shape"]
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    missing = len(shape) - (np.ndim(x) - 1)
    return np.broadcast_to(np.reshape(x, (x.shape[0],) + (1,) * missing + x.shape[1:]), (x.shape[0], *shape))


linear(np.broadcast_to, lambda g, position, x, shape: g, ("shape",), batch=_batch_broadcast_to)


def _transpose_of_transpose(g: Array, position: int, x: Array, axes: Any = None) -> Array:
    return np.transpose(g, None if axes is None else np.argsort([axis % np.ndim(x) for axis in axes]).tolist())


def _batch_transpose(primitive: Linear, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]) -> Array:
    (x,) = operands
    rank = x.ndim - 1
    axes = parameters.get("axes")
    axes = range(rank)[::-1] if axes is None else [axis % rank for axis in axes]
    return np.transpose(x, (0, *(axis + 1 for axis in axes)))


linear(np.transpose, _transpose_of_transpose, ("axes",), batch=_batch_transpose)


def _stack_transpose(g: Array, position: int, *arrays: Array, axis: int = 0) -> Array:
    return np.moveaxis(g, axis, 0)[position]


linear(np.stack, _stack_transpose, layout=SequenceLayout(np.stack, ("axis",)), batch=over_joined_axis(new_axis=True))

linear(
    np.expand_dims,
    lambda g, position, x, axis: np.reshape(g, np.shape(x)),
    ("axis",),
    batch=lambda primitive, operands, batched, parameters: np.expand_dims(
        operands[0], _inserted_behind_batch_axis(parameters["axis"], operands[0].ndim - 1)
    ),
)


def _inserted_behind_batch_axis(axis: Any, rank: int) -> tuple[int, ...]:
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    return tuple(each % (rank + len(axes)) + 1 for each in axes)
