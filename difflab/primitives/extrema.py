"""Largest and smallest entries, and where they are.

Convention at ties: entries that share the extremum share its derivative equally, which is a
subgradient. NumPy's maximum of entries with a NaN is NaN; its derivative goes to the NaNs.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import Array
from .batching import along_axis, over_axis
from .reductions import restore
from .table import composite, constant, general


def _attained(y: Array, x: Array, axis: Any, keepdims: Any) -> tuple[Array, Array]:
    """Give where the extremum is attained, and how many times, in the shape of `y` or as 1 for all."""
    mask = x == restore(y, x, axis, keepdims)
    if isinstance(y, (np.ndarray, np.generic)):
        without_ties = np.count_nonzero(mask) == y.size
        if without_ties and (y.size == 1 or not np.isnan(y).any()):  # which equals no entry, and hides a tie elsewhere
            return mask, 1
    mask = mask | np.isnan(x)
    return mask, np.sum(mask, axis, keepdims=keepdims).astype(x.dtype)


def _extremum_jvp(tangents: Sequence[Array], y: Array, x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    mask, ties = _attained(y, x, axis, keepdims)
    return np.sum(np.where(mask, tangents[0], 0), axis, keepdims=keepdims) / ties


def _extremum_vjp(g: Array, position: int, y: Array, x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    mask, ties = _attained(y, x, axis, keepdims)
    return np.where(mask, restore(g / ties, x, axis, keepdims), 0)


def _add_at_extremum(total: Array, g: Array, y: Array, x: Array, axis: Any = None, keepdims: Any = False) -> None:
    mask, ties = _attained(y, x, axis, keepdims)
    np.add(total, restore(g / ties, x, axis, keepdims), out=total, where=mask)


for _extremum in (np.max, np.min):
    _row = general(_extremum, _extremum_jvp, _extremum_vjp, ("axis", "keepdims"), batch=over_axis())
    _row.accumulate = _add_at_extremum


@composite(np.amax)
def _amax(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.max(a, axis, keepdims=keepdims)


@composite(np.amin)
def _amin(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.min(a, axis, keepdims=keepdims)


@composite(np.ptp)
def _ptp(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)


@composite(np.nanmax)
def _nanmax(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return _of_numbers(np.max, -np.inf, a, axis, keepdims)


@composite(np.nanmin)
def _nanmin(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return _of_numbers(np.min, np.inf, a, axis, keepdims)


def _of_numbers(function: Any, beyond: float, a: Array, axis: Any, keepdims: Any) -> Array:
    missing = np.isnan(a)
    extremum = function(np.where(missing, beyond, a), axis, keepdims=keepdims)
    return np.where(np.all(missing, axis, keepdims=keepdims), np.nan, extremum)[()]


for _where in (np.argmax, np.argmin, np.nanargmax, np.nanargmin):
    constant(_where, ("axis", "keepdims"), batch=along_axis())
for _test in (np.all, np.any):
    constant(_test, ("axis", "keepdims"), batch=over_axis())
