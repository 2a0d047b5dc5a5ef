"""Rows of a table by their numbers; the gradient adds up where a number repeats."""

from collections.abc import Collection
from typing import Any

import numpy as np

from ...arrays import place_of
from ...errors import InvalidArgument
from ...pool import zeros
from ...types import Array
from ..arguments import as_array
from ..table import fused


def _check(weight: Array, indices: Array) -> None:
    if np.ndim(weight) != 2:
        raise InvalidArgument(
            f"The table of an embedding has the axes (count, size), not the shape {np.shape(weight)}."
        )
    if indices.dtype.kind not in "iu":
        raise InvalidArgument(f"An embedding looks rows up by whole numbers, not by entries of dtype {indices.dtype}.")
    count = np.shape(weight)[0]
    known = indices if isinstance(indices, np.ndarray) else place_of(indices)
    if known.size and (np.min(known) < 0 or np.max(known) >= count):
        place = np.argwhere((known < 0) | (known >= count))[0].tolist()
        raise InvalidArgument(
            f"The index {known[tuple(place)].item()} at {place} is no row: a table of {count} has rows 0 to "
            f"{count - 1}."
        )


def _forward(weight: Array, indices: Array) -> tuple[Array, Any]:
    _check(weight, indices)
    return np.take(weight, indices, 0), (weight.shape, indices)


def _backward(cotangent: Array, saved: Any, needed: Collection[int]) -> tuple[Array, None]:
    from ...native.embedding import add_rows

    shape, indices = saved
    total = zeros(shape, cotangent.dtype)
    add_rows(cotangent.reshape(indices.size, shape[1]), indices.reshape(-1), total)
    return total, None


@fused(_forward, _backward)
def embedding(weight: Array, indices: Array) -> Array:
    """Give the rows of a table that indices name.

    Args:
        weight: the table, (count, size).
        indices: whole numbers from 0 to count - 1, of any shape.

    Returns:
        The shape of the indices, then size.

    Raises:
        InvalidArgument: an index that names no row, or is no whole number; a table without two axes.

    >>> embedding(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0, 1]))
    array([[3., 4.],
           [1., 2.],
           [3., 4.]])
    """
    indices = as_array(indices)
    _check(weight, indices)
    return np.take(weight, indices, 0)
