"""Averages, variances and quantiles.

Convention at zero variance: the derivative of the standard deviation is 0 there, a subgradient.
Quantiles and medians of tied entries take the derivative of one of them (see `sorting`).
"""

from typing import Any

import numpy as np

from ..arrays import place_of
from ..errors import UnsupportedFunction
from ..types import Array
from .arguments import as_array, as_float64, axis_numbers, moved_to_back
from .reductions import count, count_numbers
from .table import composite


@composite(np.var)
def _var(a: Array, axis: Any = None, ddof: float = 0, keepdims: Any = False, correction: float | None = None) -> Array:
    deviation = a - np.mean(a, axis, keepdims=True)
    freedom = count(a, axis) - (ddof if correction is None else correction)
    return np.sum(deviation * deviation, axis, keepdims=keepdims) / freedom


@composite(np.std)
def _std(a: Array, axis: Any = None, ddof: float = 0, keepdims: Any = False, correction: float | None = None) -> Array:
    return np.sqrt(_var(a, axis, ddof, keepdims, correction))


@composite(np.nanvar)
def _nanvar(a: Array, axis: Any = None, ddof: float = 0, keepdims: Any = False) -> Array:
    missing = np.isnan(a)
    deviation = np.where(missing, 0, a - np.nanmean(a, axis, keepdims=True))
    freedom = count_numbers(a, axis, keepdims) - ddof
    return np.sum(deviation * deviation, axis, keepdims=keepdims) / freedom


@composite(np.nanstd)
def _nanstd(a: Array, axis: Any = None, ddof: float = 0, keepdims: Any = False) -> Array:
    return np.sqrt(_nanvar(a, axis, ddof, keepdims))


@composite(np.average)
def _average(
    a: Array, axis: Any = None, weights: Array = None, returned: bool = False, keepdims: Any = False
) -> Array | tuple[Array, Array]:
    a = as_array(a)
    if weights is None:
        mean = np.mean(a, axis, keepdims=keepdims)
        total = np.full_like(place_of(mean), count(a, axis), mean.dtype, shape=np.shape(mean))
    else:
        weights = _spread_weights(as_array(weights, a), a, axis)
        total = np.sum(weights, axis, keepdims=keepdims)
        mean = np.sum(a * weights, axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def _spread_weights(weights: Array, a: Array, axis: Any) -> Array:
    """Give weights in the shape of `a`; weights of fewer axes run along `axis`."""
    if np.shape(weights) == np.shape(a):
        return weights
    if axis is None:
        raise TypeError("np.average needs axis=… where a and weights have different shapes.")
    axes = axis_numbers(axis, np.ndim(a))
    if np.shape(weights) != tuple(np.shape(a)[each] for each in axes):
        raise ValueError(f"np.average: weights of shape {np.shape(weights)} do not fit axis={axis} of {np.shape(a)}.")
    ordered = np.transpose(weights, tuple(np.argsort(axes).tolist()))
    shape = [length if each in axes else 1 for each, length in enumerate(np.shape(a))]
    return np.broadcast_to(np.reshape(ordered, shape), np.shape(a))


@composite(np.median)
def _median(a: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.quantile(a, 0.5, axis, keepdims=keepdims)


@composite(np.percentile)
def _percentile(a: Array, q: Any, axis: Any = None, method: Any = "linear", keepdims: Any = False) -> Array:
    return np.quantile(
        a,
        q / 100 if isinstance(q, (int, float)) else as_array(q, a) / 100,
        axis,
        method=method,
        keepdims=keepdims,
    )


@composite(np.quantile)
def _quantile(a: Array, q: Any, axis: Any = None, method: str = "linear", keepdims: Any = False) -> Array:
    if method != "linear":
        raise UnsupportedFunction(
            f"np.quantile(…, method={method!r}) has no derivative rule: leave method='linear', or index np.sort(x)."
        )
    q = np.asarray(q, a.dtype, like=place_of(a)) if isinstance(q, (int, float)) else as_array(q, a)
    if not np.all((q >= 0) & (q <= 1)):
        raise ValueError("np.quantile takes fractions from 0 to 1 (np.percentile: percents from 0 to 100).")
    rank = np.ndim(a)
    axes = axis_numbers(axis, rank)
    rows = np.transpose(a, moved_to_back(rank, axes))
    rows = np.reshape(rows, (*rows.shape[: rank - len(axes)], count(a, axes)))
    values = _at_fractions(np.sort(rows), q)
    values = np.where(np.any(np.isnan(rows), -1), np.nan, values)[()]
    return np.expand_dims(values, tuple(np.ndim(q) + each for each in axes)) if keepdims else values


def _at_fractions(ascending: Array, q: Array) -> Array:
    """Interpolate linearly at fractions `q` of the last axis; the axes of `q` come first in the result."""
    last, kept = ascending.shape[-1] - 1, ascending.ndim - 1
    position = q.astype(np.result_type(q.dtype, np.float32)) * last  # half precision does not count far
    below = np.floor(position)
    weight = np.reshape(position - below, np.shape(q) + (1,) * kept).astype(q.dtype)
    below = below.astype(int)
    q_first = (*range(kept, kept + np.ndim(q)), *range(kept))
    low, high = (np.transpose(ascending[..., index], q_first) for index in (below, np.minimum(below + 1, last)))
    return low + (high - low) * weight


@composite(np.cov)
def _cov(m: Array, y: Array = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None) -> Array:
    rows = _observations(m, rowvar)
    if y is not None:
        rows = np.concatenate([rows, _observations(y, rowvar)])
    deviation = rows - np.mean(rows, 1, keepdims=True)
    freedom = rows.shape[1] - (int(not bias) if ddof is None else ddof)
    return np.squeeze(deviation @ deviation.T / freedom)


def _observations(m: Array, rowvar: bool) -> Array:
    """Give a variable in each row, an observation in each column."""
    m = as_float64(m)
    if np.ndim(m) < 2:
        return np.reshape(m, (1, -1))
    return m if rowvar else m.T


@composite(np.corrcoef)
def _corrcoef(x: Array, y: Array = None, rowvar: bool = True) -> Array:
    covariance = np.cov(x, y, rowvar)
    if np.ndim(covariance) == 0:
        return covariance / covariance
    deviation = np.sqrt(np.diagonal(covariance))
    return covariance / deviation[:, None] / deviation[None, :]
