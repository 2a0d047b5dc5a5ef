"""Functions that ask about an array, not about its entries: shape, rank, dtype."""

from typing import Any

import numpy as np

from ..types import Array
from .table import composite


@composite(np.shape)
def _shape(a: Array) -> tuple[int, ...]:
    shape: tuple[int, ...] = a.shape
    return shape


@composite(np.ndim)
def _ndim(a: Array) -> int:
    return len(a.shape)


@composite(np.size)
def _size(a: Array, axis: int | None = None) -> int:
    size: int = a.size if axis is None else a.shape[axis]
    return size


@composite(np.result_type)
def _result_type(*arrays_and_dtypes: Any) -> np.dtype[Any]:
    return np.result_type(*(getattr(each, "dtype", each) for each in arrays_and_dtypes))


@composite(np.iscomplexobj)
def _iscomplexobj(x: Array) -> bool:
    return bool(x.dtype.kind == "c")


@composite(np.isrealobj)
def _isrealobj(x: Array) -> bool:
    return bool(x.dtype.kind != "c")
