"""Arrays that are other arrays seen otherwise: sliced, reshaped, transposed, repeated. None of these costs a copy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...engines.graph import Variable
from ...primitives.indexing import HOLE, gather

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant array of the program, by its number."""

    number: int
    dtype: Any


@dataclass(frozen=True, slots=True)
class View:
    """Where the entries of an array stand in one that lies in memory row by row, counted in entries."""

    source: Variable | Constant
    shape: Shape
    strides: Shape
    offset: int = 0

    @classmethod
    def whole(cls, source: Variable | Constant, shape: Shape) -> "View":
        """Give the array itself."""
        return cls(source, shape, row_by_row(shape))

    @property
    def is_whole(self) -> bool:
        """Whether the entries stand one after the other, from the first on."""
        return self.offset == 0 and self.strides == row_by_row(self.shape)

    @property
    def transposed(self) -> "View":
        """The same entries, by indices in reverse order."""
        return replace(self, shape=self.shape[::-1], strides=self.strides[::-1])

    def spread(self, shape: Shape) -> "View":
        """Repeat entries, as broadcasting does."""
        extra = len(shape) - len(self.shape)
        strides = (0,) * extra + tuple(
            0 if length == 1 else stride for length, stride in zip(self.shape, self.strides, strict=True)
        )
        return replace(self, shape=shape, strides=strides)

    def after(self, function: Any, parameters: Mapping[str, Any], shape: Shape) -> "View | None":
        """Give what a function that looks otherwise at an array gives, of a known shape; None if it has to copy.

        Only np.reshape may have to.
        """
        template = parameters.get("template", ())
        if function is gather and len(self.shape) == len(template) == 1 and type(template[0]) is int:
            start = self.offset + self.strides[0] * _counted(template[0], self)
            return replace(self, shape=(), strides=(), offset=start)
        if not self.shape and function is not gather:
            return self.spread(shape)
        seen = as_strided(_NOTHING, self.shape, self.strides)
        try:
            result = _look(function, seen, parameters)
        except ValueError:
            return None
        offset = self.offset + result.__array_interface__["data"][0] - _NOTHING.__array_interface__["data"][0]
        return replace(self, shape=result.shape, strides=result.strides, offset=offset)


_NOTHING = np.zeros(1, np.int8)
"""Stands for an array whose strides and offsets NumPy computes; its entries, of one byte, are never read."""


def is_look(function: Any, parameters: Mapping[str, Any]) -> bool:
    """Say whether a function only looks otherwise at an array, where it need not copy it.

    >>> is_look(np.transpose, {}), is_look(np.sum, {})
    (True, False)
    """
    if function is gather:
        template = parameters["template"]
        return HOLE not in template and not any(isinstance(part, (bool, np.bool)) for part in template)
    return function in (np.reshape, np.transpose, np.broadcast_to)


def _look(function: Any, seen: Any, parameters: Mapping[str, Any]) -> Any:
    if function is gather:
        template = parameters["template"]
        return seen[template if Ellipsis in template else (*template, ...)]  # an array, also of one entry
    if function is np.reshape:
        return np.reshape(seen, parameters["shape"], order=parameters.get("order", "C"), copy=False)
    return function(seen, **parameters)


def _counted(position: int, view: View) -> int:
    return position + view.shape[0] if position < 0 else position


def row_by_row(shape: Shape) -> Shape:
    """Give the strides of an array that lies in memory row by row.

    >>> row_by_row((2, 3, 4))
    (12, 4, 1)
    """
    strides = []
    size = 1
    for length in reversed(shape):
        strides.append(size)
        size *= length
    return tuple(reversed(strides))
