"""Determinants.

A determinant is a polynomial in the entries: it has all derivatives at singular matrices too, where
the formula with the inverse, det(A) A⁻ᵀ, fails. The first is the matrix of cofactors; this and its own
derivative are computed from the singular value decomposition A = UΣVᵀ, in which only products of
singular values remain, without division.
"""

from collections.abc import Sequence

import numpy as np

from ..errors import NotDifferentiable
from ..types import Array
from .batching import entrywise, stacked
from .dispatching import dispatching
from .matrices import diagonal_matrix, identity_like, transposed
from .table import general


@dispatching
def cofactors(a: Array) -> Array:
    """Give ∂ det(A) / ∂A for square matrices `(..., n, n)`: Jacobi's formula, adj(A)ᵀ, without the inverse."""
    u, s, vh = np.linalg.svd(a)
    orientation = np.linalg.det(u) * np.linalg.det(vh)
    return orientation[..., None, None] * (u * _products_without_one(s)[..., None, :]) @ vh


@dispatching
def cofactors_derivative(a: Array, x: Array) -> Array:
    """Give the derivative of `cofactors` at A along X, both `(..., n, n)`: the second derivative of det.

    For diagonal A the cofactors change along E by Σ_{j≠i} E_jj Π_{l≠i,j} a_l on the diagonal and by
    -E_ji Π_{l≠i,j} a_l beside it; the singular vectors make A diagonal.
    """
    u, s, vh = np.linalg.svd(a)
    orientation = np.linalg.det(u) * np.linalg.det(vh)
    identity = identity_like(s)
    without_two = _products_without_one(np.where(identity == 1, 1, s[..., None, :])) * (1 - identity)
    e = transposed(u) @ x @ transposed(vh)
    on_diagonal = np.einsum("...ij,...jj->...i", without_two, e)
    change = diagonal_matrix(on_diagonal) - without_two * transposed(e)
    return orientation[..., None, None] * (u @ change @ vh)


def _products_without_one(x: Array) -> Array:
    """Give, for each entry along the last axis, the product of all others."""
    ones = np.ones_like(x[..., :1])
    before = np.cumprod(np.concatenate([ones, x[..., :-1]], -1), -1)
    behind = np.cumprod(np.concatenate([ones, x[..., :0:-1]], -1), -1)[..., ::-1]
    return before * behind


def _third_derivative(a: Array, x: Array, z: Array) -> Array:
    """Give the derivative of `cofactors_derivative(a, x)` along Z, from det·∇²det·X = ⟨C, X⟩C - CXᵀC."""
    determinant = np.linalg.det(a)[..., None, None]
    if np.any(determinant == 0):
        raise NotDifferentiable(
            "np.linalg.det of a singular matrix was differentiated three times, and only twice is supported: "
            "write the determinant out as sums and products of the entries."
        )
    c, of_c = cofactors(a), cofactors_derivative(a, z)
    total = _inner(of_c, x) * c + _inner(c, x) * of_c - of_c @ transposed(x) @ c - c @ transposed(x) @ of_c
    return (total - _inner(c, z) * cofactors_derivative(a, x)) / determinant


def _inner(x: Array, y: Array) -> Array:
    return np.sum(x * y, (-2, -1), keepdims=True)


def _det_jvp(tangents: Sequence[Array], y: Array, a: Array) -> Array:
    """Jacobi's formula: ẏ = ⟨C, Ȧ⟩, C the cofactors (Giles 2008, section 2.2.4)."""
    return np.sum(cofactors(a) * tangents[0], (-2, -1))


def _det_vjp(g: Array, position: int, y: Array, a: Array) -> Array:
    """Jacobi's formula: Ā = ȳC (Giles 2008, section 2.2.4)."""
    return g[..., None, None] * cofactors(a)


general(np.linalg.det, _det_jvp, _det_vjp, batch=stacked)

# The higher derivatives of det are symmetric forms: forward and reverse are the same.
general(
    cofactors,
    lambda tangents, y, a: cofactors_derivative(a, tangents[0]),
    lambda g, position, y, a: cofactors_derivative(a, g),
    batch=stacked,
)


def _cofactors_derivative_jvp(tangents: Sequence[Array | None], y: Array, a: Array, x: Array) -> Array:
    of_a, of_x = tangents
    if of_x is None:
        return _third_derivative(a, x, of_a)
    along_x = cofactors_derivative(a, of_x)
    return along_x if of_a is None else along_x + _third_derivative(a, x, of_a)


def _cofactors_derivative_vjp(g: Array, position: int, y: Array, a: Array, x: Array) -> Array:
    return cofactors_derivative(a, g) if position == 1 else _third_derivative(a, x, g)


general(
    cofactors_derivative,
    _cofactors_derivative_jvp,
    _cofactors_derivative_vjp,
    layout=2,
    batch=entrywise,  # of matrices
)


def _inverse(y: tuple[Array, Array], a: Array) -> Array:
    if np.any(y[0] == 0):
        raise NotDifferentiable(
            "np.linalg.slogdet was differentiated at a singular matrix, where the logarithm of the determinant is "
            "minus infinity and has no derivative: use np.linalg.det there, or add to the diagonal."
        )
    return np.linalg.inv(a)


def _slogdet_jvp(tangents: Sequence[Array], y: tuple[Array, Array], a: Array) -> tuple[None, Array]:
    """Along Ȧ, log |det A| changes by tr(A⁻¹Ȧ); the sign is constant (Giles 2008, section 2.2.4)."""
    return None, np.sum(transposed(_inverse(y, a)) * tangents[0], (-2, -1))


def _slogdet_vjp(g: tuple[Array, Array], position: int, y: tuple[Array, Array], a: Array) -> Array:
    return g[1][..., None, None] * transposed(_inverse(y, a))


general(np.linalg.slogdet, _slogdet_jvp, _slogdet_vjp, batch=stacked, multiple=True)
