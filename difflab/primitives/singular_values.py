"""Singular values and singular vectors.

Where singular values coincide (to rounding) the vectors are an arbitrary basis and have no
derivative; asking for it raises `NotDifferentiable`, as it does where a singular value is 0 and the
matrix is not square. Single singular values have a kink where they coincide or vanish, and get the
derivative along the vectors that NumPy found: sums over equal ones (norms) are right, and at a kink
get a subgradient.

Source: Townsend, Differentiating the singular value decomposition (2016).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import UnsupportedFunction
from ..types import Array
from .batching import stacked
from .dispatching import dispatching
from .layout import Layout
from .matrices import diagonal_matrix, diagonal_of, gaps, quotient, transposed
from .table import composite, general

Factors = tuple[Array, Array, Array]


@dispatching
def reduced_svd(a: Array) -> Any:
    """Give `np.linalg.svd(a, full_matrices=False)`."""
    return np.linalg.svd(a, full_matrices=False)


def _svd_jvp(tangents: Sequence[Array], y: Factors, a: Array) -> Factors:
    """A = USVᵀ: with P = UᵀȦV, ṡ = diag P, U̇ = U(F∘(PS + SPᵀ)), V̇ = V(F∘(SP + PᵀS)), F_ij = 1/(s_j² - s_i²).

    (Townsend, equations 16 to 20.) Where U or V is not square, it also turns out of the space of its columns.
    """
    (t,), (u, s, vh) = tangents, y
    v = transposed(vh)
    p = transposed(u) @ t @ v
    mixed = _divided_by_gaps(p, s)
    of_u = u @ _skew(mixed * s[..., None, :])
    of_v = v @ _skew(mixed * s[..., :, None])
    rows, columns = np.shape(a)[-2:]
    if rows > columns:
        of_u = of_u + quotient(_outside(u, t @ v), _divisors(s))
    if rows < columns:
        of_v = of_v + quotient(_outside(v, transposed(t) @ u), _divisors(s))
    return of_u, diagonal_of(p), transposed(of_v)


def _svd_vjp(g: Factors, position: int, y: Factors, a: Array) -> Array:
    """Give the transpose of `_svd_jvp` (Townsend, section 3)."""
    (of_u, of_s, of_vh), (u, s, vh) = g, y
    v, of_v = transposed(vh), transposed(of_vh)
    asked_of_u = _divided_by_gaps(transposed(u) @ of_u, s)
    asked_of_v = _divided_by_gaps(transposed(v) @ of_v, s)
    inner = _doubled(asked_of_u) * s[..., None, :] + s[..., :, None] * _doubled(asked_of_v) + diagonal_matrix(of_s)
    total = u @ inner @ vh
    rows, columns = np.shape(a)[-2:]
    if rows > columns:
        total = total + quotient(_outside(u, of_u), _divisors(s)) @ vh
    if rows < columns:
        total = total + u @ transposed(quotient(_outside(v, of_v), _divisors(s)))
    return total


def _divided_by_gaps(x: Array, s: Array) -> Array:
    """Give X_ij / (s_j² - s_i²), and 0 on the diagonal."""
    return quotient(quotient(x, gaps(s)), s[..., None, :] + s[..., :, None])


def _skew(x: Array) -> Array:
    return x - transposed(x)


def _doubled(x: Array) -> Array:
    return x + transposed(x)


def _outside(basis: Array, x: Array) -> Array:
    """Give the part of the columns of `x` that is orthogonal to all columns of `basis`."""
    return x - basis @ (transposed(basis) @ x)


def _divisors(s: Array) -> Array:
    """Give the singular values, one for each column, as 0 where they are of the size of rounding errors."""
    rounding = np.shape(s)[-1] * np.finfo(s.dtype).eps * s[..., :1]
    return np.where(s <= rounding, 0, s)[..., None, :]


general(
    reduced_svd, _svd_jvp, _svd_vjp, layout=Layout(reduced_svd, 1, name="np.linalg.svd"), batch=stacked, multiple=True
)


def _svdvals_jvp(tangents: Sequence[Array], y: Array, x: Array) -> Array:
    u, _, vh = reduced_svd(x)
    return np.sum(u * (tangents[0] @ transposed(vh)), -2)


def _svdvals_vjp(g: Array, position: int, y: Array, x: Array) -> Array:
    u, _, vh = reduced_svd(x)
    return (u * g[..., None, :]) @ vh


general(np.linalg.svdvals, _svdvals_jvp, _svdvals_vjp, batch=stacked)


@composite(np.linalg.svd)
def _svd(a: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if not compute_uv:
        return np.linalg.svdvals(a)
    rows, columns = np.shape(a)[-2:]
    if full_matrices and rows != columns:
        raise UnsupportedFunction(
            f"np.linalg.svd of a matrix of shape {(rows, columns)} gives, with full_matrices=True, vectors that the "
            f"matrix does not determine, without derivative: write np.linalg.svd(a, full_matrices=False)."
        )
    return reduced_svd(a)
