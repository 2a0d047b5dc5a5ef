"""Telling whether two operands, parameters or constants hold the same."""

from collections.abc import Hashable, Mapping
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

_IMMUTABLE = (int, str, bytes, type(None), np.dtype, type, FunctionType, BuiltinFunctionType, np.ufunc, Enum)
_QUICK = frozenset((int, bool, str, type(None)))
"""The most frequent of these."""


def content(value: Any) -> Hashable:
    """Describe a value so that equal descriptions mean equal values, now and later.

    The description of an object that is neither an array nor known to be immutable equals no other.

    >>> content([1.0, np.arange(3)]) == content([1.0, np.arange(3)])
    True
    >>> content(0.0) == content(-0.0)
    False
    """
    kind = type(value)
    if kind in _QUICK:
        return kind, value
    if isinstance(value, (np.ndarray, np.generic)):
        return object() if value.dtype.hasobject else (value.shape, value.dtype.str, value.tobytes())
    if kind is dict or isinstance(value, Mapping):
        return tuple((content(key), content(entry)) for key, entry in value.items())
    if isinstance(value, (tuple, list)):
        return kind, tuple(map(content, value))
    if isinstance(value, slice):
        return slice, content((value.start, value.stop, value.step))
    if isinstance(value, float):
        return float, value.hex()
    if isinstance(value, complex):
        return complex, value.real.hex(), value.imag.hex()
    return (kind, value) if isinstance(value, _IMMUTABLE) else object()
