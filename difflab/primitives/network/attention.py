"""Scaled dot-product attention (Vaswani and others, NeurIPS 2017, equation 1).

Convention: a query that may attend to nothing gets zeros; its softmax, over nothing, would be NaN.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from ...arrays import place_of
from ...errors import InvalidArgument
from ...pool import empty_like
from ...types import Array
from ..table import fused
from .linear import as_rows


def _check(query: Array, key: Array, value: Array, mask: Array | None) -> None:
    shapes = np.shape(query), np.shape(key), np.shape(value)
    of_query, of_key, of_value = shapes
    if min(map(len, shapes)) < 2 or not of_query[:-2] == of_key[:-2] == of_value[:-2]:
        raise InvalidArgument(
            f"Attention takes query (..., T, d), key (..., S, d) and value (..., S, e), the same axes in front; they "
            f"were given with shapes {of_query}, {of_key} and {of_value}."
        )
    if of_query[-1] != of_key[-1] or of_key[-2] != of_value[-2]:
        raise InvalidArgument(
            f"In attention query and key hold vectors of one length, and key and value as many; they were given "
            f"with shapes {of_query}, {of_key} and {of_value}."
        )
    if mask is not None:
        _check_mask(mask, (*of_query[:-1], of_key[-2]))


def _check_mask(mask: Array, shape: tuple[int, ...]) -> None:
    if mask.dtype.kind not in "bf":
        raise InvalidArgument(
            f"A mask of attention says True where a query may attend, or is added to the scores; its dtype is "
            f"{mask.dtype}: write mask.astype(bool), or a float dtype."
        )
    paired = zip(reversed(np.shape(mask)), reversed(shape), strict=False)
    if np.ndim(mask) > len(shape) or any(length not in (1, whole) for length, whole in paired):
        raise InvalidArgument(
            f"A mask of attention broadcasts to the scores, (..., T, S), here {shape}; it was given with shape "
            f"{np.shape(mask)}."
        )


def _allowed(mask: Array | None, pairs: Sequence[int], causal: bool, x: Array) -> Array | None:
    """Give where queries may attend, on the device of `x`; None is everywhere."""
    triangle = np.tri(pairs[0], pairs[1], dtype=bool, like=place_of(x)) if causal else None
    if mask is None or mask.dtype.kind != "b":
        return triangle
    return mask if triangle is None else np.logical_and(mask, triangle)


def _forward(
    query: Array, key: Array, value: Array, mask: Array | None = None, *, causal: bool = False
) -> tuple[Array, Any]:
    from ...native.softmax import softmax_or_zeros

    _check(query, key, value, mask)
    scale = query.dtype.type(1 / math.sqrt(query.shape[-1]))
    shares = (query * scale) @ np.swapaxes(key, -1, -2)
    if mask is not None and mask.dtype.kind == "f":
        shares += mask
    allowed = _allowed(mask, shares.shape[-2:], causal, query)
    if allowed is not None:
        np.copyto(shares, -np.inf, where=~allowed)
    softmax_or_zeros(as_rows(shares))
    return shares @ value, (query, key, value, shares, None if mask is None else mask.shape)


def _backward(
    cotangent: Array, saved: Any, needed: Collection[int], *, causal: bool = False
) -> tuple[Array | None, ...]:
    query, key, value, shares, mask_shape = saved
    to_value = np.swapaxes(shares, -1, -2) @ cotangent if 2 in needed else None
    if not {0, 1, 3}.intersection(needed):
        return None, None, to_value, None
    scores = _back_to_scores(cotangent @ np.swapaxes(value, -1, -2), shares)
    scale = query.dtype.type(1 / math.sqrt(query.shape[-1]))
    return (
        scores @ (key * scale) if 0 in needed else None,
        np.swapaxes(scores, -1, -2) @ (query * scale) if 1 in needed else None,
        to_value,
        _summed_to(scores, mask_shape) if 3 in needed else None,
    )


def _back_to_scores(cotangent: Array, shares: Array) -> Array:
    from ...native.softmax import softmax_back

    scores = empty_like(shares)
    softmax_back(as_rows(cotangent), as_rows(shares), as_rows(scores))
    return scores


def _summed_to(scores: Array, shape: tuple[int, ...]) -> Array:
    """Undo the broadcasting of a mask."""
    extra = scores.ndim - len(shape)
    repeated = tuple(axis + extra for axis, length in enumerate(shape) if length == 1)
    summed: Array = np.sum(scores, axis=(*range(extra), *repeated), keepdims=True)
    return summed.reshape(shape)


@fused(_forward, _backward, ("causal",))
def scaled_dot_product_attention(
    query: Array, key: Array, value: Array, mask: Array | None = None, *, causal: bool = False
) -> Array:
    """Give softmax(Q Kᵀ / √d) V, the softmax along each row.

    Args:
        query: Q, (..., T, d).
        key: K, (..., S, d).
        value: V, (..., S, e).
        mask: broadcasts to (..., T, S). Truth values say where a query may attend; numbers are added to the scores.
        causal: whether query t may attend to keys 0 to t alone.

    Returns:
        (..., T, e); zeros for a query that may attend to nothing.

    Raises:
        InvalidArgument: shapes that do not fit, or a mask of whole numbers.

    >>> q = k = np.zeros((2, 1))
    >>> scaled_dot_product_attention(q, k, np.array([[1.0], [3.0]]), causal=True)
    array([[1.],
           [2.]])
    """
    _check(query, key, value, mask)
    scores = np.matmul(query * (1 / math.sqrt(np.shape(query)[-1])), np.swapaxes(key, -1, -2))
    if mask is not None and mask.dtype.kind == "f":
        scores = scores + mask
    allowed = _allowed(mask, np.shape(scores)[-2:], causal, query)
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    largest = np.max(scores, -1, keepdims=True)
    e = np.exp(scores - np.where(largest == -np.inf, 0, largest))
    total = np.sum(e, -1, keepdims=True)
    return np.matmul(e / np.where(total == 0, 1, total), value)
