"""Eigenvalues and eigenvectors.

np.linalg.eigh and eigvalsh read one triangle of their argument. Their derivatives take it for the
symmetric matrix that it stands for: tangents count by their symmetric part, and gradients are
symmetric, so that both are right along symmetric matrices.

Where eigenvalues coincide (to rounding), eigenvectors are an arbitrary basis and have no derivative;
asking for it raises `NotDifferentiable`. Single eigenvalues have a kink there, and get the derivative
along the eigenvectors that NumPy found; functions in which the equal ones count alike (their sum, the
trace) are smooth, and right. So np.linalg.eigvalsh has a first derivative everywhere.

Source: Giles, An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation (2008), section 3.1.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import NotDifferentiable
from ..types import Array
from .batching import stacked
from .dispatching import dispatching
from .layout import Layout
from .matrices import diagonal_matrix, diagonal_of, gaps, quotient, symmetric, transposed
from .table import composite, general

Pair = tuple[Array, Array]


def _eigh_jvp(tangents: Sequence[Array], y: Pair, a: Array, **options: Any) -> Pair:
    """A = VΛVᵀ: with P = VᵀȦV, λ̇ = diag P and V̇ = V(F∘P), F_ij = 1/(λ_j - λ_i)."""
    values, vectors = y
    p = transposed(vectors) @ symmetric(tangents[0]) @ vectors
    return diagonal_of(p), vectors @ quotient(p, gaps(values))


def _eigh_vjp(g: Pair, position: int, y: Pair, a: Array, **options: Any) -> Array:
    """A = VΛVᵀ: Ā = V(diag λ̄ + F∘(VᵀV̄))Vᵀ, of which the symmetric part counts."""
    (of_values, of_vectors), (values, vectors) = g, y
    inner = diagonal_matrix(of_values) + quotient(transposed(vectors) @ of_vectors, gaps(values))
    return symmetric(vectors @ inner @ transposed(vectors))


general(np.linalg.eigh, _eigh_jvp, _eigh_vjp, ("UPLO",), batch=stacked, multiple=True)


def _eigvalsh_jvp(tangents: Sequence[Array], y: Array, a: Array, **options: Any) -> Array:
    vectors = np.linalg.eigh(a, **options).eigenvectors
    return np.sum(vectors * (symmetric(tangents[0]) @ vectors), -2)


def _eigvalsh_vjp(g: Array, position: int, y: Array, a: Array, **options: Any) -> Array:
    vectors = np.linalg.eigh(a, **options).eigenvectors
    return (vectors * g[..., None, :]) @ transposed(vectors)


general(np.linalg.eigvalsh, _eigvalsh_jvp, _eigvalsh_vjp, ("UPLO",), batch=stacked)


@dispatching
def real_eig(a: Array) -> Any:
    """Give np.linalg.eig of matrices whose eigenvalues are real; raises `NotDifferentiable` for others."""
    result = np.linalg.eig(a)
    if np.any(np.imag(result.eigenvalues)):
        raise NotDifferentiable(
            "np.linalg.eig or eigvals met complex eigenvalues, and only real numbers are differentiated: for symmetric "
            "matrices use np.linalg.eigh; otherwise use real functions of the matrix, such as np.linalg.det or svd."
        )
    return type(result)(np.real(result.eigenvalues), np.real(result.eigenvectors))


def _eig_jvp(tangents: Sequence[Array], y: Pair, a: Array) -> Pair:
    """AV = VΛ: with P = V⁻¹ȦV, λ̇ = diag P and V̇ = V(F∘P), less what changes the vectors' lengths."""
    values, vectors = y
    p = _inverse(vectors) @ tangents[0] @ vectors
    change = vectors @ quotient(p, gaps(values))
    return diagonal_of(p), _without_stretching(change, vectors)


def _eig_vjp(g: Pair, position: int, y: Pair, a: Array) -> Array:
    """AV = VΛ: Ā = V⁻ᵀ(diag λ̄ + F∘(VᵀV̄))Vᵀ, V̄ less what changes the vectors' lengths."""
    (of_values, of_vectors), (values, vectors) = g, y
    inverse = _inverse(vectors)
    asked = transposed(vectors) @ _without_stretching(of_vectors, vectors)
    inner = diagonal_matrix(of_values) + quotient(asked, gaps(values))
    return transposed(inverse) @ inner @ transposed(vectors)


def _without_stretching(change: Array, vectors: Array) -> Array:
    """Project the change of unit vectors, the columns, to what keeps their length."""
    return change - vectors * np.sum(vectors * change, -2, keepdims=True)


def _inverse(vectors: Array) -> Array:
    if np.any(np.linalg.matrix_rank(vectors) < np.shape(vectors)[-1]):
        raise NotDifferentiable(
            "np.linalg.eig or eigvals was differentiated at a matrix without a full set of eigenvectors, where its "
            "eigenvalues change infinitely fast: use functions of the matrix such as np.linalg.det, trace or svd."
        )
    return np.linalg.inv(vectors)


general(real_eig, _eig_jvp, _eig_vjp, layout=Layout(real_eig, 1, name="np.linalg.eig"), batch=stacked, multiple=True)


@composite(np.linalg.eig)
def _eig(a: Array) -> Any:
    return real_eig(a)


@dispatching
def real_eigvals(a: Array) -> Array:
    """Give np.linalg.eigvals of matrices whose eigenvalues are real; raises `NotDifferentiable` for others."""
    return real_eig(a).eigenvalues


def _eigvals_jvp(tangents: Sequence[Array], y: Array, a: Array) -> Array:
    vectors = real_eig(a).eigenvectors
    return diagonal_of(_inverse(vectors) @ tangents[0] @ vectors)


def _eigvals_vjp(g: Array, position: int, y: Array, a: Array) -> Array:
    vectors = real_eig(a).eigenvectors
    return transposed(_inverse(vectors)) @ (g[..., None] * transposed(vectors))


general(
    real_eigvals, _eigvals_jvp, _eigvals_vjp, layout=Layout(real_eigvals, 1, name="np.linalg.eigvals"), batch=stacked
)


@composite(np.linalg.eigvals)
def _eigvals(a: Array) -> Array:
    return real_eigvals(a)
