"""Functions that give the same entries another shape or another order of axes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import UnsupportedFunction
from ..types import Array
from .arguments import as_array, axis_number, axis_numbers, lengths
from .layout import Layout, Split
from .table import composite, linear


class ReshapeLayout(Layout):
    """`np.reshape(a, shape, order)`, where the order "A" would depend on how the array lies in memory."""

    def __init__(self) -> None:
        super().__init__(np.reshape, 1, ("shape", "order"))

    def split(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Split:
        """Split a call; raises `UnsupportedFunction` for other orders than "C" and "F"."""
        operands, parameters = super().split(args, kwargs)
        if (order := parameters.get("order", "C")) not in ("C", "F"):
            raise UnsupportedFunction(
                f"np.reshape and np.ravel with order={order!r} depend on how the array lies in memory, which a "
                f"derivative cannot follow: write order='C' or order='F'."
            )
        return operands, {**parameters, "shape": lengths(parameters["shape"])}


def _reshape_transpose(g: Array, position: int, x: Array, shape: Any, order: Any = "C") -> Array:
    return np.reshape(g, np.shape(x), order=order)


def _batch_reshape(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    (x,) = operands
    shape = np.broadcast_to(False, x.shape[1:]).reshape(parameters["shape"]).shape  # settles a length of -1
    if parameters.get("order") != "F":
        return np.reshape(x, (len(x), *shape))
    rows_last = np.reshape(np.moveaxis(x, 0, -1), (*shape, len(x)), order="F")
    return np.moveaxis(rows_last, -1, 0)


linear(np.reshape, _reshape_transpose, layout=ReshapeLayout(), batch=_batch_reshape)


@composite(np.ravel)
def _ravel(a: Array, order: Any = "C") -> Array:
    return np.reshape(a, -1, order=order)


@composite(np.expand_dims)
def _expand_dims(a: Array, axis: Any) -> Array:
    added = (axis,) if np.ndim(axis) == 0 else tuple(axis)
    rank = np.ndim(a) + len(added)
    added = axis_numbers(added, rank)
    waiting = iter(np.shape(a))
    return np.reshape(a, tuple(1 if each in added else next(waiting) for each in range(rank)))


@composite(np.squeeze)
def _squeeze(a: Array, axis: Any = None) -> Array:
    shape = np.shape(a)
    if axis is None:
        return np.reshape(a, tuple(length for length in shape if length != 1))
    dropped = axis_numbers(axis, len(shape))
    if any(shape[each] != 1 for each in dropped):
        raise ValueError(f"np.squeeze: axis={axis} of an array of shape {shape} is longer than 1.")
    return np.reshape(a, tuple(length for each, length in enumerate(shape) if each not in dropped))


def _to_rank(rank: int, shape_of_vector: tuple[int, ...], x: Array) -> Array:
    """Give `x` at least `rank` axes; a vector takes `shape_of_vector`."""
    x = as_array(x)
    shape = np.shape(x)
    if len(shape) >= rank:
        return x
    if len(shape) == 2:
        return np.reshape(x, (*shape, 1))
    return np.reshape(x, shape_of_vector)


def _atleast(rank: int, shape_of_vector: tuple[int, ...]) -> Any:
    def definition(*arys: Array) -> Array | tuple[Array, ...]:
        shaped = tuple(_to_rank(rank, shape_of_vector, each) for each in arys)
        return shaped[0] if len(shaped) == 1 else shaped

    return definition


composite(np.atleast_1d)(_atleast(1, (1,)))
composite(np.atleast_2d)(_atleast(2, (1, -1)))
composite(np.atleast_3d)(_atleast(3, (1, -1, 1)))


def _transpose_transpose(g: Array, position: int, x: Array, axes: Any = None) -> Array:
    return np.transpose(g, None if axes is None else tuple(np.argsort(axis_numbers(axes, np.ndim(x))).tolist()))


def _batch_transpose(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    (x,) = operands
    rank = x.ndim - 1
    axes = parameters.get("axes")
    order = range(rank)[::-1] if axes is None else axis_numbers(axes, rank)
    return np.transpose(x, (0, *(axis + 1 for axis in order)))


linear(np.transpose, _transpose_transpose, ("axes",), batch=_batch_transpose)


@composite(np.matrix_transpose)
def _matrix_transpose(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


@composite(np.swapaxes)
def _swapaxes(a: Array, axis1: int, axis2: int) -> Array:
    order = list(range(np.ndim(a)))
    first, second = axis_number(axis1, len(order)), axis_number(axis2, len(order))
    order[first], order[second] = second, first
    return np.transpose(a, order)


@composite(np.moveaxis)
def _moveaxis(a: Array, source: Any, destination: Any) -> Array:
    rank = np.ndim(a)
    sources, destinations = axis_numbers(source, rank), axis_numbers(destination, rank)
    if len(sources) != len(destinations):
        raise ValueError("np.moveaxis: source and destination must name equally many axes.")
    order = [axis for axis in range(rank) if axis not in sources]
    for place, axis in sorted(zip(destinations, sources, strict=True)):
        order.insert(place, axis)
    return np.transpose(a, order)


@composite(np.rollaxis)
def _rollaxis(a: Array, axis: int, start: int = 0) -> Array:
    rank = np.ndim(a)
    axis = axis_number(axis, rank)
    start = axis_number(start + rank if start < 0 else start, rank + 1)
    return np.moveaxis(a, axis, start - 1 if start > axis else start)


def _batch_broadcast_to(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    (x,) = operands
    shape = lengths(parameters["shape"])
    missing = len(shape) - (x.ndim - 1)
    return np.broadcast_to(np.reshape(x, (len(x), *(1,) * missing, *x.shape[1:])), (len(x), *shape))


linear(np.broadcast_to, lambda g, position, x, shape: g, ("shape",), batch=_batch_broadcast_to)


@composite(np.broadcast_arrays)
def _broadcast_arrays(*args: Array) -> tuple[Array, ...]:
    arrays = [as_array(each) for each in args]
    shape = np.broadcast_shapes(*map(np.shape, arrays))
    return tuple(np.broadcast_to(each, shape) for each in arrays)
