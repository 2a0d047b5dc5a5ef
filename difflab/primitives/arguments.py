"""Arguments of NumPy functions in one form: axes as numbers from 0, sequences as arrays."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from ..arrays import place_of
from ..carrier import Carrier
from ..types import Array


def as_array(x: Any, *beside: Any) -> Array:
    """Give arrays and values as they are, and sequences and numbers as arrays, where the other operands are."""
    return x if hasattr(x, "__array_function__") else np.asarray(x, like=place_of(*beside))


def as_int(x: Any) -> int:
    """Give a whole number, of an array without axes or a value, as Python's."""
    number: Any = x if isinstance(x, Carrier) else x.item()
    return int(number)


def as_float64(x: Any, *beside: Any) -> Array:
    """Give an array of float64, for functions that NumPy computes in double precision only."""
    x = as_array(x, *beside)
    return x if x.dtype == np.float64 else x.astype(np.float64)


def axis_number(axis: Any, rank: int) -> int:
    """Count an axis from 0; raises `numpy.exceptions.AxisError` if an array of `rank` axes has none such."""
    return int(normalize_axis_index(axis, rank))


def axis_numbers(axis: Any, rank: int) -> tuple[int, ...]:
    """Count axes from 0; None is all of them."""
    return tuple(range(rank)) if axis is None else tuple(normalize_axis_tuple(axis, rank))


def along(axis: int, index: Any) -> tuple[Any, ...]:
    """Give the index that applies `index` to one axis (counted from 0) and leaves those before it."""
    return (*(slice(None),) * axis, index)


def lengths(shape: Any) -> tuple[int, ...]:
    """Give a shape as a tuple; a number is the length of the only axis."""
    return tuple(map(int, shape)) if isinstance(shape, Iterable) else (int(shape),)


def moved_to_back(rank: int, axes: Sequence[int]) -> tuple[int, ...]:
    """Give the order of axes that puts `axes` last and keeps the others in order."""
    return (*(axis for axis in range(rank) if axis not in axes), *axes)
