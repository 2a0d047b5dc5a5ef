"""Linear systems, inverses, and what is made of them.

Sources: Giles, An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation (2008), sections 2.2 and 2.3; Golub and Pereyra, The differentiation of
pseudo-inverses and nonlinear least squares problems whose variables separate (1973).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..types import Array
from .arguments import as_array, as_int
from .batching import stacked, with_rank
from .matrices import identity_like, transposed
from .primitive import General
from .substitutes import anywhere
from .table import composite, constant, general


def _solve_jvp(tangents: Sequence[Array | None], y: Array, a: Array, b: Array) -> Array:
    """AY = B: Ẏ = A⁻¹(Ḃ - ȦY) (Giles, section 2.3.1)."""
    of_a, of_b = tangents
    is_vector = np.ndim(b) == 1
    right = 0 if of_b is None else _columns(of_b, is_vector)
    if of_a is not None:
        right = right - np.matmul(of_a, _columns(y, is_vector))
    return _like_b(np.linalg.solve(a, right), is_vector)


def _solve_vjp(g: Array, position: int, y: Array, a: Array, b: Array) -> Array:
    """AY = B: B̄ = A⁻ᵀȲ, Ā = -B̄Yᵀ (Giles, section 2.3.1)."""
    is_vector = np.ndim(b) == 1
    of_b = np.linalg.solve(transposed(a), _columns(g, is_vector))
    if position == 1:
        return _like_b(of_b, is_vector)
    return -np.matmul(of_b, transposed(_columns(y, is_vector)))


def _columns(x: Array, is_vector: bool) -> Array:
    return x[..., None] if is_vector else x


def _like_b(x: Array, is_vector: bool) -> Array:
    return x[..., 0] if is_vector else x


def _batch_solve(
    primitive: General, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    a, b = operands
    is_vector = np.ndim(b) - batched[1] == 1
    b = _columns(b, is_vector)
    if batched[0]:
        rank = max(np.ndim(a) - batched[0], np.ndim(b) - batched[1])
        b = with_rank(b, rank) if batched[1] else b
        return _like_b(np.linalg.solve(with_rank(a, rank), b), is_vector)
    # One matrix, many right-hand sides: all of them are columns, and the matrix is factored once.
    b = np.moveaxis(b, 0, -1)
    right = np.reshape(b, (*np.shape(b)[:-2], np.shape(b)[-2] * np.shape(b)[-1]))
    y = np.linalg.solve(a, right)
    y = np.moveaxis(np.reshape(y, np.shape(y)[:-1] + np.shape(b)[-2:]), -1, 0)
    return _like_b(y, is_vector)


general(np.linalg.solve, _solve_jvp, _solve_vjp, layout=2, batch=_batch_solve)


def _inv_jvp(tangents: Sequence[Array], y: Array, a: Array) -> Array:
    """C = A⁻¹: Ċ = -CȦC (Giles, section 2.2.3)."""
    return -(y @ tangents[0] @ y)


def _inv_vjp(g: Array, position: int, y: Array, a: Array) -> Array:
    """C = A⁻¹: Ā = -CᵀC̄Cᵀ (Giles, section 2.2.3)."""
    return -(transposed(y) @ g @ transposed(y))


general(np.linalg.inv, _inv_jvp, _inv_vjp, batch=stacked)


def _pinv_jvp(tangents: Sequence[Array], y: Array, a: Array, **options: Any) -> Array:
    """C = A⁺ near matrices of the same rank (Golub and Pereyra, equation 4.12)."""
    (t,) = tangents
    beside, outside = _projectors(y, a)
    return -(y @ t @ y) + y @ transposed(y) @ transposed(t) @ outside + beside @ transposed(t) @ transposed(y) @ y


def _pinv_vjp(g: Array, position: int, y: Array, a: Array, **options: Any) -> Array:
    """Give the transpose of `_pinv_jvp`."""
    beside, outside = _projectors(y, a)
    yt, gt = transposed(y), transposed(g)
    return -(yt @ g @ yt) + outside @ gt @ y @ yt + yt @ y @ gt @ beside


def _projectors(y: Array, a: Array) -> tuple[Array, Array]:
    """Give I - A⁺A and I - AA⁺, which project on what A and its transpose take to zero."""
    before, behind = y @ a, a @ y
    return identity_like(before) - before, identity_like(behind) - behind


general(np.linalg.pinv, _pinv_jvp, _pinv_vjp, ("rcond", "rtol"), batch=stacked)
constant(np.linalg.matrix_rank, ("tol", "hermitian", "rtol"), batch=stacked)

_singular_values = anywhere(np.linalg.svdvals)


@composite(np.linalg.lstsq)
def _lstsq(a: Array, b: Array, rcond: float | None = None) -> tuple[Array, Array, int, Array]:
    a, b = as_array(a), as_array(b)
    rows, columns = np.shape(a)
    smallest = np.finfo(a.dtype).eps * max(rows, columns) if rcond is None else rcond
    x = np.matmul(np.linalg.pinv(a, rcond=smallest), b)
    singular_values = _singular_values(a)
    rank = as_int(np.sum(singular_values > smallest * singular_values[0]))
    if rank < columns or rows <= columns:
        return x, np.zeros(0, a.dtype, like=place_of(a)), rank, singular_values
    residuals = np.reshape(b - np.matmul(a, x), (rows, -1))
    return x, np.sum(residuals * residuals, 0), rank, singular_values


@composite(np.linalg.tensorsolve)
def _tensorsolve(a: Array, b: Array, axes: Any = None) -> Array:
    if axes is not None:
        a = np.moveaxis(a, axes, range(np.ndim(a) - len(axes), np.ndim(a)))
    size = np.size(b)
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), np.shape(a)[np.ndim(b) :])


@composite(np.linalg.tensorinv)
def _tensorinv(a: Array, ind: int = 2) -> Array:
    size = int(np.prod(np.shape(a)[:ind], dtype=int))
    return np.reshape(np.linalg.inv(np.reshape(a, (size, size))), np.shape(a)[ind:] + np.shape(a)[:ind])


@composite(np.linalg.cond)
def _cond(x: Array, p: Any = None) -> Array:
    if p in (None, 2, -2):
        values = _singular_values(x)
        largest, smallest = values[..., 0], values[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))


@composite(np.linalg.matrix_power)
def _matrix_power(a: Array, n: int) -> Array:
    if n == 0:
        return np.broadcast_to(identity_like(a), np.shape(a)).copy()
    square, n = (np.linalg.inv(a), -n) if n < 0 else (a, n)
    power = None
    while True:
        n, is_odd = divmod(n, 2)
        if is_odd:
            power = square if power is None else np.matmul(power, square)
        if n == 0:
            return power
        square = np.matmul(square, square)


@composite(np.trace)
def _trace(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    return np.sum(np.diagonal(a, offset, axis1, axis2), -1)


@composite(np.linalg.trace)
def _linalg_trace(x: Array, offset: int = 0) -> Array:
    return np.trace(x, offset, -2, -1)


@composite(np.linalg.matrix_transpose)
def _linalg_matrix_transpose(x: Array) -> Array:
    return transposed(x)
