"""Running sums and products, and the linear recurrence behind the derivative of a running product."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import along, axis_number
from .batching import aligned, along_axis
from .dispatching import dispatching
from .table import composite, general, linear


def _cumsum_transpose(g: Array, position: int, x: Array, axis: Any = None) -> Array:
    if axis is None:
        return np.reshape(_from_the_end(np.cumsum, g, 0), np.shape(x))
    return _from_the_end(np.cumsum, g, axis)


def _from_the_end(function: Any, x: Array, axis: int) -> Array:
    return np.flip(function(np.flip(x, axis), axis), axis)


linear(np.cumsum, _cumsum_transpose, ("axis",), batch=along_axis())


@dispatching
def linear_recurrence(a: Array, b: Array, axis: int) -> Array:
    """Solve y[k] = a[k]·y[k-1] + b[k], y before the start being 0, along an axis (counted from 0).

    The running product y[k] = x[k]·y[k-1] has the tangent ẏ[k] = x[k]·ẏ[k-1] + ẋ[k]·y[k-1]: a recurrence
    of this kind, exact also where entries are zero, and so are all further derivatives.
    """
    a, b = np.broadcast_arrays(a, b)
    y = np.array(b, np.result_type(a, b), like=place_of(b))
    rows, factors = np.moveaxis(y, axis, 0), np.moveaxis(a, axis, 0)
    for k in range(1, len(rows)):
        rows[k] += factors[k] * rows[k - 1]
    return y


def _previous(y: Array, axis: int, first: float) -> Array:
    """Give the entries before each, and `first` before the first."""
    start = np.full_like(y[along(axis, slice(0, 1))], first)
    return np.concatenate([start, y[along(axis, slice(0, -1))]], axis)


def _next(a: Array, axis: int) -> Array:
    return np.flip(_previous(np.flip(a, axis), axis, 0), axis)


def _recurrence_jvp(tangents: Sequence[Array | None], y: Array, a: Array, b: Array, axis: int) -> Array:
    in_a, in_b = tangents
    source = 0 if in_a is None else in_a * _previous(y, axis, 0)
    return linear_recurrence(a, source if in_b is None else source + in_b, axis=axis)


def _recurrence_vjp(g: Array, position: int, y: Array, a: Array, b: Array, axis: int) -> Array:
    flow = np.flip(linear_recurrence(np.flip(_next(a, axis), axis), np.flip(g, axis), axis=axis), axis)
    return flow if position else flow * _previous(y, axis, 0)


def _batch_recurrence(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    return primitive.evaluate(aligned(operands, batched), {"axis": parameters["axis"] + 1})


general(linear_recurrence, _recurrence_jvp, _recurrence_vjp, ("axis",), layout=2, batch=_batch_recurrence)


def _cumprod_jvp(tangents: Sequence[Array], y: Array, x: Array, axis: Any = None) -> Array:
    (t,) = tangents
    if axis is None:
        t, x, axis = np.reshape(t, -1), np.reshape(x, -1), 0
    axis = axis_number(axis, np.ndim(x))
    return linear_recurrence(x, t * _previous(y, axis, 1), axis=axis) if y.size else t


def _cumprod_vjp(g: Array, position: int, y: Array, x: Array, axis: Any = None) -> Array:
    flat = np.reshape(x, -1) if axis is None else x
    axis = axis_number(axis or 0, np.ndim(flat))
    if not y.size:
        return np.reshape(g, np.shape(x))
    flow = linear_recurrence(np.flip(_next(flat, axis), axis), np.flip(g, axis), axis=axis)
    return np.reshape(np.flip(flow, axis) * _previous(y, axis, 1), np.shape(x))


general(np.cumprod, _cumprod_jvp, _cumprod_vjp, ("axis",), batch=along_axis())


@composite(np.cumulative_sum)
def _cumulative_sum(x: Array, axis: int | None = None, include_initial: bool = False) -> Array:
    return _with_initial(np.cumsum(x, axis), axis, include_initial, 0)


@composite(np.cumulative_prod)
def _cumulative_prod(x: Array, axis: int | None = None, include_initial: bool = False) -> Array:
    return _with_initial(np.cumprod(x, axis), axis, include_initial, 1)


def _with_initial(y: Array, axis: int | None, include_initial: bool, initial: float) -> Array:
    if not include_initial:
        return y
    axis = axis_number(axis or 0, np.ndim(y))
    shape = list(np.shape(y))
    shape[axis] = 1
    return np.concatenate([np.full_like(place_of(y), initial, y.dtype, shape=shape), y], axis)


@composite(np.nancumsum)
def _nancumsum(a: Array, axis: int | None = None) -> Array:
    return np.cumsum(np.where(np.isnan(a), 0, a), axis)


@composite(np.nancumprod)
def _nancumprod(a: Array, axis: int | None = None) -> Array:
    return np.cumprod(np.where(np.isnan(a), 1, a), axis)
