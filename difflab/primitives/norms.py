"""Norms of vectors and matrices.

Convention at 0: the derivative of a norm that is not differentiable there is 0, a subgradient, as it
follows from sqrt, power and abs. The second derivative of such a norm at 0 does not exist and is not
finite. The spectral and nuclear norms have no second derivative where singular values coincide.
"""

from typing import Any

import numpy as np

from ..types import Array
from .arguments import as_array, axis_numbers
from .table import composite


@composite(np.linalg.norm)
def _norm(x: Array, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Array:  # noqa: A002 (NumPy's name)
    x = as_array(x)
    if axis is None and ord is None:
        return np.sqrt(np.sum(x * x, keepdims=keepdims))
    axes = axis_numbers(axis, np.ndim(x))
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, "fro" if ord is None else ord, axes, keepdims)
    raise ValueError(f"np.linalg.norm takes the norm over one axis or two, not over {len(axes)}: give axis=….")


@composite(np.linalg.vector_norm)
def _vector_norm_function(x: Array, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Array:  # noqa: A002
    axes = axis_numbers(axis, np.ndim(x))
    return _vector_norm(x, ord, axes, keepdims)


@composite(np.linalg.matrix_norm)
def _matrix_norm_function(x: Array, keepdims: Any = False, ord: Any = "fro") -> Array:  # noqa: A002
    return _matrix_norm(x, ord, axis_numbers((-2, -1), np.ndim(x)), keepdims)


def _vector_norm(x: Array, order: Any, axis: Any, keepdims: Any) -> Array:
    if order in ("fro", "f", "nuc"):
        raise ValueError(f"np.linalg.norm: ord={order!r} is a norm of matrices, and the axes given are a vector's.")
    if order is None or order == 2:
        return np.sqrt(np.sum(x * x, axis, keepdims=keepdims))
    if order == 0:
        return np.sum((x != 0).astype(x.dtype), axis, keepdims=keepdims)
    sizes = np.abs(x)
    if order == 1:
        return np.sum(sizes, axis, keepdims=keepdims)
    if abs(order) == np.inf:
        return (np.max if order > 0 else np.min)(sizes, axis, keepdims=keepdims)
    return np.sum(sizes**order, axis, keepdims=keepdims) ** (1 / order)


def _matrix_norm(x: Array, order: Any, axes: tuple[int, ...], keepdims: Any) -> Array:
    rows, columns = axes
    if order in ("fro", "f"):
        return np.sqrt(np.sum(x * x, axes, keepdims=keepdims))
    if order in (1, -1):
        return _largest_sum(x, rows, columns, order, keepdims)
    if order in (np.inf, -np.inf):
        return _largest_sum(x, columns, rows, order, keepdims)
    if order in ("nuc", 2, -2):
        values = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), compute_uv=False)
        reduce: Any = {"nuc": np.sum, 2: np.max, -2: np.min}[order]
        norm = reduce(values, -1)
        return np.expand_dims(norm, axes) if keepdims else norm
    raise ValueError(f"np.linalg.norm: there is no norm ord={order!r} of a matrix.")


def _largest_sum(x: Array, summed: int, remaining: int, order: float, keepdims: Any) -> Array:
    sums = np.sum(np.abs(x), summed)
    norm = (np.max if order > 0 else np.min)(sums, remaining - (remaining > summed))
    return np.expand_dims(norm, (summed, remaining)) if keepdims else norm
