"""What NumPy and SciPy have and CuPy 14 has not, and what stands in its place on a device.

Rows of the table, and rules, take it from here, so no rule asks which device it is on. What is only a combination of
other functions (`Composite`) needs no row: its definition runs on every device. What has neither is refused in a
sentence, see `difflab.arrays.explain`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from scipy import special
from scipy.special import _ufuncs

from ..arrays import is_on_gpu, special_functions
from ..types import Array


def _reshape(a: Array, shape: Any, order: Any = "C") -> Array:
    """CuPy calls the parameter `newshape`."""
    return a.reshape(shape, order=order)


def _argsort(a: Array, axis: Any = -1, kind: Any = None, stable: Any = None) -> Array:
    """CuPy's sorting is stable, and has no other kind."""
    return np.argsort(a, axis)


def _unravel_index(indices: Array, shape: Any, order: Any = "C") -> tuple[Array, ...]:
    """CuPy calls the parameter `dims`."""
    return np.unravel_index(indices, shape, order)


def _cholesky(a: Array, upper: bool = False) -> Array:
    """CuPy has the lower factor only."""
    return np.swapaxes(np.linalg.cholesky(np.swapaxes(a, -1, -2)), -1, -2) if upper else np.linalg.cholesky(a)


def _pinv(a: Array, rcond: Any = None, rtol: Any = 1e-15) -> Array:
    """CuPy knows no `rtol`."""
    if rcond is None:
        rcond = max(a.shape[-2:]) * np.finfo(a.dtype).eps if rtol is None else rtol
    return np.linalg.pinv(a, rcond=rcond)


def _matrix_rank(A: Array, tol: Any = None, hermitian: bool = False, rtol: Any = None) -> Array:
    """CuPy knows neither `rtol` nor `hermitian`, which only saves time."""
    values = np.linalg.svd(A, compute_uv=False)
    if tol is None:
        least = max(A.shape[-2:]) * np.finfo(values.dtype).eps if rtol is None else rtol
        tol = np.max(values, -1, keepdims=True) * least
    return np.sum(values > tol, -1)


def _svdvals(x: Array) -> Array:
    return np.linalg.svd(x, compute_uv=False)


def _logaddexp_reduce(array: Array, axis: Any = 0, keepdims: bool = False) -> Array:
    """CuPy reduces by addition and multiplication only."""
    largest = np.max(array, axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0)
    total = np.log(np.sum(np.exp(array - shift), axis, keepdims=True)) + shift
    return total if keepdims else np.squeeze(total, axis)


def _zeta(x: Any, q: Any) -> Array:
    """CuPy has it under another name than that of SciPy's ufunc, by which it would look for it."""
    return special_functions().zeta(x, q)


SUBSTITUTES: dict[Any, Callable[..., Any]] = {
    np.argsort: _argsort,
    np.linalg.cholesky: _cholesky,
    np.linalg.matrix_rank: _matrix_rank,
    np.linalg.pinv: _pinv,
    np.linalg.svdvals: _svdvals,
    np.logaddexp.reduce: _logaddexp_reduce,
    np.reshape: _reshape,
    np.unravel_index: _unravel_index,
    special.zeta: _zeta,
    _ufuncs._zeta: _zeta,
}
"""By function, what gives the same on a device."""


def anywhere(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that runs on every device: itself, or one that hands arrays on a device to its substitute.

    >>> anywhere(np.sin) is np.sin, anywhere(np.linalg.svdvals)(np.eye(2))
    (True, array([1., 1.]))
    """
    instead = SUBSTITUTES.get(function)
    if instead is None:
        return function

    @wraps(function)
    def either(*args: Any, **options: Any) -> Any:
        if type(args[0]) is np.ndarray or not any(map(is_on_gpu, args)):
            return function(*args, **options)
        return instead(*args, **options)

    return either
