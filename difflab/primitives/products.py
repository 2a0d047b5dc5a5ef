"""Products of vectors and matrices: matmul, and those that are made of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .arguments import as_array, axis_number, axis_numbers
from .batching import with_rank
from .matrices import transposed
from .primitive import Multilinear
from .table import composite, multilinear


def _matmul_transpose(g: Array, position: int, a: Array, b: Array) -> Array:
    """Z = AB: Ā = Z̄Bᵀ, B̄ = AᵀZ̄ (Giles 2008, section 2.2.2); vectors as NumPy's matmul takes them."""
    row, column = np.ndim(a) == 1, np.ndim(b) == 1
    if row and column:
        return g * (a if position else b)
    if position == 0:
        if column:
            return g[..., None] * b
        return np.matmul(b, g[..., None])[..., 0] if row else np.matmul(g, transposed(b))
    if row:
        return a[..., None] * g[..., None, :]
    if column:
        return np.matmul(transposed(a), g[..., None])[..., 0]
    if np.ndim(b) == 2 < np.ndim(a):  # one matrix for a whole stack: its cotangents add up inside one product
        return np.matmul(transposed(_rows(a)), _rows(g))
    return np.matmul(transposed(a), g)


def _rows(x: Array) -> Array:
    *stack, length = np.shape(x)
    return np.reshape(x, (_product(stack), length))


def _batch_matmul(
    primitive: Multilinear, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    a, b = operands
    row, column = np.ndim(a) - batched[0] == 1, np.ndim(b) - batched[1] == 1
    if row and not batched[1] and np.ndim(b) <= 2:  # k vectors are the rows of one matrix
        return np.matmul(a, b)
    if column and not batched[0] and np.ndim(a) <= 2:
        return np.matmul(b, np.transpose(a))
    a = np.expand_dims(a, -2) if row else a
    b = np.expand_dims(b, -1) if column else b
    rank = max(np.ndim(a) - batched[0], np.ndim(b) - batched[1])
    product = np.matmul(*(with_rank(x, rank) if is_batch else x for x, is_batch in zip((a, b), batched, strict=True)))
    if row and column:
        return product[..., 0, 0]
    return product[..., 0, :] if row else product[..., 0] if column else product


multilinear(np.matmul, _matmul_transpose, batch=_batch_matmul)


@composite(np.linalg.matmul)
def _linalg_matmul(x1: Array, x2: Array) -> Array:
    return np.matmul(x1, x2)


@composite(np.dot)
def _dot(a: Array, b: Array) -> Array:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.matmul(a, b) if np.ndim(b) <= 2 else np.tensordot(a, b, (-1, -2))


@composite(np.inner)
def _inner(a: Array, b: Array) -> Array:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.matmul(a, b) if np.ndim(b) == 1 else np.tensordot(a, b, (-1, -1))


@composite(np.vdot)
def _vdot(a: Array, b: Array) -> Array:
    return np.matmul(np.ravel(a), np.ravel(b))


@composite(np.outer)
def _outer(a: Array, b: Array) -> Array:
    return np.expand_dims(np.ravel(a), 1) * np.ravel(b)


@composite(np.linalg.outer)
def _linalg_outer(x1: Array, x2: Array) -> Array:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise InvalidArgument(
            f"np.linalg.outer takes vectors; it was given shapes {np.shape(x1)} and {np.shape(x2)}: use np.outer."
        )
    return np.outer(x1, x2)


@composite(np.tensordot)
def _tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    a, b = as_array(a), as_array(b)
    summed_a, summed_b = _summed_axes(axes, np.ndim(a), np.ndim(b))
    free_a = [axis for axis in range(np.ndim(a)) if axis not in summed_a]
    free_b = [axis for axis in range(np.ndim(b)) if axis not in summed_b]
    rows, columns = _lengths(a, free_a), _lengths(b, free_b)
    inside = _lengths(a, summed_a)
    if inside != _lengths(b, summed_b):
        raise InvalidArgument(
            f"np.tensordot sums over axes {summed_a} of shape {np.shape(a)} and {summed_b} of shape {np.shape(b)}: "
            f"their lengths differ; choose axes of equal lengths."
        )
    left = _reordered(a, [*free_a, *summed_a], (_product(rows), _product(inside)))
    right = _reordered(b, [*summed_b, *free_b], (_product(inside), _product(columns)))
    return np.reshape(np.matmul(left, right), rows + columns)


@composite(np.linalg.tensordot)
def _linalg_tensordot(x1: Array, x2: Array, axes: Any = 2) -> Array:
    return np.tensordot(x1, x2, axes)


def _summed_axes(axes: Any, rank_a: int, rank_b: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(axes, (int, np.integer)):
        return tuple(range(rank_a - axes, rank_a)), tuple(range(axes))
    for_a, for_b = axes
    return axis_numbers(for_a, rank_a), axis_numbers(for_b, rank_b)


def _lengths(x: Array, axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(np.shape(x)[axis] for axis in axes)


def _product(lengths: Sequence[int]) -> int:
    return int(np.prod(lengths, dtype=int))


def _reordered(x: Array, order: Sequence[int], shape: tuple[int, int]) -> Array:
    if list(order) != list(range(np.ndim(x))):
        x = np.transpose(x, tuple(order))
    return x if np.shape(x) == shape else np.reshape(x, shape)


@composite(np.kron)
def _kron(a: Array, b: Array) -> Array:
    a, b = as_array(a), as_array(b)
    rank = max(np.ndim(a), np.ndim(b))
    shape_a = (1,) * (rank - np.ndim(a)) + np.shape(a)
    shape_b = (1,) * (rank - np.ndim(b)) + np.shape(b)
    blocks = np.reshape(a, [length for each in shape_a for length in (each, 1)])
    entries = np.reshape(b, [length for each in shape_b for length in (1, each)])
    return np.reshape(blocks * entries, tuple(one * other for one, other in zip(shape_a, shape_b, strict=True)))


@composite(np.cross)
def _cross(a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Array:
    a, b = as_array(a), as_array(b)
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise InvalidArgument(
            f"np.cross was given vectors of {np.shape(a)[-1]} and {np.shape(b)[-1]} entries, and is for three: write a "
            f"product in the plane as a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]."
        )
    entries = [a[..., one] * b[..., other] - a[..., other] * b[..., one] for one, other in ((1, 2), (2, 0), (0, 1))]
    return np.stack(entries, axis_number(axisc, np.ndim(entries[0]) + 1))


@composite(np.linalg.cross)
def _linalg_cross(x1: Array, x2: Array, axis: int = -1) -> Array:
    return np.cross(x1, x2, axis=axis)


@composite(np.vecdot)
def _vecdot(x1: Array, x2: Array, axis: int = -1) -> Array:
    return np.sum(np.moveaxis(x1, axis, -1) * np.moveaxis(x2, axis, -1), -1)


@composite(np.linalg.vecdot)
def _linalg_vecdot(x1: Array, x2: Array, axis: int = -1) -> Array:
    return _vecdot(x1, x2, axis)


def _matvec(x1: Array, x2: Array) -> Array:
    return np.matmul(x1, np.expand_dims(x2, -1))[..., 0]


def _vecmat(x1: Array, x2: Array) -> Array:
    return np.matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


if hasattr(np, "matvec"):  # NumPy 2.2
    composite(np.matvec)(_matvec)
    composite(np.vecmat)(_vecmat)
