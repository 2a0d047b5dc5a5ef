"""Polynomials by their coefficients, the highest power first, as NumPy's older functions have them."""

from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import as_array, as_float64
from .table import composite


@composite(np.polyval)
def _polyval(p: Array, x: Array) -> Array:
    """Evaluate by Horner's rule."""
    y = 0 * as_array(x)
    for coefficient in as_array(p):
        y = y * x + coefficient
    return y


@composite(np.polyadd)
def _polyadd(a1: Array, a2: Array) -> Array:
    a, b = np.atleast_1d(a1, a2)
    length = max(len(a), len(b))
    return np.pad(a, (length - len(a), 0)) + np.pad(b, (length - len(b), 0))


@composite(np.polysub)
def _polysub(a1: Array, a2: Array) -> Array:
    return np.polyadd(a1, np.negative(a2))


@composite(np.polymul)
def _polymul(a1: Array, a2: Array) -> Array:
    return np.convolve(*np.atleast_1d(a1, a2))


@composite(np.polyder)
def _polyder(p: Array, m: int = 1) -> Array:
    p = as_array(p)
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1, like=place_of(p))
    return p


@composite(np.polyint)
def _polyint(p: Array, m: int = 1, k: Array = None) -> Array:
    p = as_array(p)
    constants = np.broadcast_to(as_array(0.0 if k is None else k, p), (m,))
    for constant in constants:
        p = np.append(p / np.arange(len(p), 0, -1, like=place_of(p)), constant)
    return p


@composite(np.vander)
def _vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    powers = np.arange(np.size(x) if N is None else N, like=place_of(x))
    return np.power(np.expand_dims(x, 1), powers if increasing else powers[::-1])


@composite(np.polyfit)
def _polyfit(x: Array, y: Array, deg: int, rcond: float | None = None, w: Array = None) -> Array:
    """Fit by least squares, the columns of the Vandermonde matrix scaled to unit length, as NumPy does."""
    x, y = as_float64(x, y), as_float64(y, x)
    rcond = len(x) * np.finfo(float).eps if rcond is None else rcond
    columns = np.vander(x, deg + 1)
    if w is not None:
        w = as_array(w, y)
        columns = columns * w[:, None]
        y = y * (w[:, None] if np.ndim(y) == 2 else w)
    scale = np.sqrt(np.sum(columns * columns, 0))
    coefficients: Any = np.linalg.lstsq(columns / scale, y, rcond)[0]
    return (coefficients.T / scale).T
