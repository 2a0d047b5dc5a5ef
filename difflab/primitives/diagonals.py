"""Diagonals and triangles of matrices, and grids."""

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import as_array, axis_numbers
from .indexing import HOLE, scatter
from .table import composite


@composite(np.diagonal)
def _diagonal(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    matrices = np.moveaxis(a, axis_numbers((axis1, axis2), np.ndim(a)), (-2, -1))
    height, width = np.shape(matrices)[-2:]
    rows, columns = _on_diagonal(height, width, offset, a)
    return matrices[..., rows, columns]


def _on_diagonal(height: int, width: int, offset: int, x: Array) -> tuple[Array, Array]:
    """Give the rows and columns of a diagonal, as arrays where `x` is."""
    row, column = max(0, -offset), max(0, offset)
    places = np.arange(max(0, min(height - row, width - column)), like=place_of(x))
    return row + places, column + places


@composite(np.linalg.diagonal)
def _matrix_diagonal(x: Array, offset: int = 0) -> Array:
    return np.diagonal(x, offset, -2, -1)


@composite(np.diag)
def _diag(v: Array, k: int = 0) -> Array:
    if np.ndim(v) == 2:
        return np.diagonal(v, k)
    if np.ndim(v) != 1:
        raise ValueError(f"np.diag takes a vector or a matrix, not an array of shape {np.shape(v)}.")
    side = np.size(v) + abs(k)
    return scatter(v, *_on_diagonal(side, side, k, v), template=(HOLE, HOLE), shape=(side, side))


@composite(np.diagflat)
def _diagflat(v: Array, k: int = 0) -> Array:
    return np.diag(np.reshape(v, -1), k)


@composite(np.tril)
def _tril(m: Array, k: int = 0) -> Array:
    return np.where(_lower(m, k), m, 0)


@composite(np.triu)
def _triu(m: Array, k: int = 0) -> Array:
    return np.where(_lower(m, k - 1), 0, m)


def _lower(m: Array, k: int) -> Array:
    """Mark the entries on and below diagonal `k`; a vector makes a square, as in NumPy."""
    shape = np.shape(m)
    return np.tri(shape[-min(2, len(shape))], shape[-1], k, dtype=bool, like=place_of(m))


@composite(np.meshgrid)
def _meshgrid(*xi: Array, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Array, ...]:
    if indexing not in ("xy", "ij"):
        raise ValueError("np.meshgrid: indexing is 'xy' or 'ij'.")
    rank = len(xi)
    places = list(range(rank))
    if indexing == "xy" and rank > 1:
        places[:2] = 1, 0
    shapes = [tuple(-1 if axis == place else 1 for axis in range(rank)) for place in places]
    open_grid = tuple(np.reshape(as_array(x), shape) for x, shape in zip(xi, shapes, strict=True))
    return open_grid if sparse else np.broadcast_arrays(*open_grid)
