"""Batch and layer normalisation. Derivatives go through mean and variance, in every order."""

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from ...arrays import place_of
from ...errors import InvalidArgument
from ...pool import empty, empty_like, zeros_like
from ...types import Array
from ..table import fused
from .planes import planes_of


def _per_channel(statistic: Array, rank: int) -> Array:
    """Give an array of one number a channel the axes that broadcast it against (batch, channels, ...)."""
    return statistic[(slice(None), *(None,) * (rank - 2))]


def _check_batch(x: Array, **per_channel: Array | None) -> None:
    shape = np.shape(x)
    if len(shape) < 2 or 0 in (shape[0], *shape[2:]):
        raise InvalidArgument(
            f"Batch normalisation takes the axes (batch, channels, ...), one number or more for a channel; x was given "
            f"with shape {shape}."
        )
    for name, array in per_channel.items():
        if array is not None and np.shape(array) != shape[1:2]:
            raise InvalidArgument(
                f"In batch normalisation of {shape[1]} channels the {name} has the shape {shape[1:2]}, not "
                f"{np.shape(array)}."
            )


def _rows(x: Array) -> Array:
    """Give (batch · channels, length), contiguous: a view where it is, else a copy."""
    return planes_of(x).reshape(math.prod(x.shape[:2]), math.prod(x.shape[2:]))


def _ones_or(weight: Array | None, x: Array, shape: Sequence[int]) -> Array:
    return np.ones_like(place_of(x), x.dtype, shape=shape) if weight is None else weight


def _zeros_or(bias: Array | None, x: Array, shape: Sequence[int]) -> Array:
    return np.zeros(shape, x.dtype, like=place_of(x)) if bias is None else bias


def _batch_norm(
    x: Array, weight: Array | None = None, bias: Array | None = None, *, epsilon: float = 1e-5
) -> tuple[tuple[Array, Array, Array], Any]:
    from ...native import batch_norm

    _check_batch(x, weight=weight, bias=bias)
    channels = x.shape[1:2]
    rows, scale = _rows(x), _ones_or(weight, x, channels)
    y, mean, variance = empty_like(rows), empty(channels, x.dtype), empty(channels, x.dtype)
    batch_norm.normalize(rows, len(x), scale, _zeros_or(bias, x, channels), float(epsilon), y, mean, variance)
    saved = x, scale, mean.copy(), variance.copy()
    return (y.reshape(x.shape), mean, variance), saved


def _batch_norm_back(
    cotangents: Sequence[Array | None], saved: Any, needed: Collection[int], *, epsilon: float = 1e-5
) -> tuple[Array | None, ...]:
    from ...native import batch_norm

    x, weight, mean, variance = saved
    to_y = zeros_like(x) if cotangents[0] is None else cotangents[0]
    to_mean, to_variance = (zeros_like(mean) if each is None else each for each in cotangents[1:])
    rows = _rows(x)
    result, to_weight, to_bias = empty_like(rows), empty_like(mean), empty_like(mean)
    batch_norm.normalize_back(
        _rows(to_y),
        to_mean,
        to_variance,
        rows,
        len(x),
        weight,
        float(epsilon),
        mean,
        variance,
        result,
        to_weight,
        to_bias,
    )
    return result.reshape(x.shape), to_weight, to_bias


@fused(_batch_norm, _batch_norm_back, ("epsilon",), multiple=True)
def batch_norm(
    x: Array, weight: Array | None = None, bias: Array | None = None, *, epsilon: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Give each channel with mean 0 and variance 1, times its weight, plus its bias, and the statistics of the batch.

    y = weight (x - mean) / √(variance + epsilon) + bias (Ioffe and Szegedy, ICML 2015, algorithm 1).

    Args:
        x: (batch, channels, ...); statistics are over all axes but that of the channels.
        weight: (channels,), or None for ones.
        bias: (channels,), or None for zeros.
        epsilon: is added to the variance.

    Returns:
        y, in the shape of x and in its order of memory; mean, (channels,); variance, (channels,), the mean of squares.

    Raises:
        InvalidArgument: the shapes do not fit, or there is no number to take a mean of.

    >>> y, mean, variance = batch_norm(np.array([[1.0], [3.0]]), epsilon=0.0)
    >>> y.tolist(), mean.tolist(), variance.tolist()
    ([[-1.0], [1.0]], [2.0], [1.0])
    """
    _check_batch(x, weight=weight, bias=bias)
    rank = np.ndim(x)
    axes = (0, *range(2, rank))
    mean = np.mean(x, axes)
    centred = x - _per_channel(mean, rank)
    variance = np.mean(centred * centred, axes)
    return _scaled(centred, variance, weight, bias, epsilon), mean, variance


def _scaled(centred: Array, variance: Array, weight: Array | None, bias: Array | None, epsilon: float) -> Array:
    rank = np.ndim(centred)
    scale = 1 / np.sqrt(variance + epsilon)
    y = centred * _per_channel(scale if weight is None else scale * weight, rank)
    return y if bias is None else y + _per_channel(bias, rank)


def normalize(
    x: Array,
    mean: Array,
    variance: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    *,
    epsilon: float = 1e-5,
) -> Array:
    """Give `batch_norm` with mean and variance, (channels,), that are given, as a network has them in evaluation.

    Raises:
        InvalidArgument: the shapes do not fit.

    >>> normalize(np.array([[1.0], [3.0]]), np.array([1.0]), np.array([4.0]), epsilon=0.0)
    array([[0.],
           [1.]])
    """
    _check_batch(x, mean=mean, variance=variance, weight=weight, bias=bias)
    return _scaled(x - _per_channel(mean, np.ndim(x)), variance, weight, bias, epsilon)


def _normal_shape(x: Array, weight: Array | None, bias: Array | None, axes: int) -> tuple[int, ...]:
    """Give the lengths of the axes that layer normalisation is over."""
    count = np.ndim(x) if np.ndim(x) < axes else axes
    shape: tuple[int, ...] = np.shape(x)[np.ndim(x) - count :] if weight is None else np.shape(weight)
    if not shape or 0 in shape or np.shape(x)[-len(shape) :] != shape:
        raise InvalidArgument(
            f"Layer normalisation is over the last axes of x, as many as the weight has, and of its lengths; x was "
            f"given with shape {np.shape(x)}, and those axes with {shape}."
        )
    if bias is not None and np.shape(bias) != shape:
        raise InvalidArgument(f"In layer normalisation weight and bias have one shape, {shape}, not {np.shape(bias)}.")
    return shape


def _layer_norm(
    x: Array, weight: Array | None = None, bias: Array | None = None, *, axes: int = 1, epsilon: float = 1e-5
) -> tuple[Array, Any]:
    from ...native import layer_norm

    shape = _normal_shape(x, weight, bias, axes)
    rows = np.ascontiguousarray(x).reshape(-1, math.prod(shape))
    scale = _ones_or(weight, x, shape).reshape(-1)
    y, mean, inverse = empty_like(rows), empty((len(rows),), x.dtype), empty((len(rows),), x.dtype)
    layer_norm.normalize(rows, scale, _zeros_or(bias, x, shape).reshape(-1), float(epsilon), y, mean, inverse)
    return y.reshape(x.shape), (x, scale, mean, inverse, shape)


def _layer_norm_back(
    cotangent: Array, saved: Any, needed: Collection[int], **parameters: Any
) -> tuple[Array | None, ...]:
    from ...native import layer_norm

    x, scale, mean, inverse, shape = saved
    rows = np.ascontiguousarray(x).reshape(-1, scale.size)
    result, to_weight, to_bias = empty_like(rows), zeros_like(scale), zeros_like(scale)
    flow = np.ascontiguousarray(cotangent).reshape(rows.shape)
    layer_norm.normalize_back(flow, rows, scale, mean, inverse, result, to_weight, to_bias)
    return result.reshape(x.shape), to_weight.reshape(shape), to_bias.reshape(shape)


@fused(_layer_norm, _layer_norm_back, ("axes", "epsilon"))
def layer_norm(
    x: Array, weight: Array | None = None, bias: Array | None = None, *, axes: int = 1, epsilon: float = 1e-5
) -> Array:
    """Give x with mean 0 and variance 1 over its last axes, times a weight, plus a bias.

    y = weight (x - mean) / √(variance + epsilon) + bias (Ba, Kiros and Hinton, arXiv:1607.06450).

    Args:
        x: (..., and the axes that mean and variance are over).
        weight: of the shape of those axes, or None for ones.
        bias: likewise, or None for zeros.
        axes: how many they are, where there is no weight to tell.
        epsilon: is added to the variance.

    Raises:
        InvalidArgument: the shapes do not fit.

    >>> layer_norm(np.array([[1.0, 3.0], [5.0, 5.0]]), epsilon=0.5**20)
    array([[-0.99999952,  0.99999952],
           [ 0.        ,  0.        ]])
    """
    shape = _normal_shape(x, weight, bias, axes)
    over = tuple(range(-len(shape), 0))
    centred = x - np.mean(x, over, keepdims=True)
    y = centred * (1 / np.sqrt(np.mean(centred * centred, over, keepdims=True) + epsilon))
    y = y if weight is None else y * weight
    return y if bias is None else y + bias
