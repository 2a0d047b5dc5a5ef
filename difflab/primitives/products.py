"""Products of vectors, matrices and tensors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..types import Array
from .table import Multilinear, multilinear


def _matmul_transpose(g: Array, position: int, a: Array, b: Array) -> Array:
    """Z = AB: Ā = Z̄Bᵀ, B̄ = AᵀZ̄ (Giles 2008, section 2.2.2); vectors as NumPy's matmul takes them."""
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return g * (a if position else b)
    if position == 0:
        if np.ndim(b) == 1:
            return np.expand_dims(g, -1) * b
        if np.ndim(a) == 1:
            return np.matmul(b, np.expand_dims(g, -1))[..., 0]
        return np.matmul(g, np.swapaxes(b, -1, -2))
    if np.ndim(a) == 1:
        return np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if np.ndim(b) == 1:
        return np.matmul(np.swapaxes(a, -1, -2), np.expand_dims(g, -1))[..., 0]
    return np.matmul(np.swapaxes(a, -1, -2), g)


def _batch_matmul(
    primitive: Multilinear, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    a, b = operands
    row, column = np.ndim(a) - batched[0] == 1, np.ndim(b) - batched[1] == 1
    a = np.expand_dims(a, -2) if row else a
    b = np.expand_dims(b, -1) if column else b
    rank = max(np.ndim(a) - batched[0], np.ndim(b) - batched[1])
    a, b = (_with_leading(x, rank) if is_batch else x for x, is_batch in zip((a, b), batched, strict=True))
    product = np.matmul(a, b)
    if row and column:
        return product[..., 0, 0]
    return product[..., 0, :] if row else product[..., 0] if column else product


def _with_leading(x: Array, rank: int) -> Array:
    """Give a batch of arrays of at most `rank` axes exactly `rank` axes each."""
    missing = rank - (np.ndim(x) - 1)
    return np.reshape(x, (x.shape[0],) + (1,) * missing + x.shape[1:]) if missing else x


multilinear(np.matmul, _matmul_transpose, batch=_batch_matmul)
