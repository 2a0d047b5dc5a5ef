"""Sorting and searching.

Tied entries keep their order in a sorted array, and with it their derivatives: one of the one-sided derivatives.
"""

from typing import Any

import numpy as np

from ..types import Array
from .batching import along_axis, over, stacked
from .table import composite, constant


@composite(np.sort)
def _sort(a: Array, axis: int | None = -1, kind: str | None = None, stable: bool | None = None) -> Array:
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    return np.take_along_axis(a, np.argsort(a, axis, kind="stable"), axis)


@composite(np.partition)
def _partition(a: Array, kth: Any, axis: int | None = -1) -> Array:
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    return np.take_along_axis(a, np.argpartition(a, kth, axis), axis)


constant(np.argsort, ("axis", "kind", "stable"), batch=along_axis(default=-1))
constant(np.argpartition, ("kth", "axis"), batch=along_axis(default=-1))
constant(np.searchsorted, ("side", "sorter"), layout=2, batch=over(1))
constant(np.digitize, ("right",), layout=2, batch=over(0))
constant(np.unravel_index, ("shape", "order"), batch=stacked, multiple=True)
