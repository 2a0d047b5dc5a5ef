"""Differences, integrals and interpolation of sampled functions."""

from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import along, as_array, as_float64, axis_number, axis_numbers
from .indexing import take_index
from .table import composite


@composite(np.diff)
def _diff(a: Array, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    if n < 0:
        raise ValueError(f"np.diff: the order n={n} must not be negative.")
    a = as_array(a)
    axis = axis_number(axis, np.ndim(a))
    if n == 0:
        return a
    parts = [_as_slab(part, a, axis) for part in (prepend, a, append) if part is not None]
    y = np.concatenate(parts, axis) if len(parts) > 1 else a
    for _ in range(n):
        y = y[along(axis, slice(1, None))] - y[along(axis, slice(None, -1))]
    return y


def _as_slab(part: Any, a: Array, axis: int) -> Array:
    """Give numbers the shape of one slab of `a` across the axis; arrays stay."""
    part = as_array(part, a)
    shape = np.shape(a)
    return part if np.ndim(part) else np.broadcast_to(part, (*shape[:axis], 1, *shape[axis + 1 :]))


@composite(np.ediff1d)
def _ediff1d(ary: Array, to_end: Any = None, to_begin: Any = None) -> Array:
    flat = np.reshape(as_array(ary), -1)
    begin, end = (np.reshape(as_array([] if part is None else part, ary), -1) for part in (to_begin, to_end))
    return np.concatenate([begin.astype(flat.dtype), flat[1:] - flat[:-1], end.astype(flat.dtype)])


@composite(np.unwrap)
def _unwrap(p: Array, discont: float | None = None, axis: int = -1, period: float = 2 * np.pi) -> Array:
    """Add multiples of the period; they are constant between their jumps, so the derivative is the identity."""
    p = as_array(p)
    axis = axis_number(axis, np.ndim(p))
    steps = np.diff(p, axis=axis)
    turns = np.floor((steps + period / 2) / period)
    turns = turns - ((steps > 0) & (steps + period / 2 == turns * period))  # half a turn up stays up
    turns = np.where(np.abs(steps) < (period / 2 if discont is None else discont), 0, turns)
    start = np.zeros((*np.shape(p)[:axis], 1, *np.shape(p)[axis + 1 :]), p.dtype, like=place_of(p))
    return p - period * np.concatenate([start, np.cumsum(turns, axis)], axis)


@composite(np.trapezoid)
def _trapezoid(y: Array, x: Array = None, dx: Any = 1.0, axis: int = -1) -> Array:
    y = as_array(y)
    axis = axis_number(axis, np.ndim(y))
    if x is None:
        widths = dx
    else:
        widths = np.diff(as_array(x), axis=axis if np.ndim(x) == np.ndim(y) else -1)
        if np.ndim(widths) == 1:
            widths = np.reshape(widths, (-1,) + (1,) * (np.ndim(y) - axis - 1))
    return np.sum(widths * (y[along(axis, slice(1, None))] + y[along(axis, slice(None, -1))]) / 2.0, axis)


@composite(np.gradient)
def _gradient(f: Array, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = as_array(f)
    axes = axis_numbers(axis, np.ndim(f))
    spacings = varargs * len(axes) if len(varargs) == 1 else varargs or (1.0,) * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"np.gradient: give one spacing, or one for each of the {len(axes)} axes.")
    slopes = tuple(_slope(f, h, each, edge_order) for h, each in zip(spacings, axes, strict=True))
    return slopes[0] if len(axes) == 1 else slopes


def _slope(f: Array, spacing: Any, axis: int, edge_order: int) -> Array:
    """Give the second-order derivative along one axis (Fornberg 1988 for uneven spacing), one-sided at the ends."""
    rows = np.moveaxis(f, axis, 0)
    if len(rows) < edge_order + 1:
        raise ValueError(f"np.gradient needs {edge_order + 1} entries along each axis, and there are {len(rows)}.")
    if np.ndim(spacing) == 0:
        quotients = (rows[1:] - rows[:-1]) / spacing
        shares = at_start = at_end = 0.5
    else:
        steps = np.reshape(np.diff(as_array(spacing)), (-1,) + (1,) * (np.ndim(rows) - 1))
        quotients = (rows[1:] - rows[:-1]) / steps
        shares = steps[1:] / (steps[:-1] + steps[1:])
        at_start, at_end = 1 - shares[:1], shares[-1:]
    inner = quotients[1:] + (quotients[:-1] - quotients[1:]) * shares
    first, last = quotients[:1], quotients[-1:]
    if edge_order == 2:
        first = first + (first - quotients[1:2]) * at_start
        last = last + (last - quotients[-2:-1]) * at_end
    return np.moveaxis(np.concatenate([first, inner, last]), 0, axis)


@composite(np.interp)
def _interp(x: Array, xp: Array, fp: Array, left: Any = None, right: Any = None) -> Array:
    """Interpolate linearly; the derivative at a knot is that of the piece to its right."""
    x, xp, fp = (as_float64(each, x, xp, fp) for each in (x, xp, fp))
    if np.shape(xp) != np.shape(fp) or np.ndim(xp) != 1 or len(xp) == 0:
        raise ValueError("np.interp: xp and fp must be vectors of the same length, not empty.")
    if len(xp) == 1:
        inside = np.broadcast_to(fp[0], np.shape(x))
    else:
        piece = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
        start, height = take_index(xp, piece), take_index(fp, piece)
        slope = (take_index(fp, piece + 1) - height) / (take_index(xp, piece + 1) - start)
        inside = height + slope * (x - start)
    above = np.where(x > xp[-1], fp[-1] if right is None else right, inside)
    return np.where(x < xp[0], fp[0] if left is None else left, above)
