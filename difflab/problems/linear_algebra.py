"""Matrices: a product with its cotangents, a determinant; and log-sum-exp."""

import numpy as np

from ..types import Array
from .problem import Known, Problem

_GILES = (
    "M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation, "
    "Advances in Automatic Differentiation (2008)"
)


def matrix_product(X: Array, W: Array) -> Array:
    """Give Z = XW; X (m, n), W (n, k), Z (m, k)."""
    return X @ W


def _matrix_product_jacobian(X: Array, W: Array) -> tuple[Array, Array]:
    """∂Z_ij/∂X_kl is W_lj if i = k, and ∂Z_ij/∂W_kl is X_ik if j = l."""
    by_X = np.identity(X.shape[0], like=X)[:, None, :, None] * W.T[None, :, None, :]
    by_W = X[:, None, :, None] * np.identity(W.shape[1], like=W)[None, :, None, :]
    return by_X, by_W


def weighted_matrix_product(X: Array, W: Array, weights: Array) -> Array:
    """Give ⟨Z̄, XW⟩ for the weights Z̄; X (m, n), W (n, k), Z̄ (m, k)."""
    return np.sum(weights * (X @ W))


def _weighted_matrix_product_gradient(X: Array, W: Array, weights: Array) -> tuple[Array, Array]:
    return weights @ W.T, X.T @ weights


def _weighted_matrix_product_hessian(X: Array, W: Array, weights: Array) -> tuple[tuple[Array, ...], ...]:
    """∂²/∂X_ij∂W_kl is Z̄_il if j = k; twice by the same matrix it is zero."""
    mixed = weights[:, None, None, :] * np.identity(len(W), like=W)[None, :, :, None]
    return (np.zeros(X.shape * 2, like=X), mixed), (mixed.transpose(2, 3, 0, 1), np.zeros(W.shape * 2, like=W))


def determinant(A: Array) -> Array:
    """Give det A; A (n, n)."""
    return np.linalg.det(A)


def _determinant_gradient(A: Array) -> Array:
    """Jacobi's formula: the matrix of the cofactors, det(A)·A⁻ᵀ."""
    return np.linalg.det(A) * np.linalg.inv(A).T


def _determinant_hessian(A: Array) -> Array:
    """Differentiate det(A)·A⁻ᵀ: ∂²det/∂A_ij∂A_kl = det(A)·(B_ji·B_lk − B_jk·B_li) with B = A⁻¹."""
    B = np.linalg.inv(A)
    return np.linalg.det(A) * (np.einsum("ji,lk->ijkl", B, B) - np.einsum("jk,li->ijkl", B, B))


def log_sum_exp(x: Array) -> Array:
    """Give ln Σ exp(x_i) over the last axis of x, without overflow."""
    largest = np.max(x, axis=-1, keepdims=True)
    return largest[..., 0] + np.log(np.sum(np.exp(x - largest), axis=-1))


def softmax(x: Array) -> Array:
    """Give exp(x_i) / Σ exp(x_i) over the last axis of x, the gradient of `log_sum_exp`."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def _log_sum_exp_hessian(x: Array) -> Array:
    p = softmax(x)
    return np.diag(p) - np.outer(p, p)


def _matrices(size: int) -> tuple[Array, Array]:
    random = np.random.default_rng(2008)
    return random.normal(size=(size, size + 1)), random.normal(size=(size + 1, size + 2))


def _weighted_matrices(size: int) -> tuple[Array, Array, Array]:
    return *_matrices(size), np.random.default_rng(2009).normal(size=(size, size + 2))


def _well_conditioned(size: int) -> tuple[Array]:
    """Perturb the identity, so that neither the determinant nor the condition number grows fast."""
    return (np.eye(size) + np.random.default_rng(1841).normal(size=(size, size)) / (2 * np.sqrt(size)),)


MATRIX_PRODUCT = Problem(
    name="matrix_product",
    title="Z = XW",
    function=matrix_product,
    arguments=_matrices,
    operator="jacobian",
    source=_GILES,
    sizes=(1, 2, 4, 8),
    size=2,
    argnums=(0, 1),
    closed_forms={"jacobian": _matrix_product_jacobian},
    tags=frozenset({"teaching", "linear algebra"}),
    notes="X is size × (size + 1), W is (size + 1) × (size + 2). A Jacobian of four indices "
    "for each of them: what a sweep never builds.",
)
WEIGHTED_MATRIX_PRODUCT = Problem(
    name="weighted_matrix_product",
    title="⟨Z̄, XW⟩, with X̄ = Z̄Wᵀ and W̄ = XᵀZ̄",
    function=weighted_matrix_product,
    arguments=_weighted_matrices,
    operator="gradient",
    source=_GILES,
    sizes=(1, 2, 4, 8, 16, 32),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _weighted_matrix_product_gradient, "hessian": _weighted_matrix_product_hessian},
    tags=frozenset({"teaching", "linear algebra"}),
    notes="Its gradient is what a reverse sweep computes from the cotangent Z̄ of Z = XW: two matrix products.",
)
DETERMINANT = Problem(
    name="determinant",
    title="determinant",
    function=determinant,
    arguments=_well_conditioned,
    operator="gradient",
    source=_GILES + "; the formula is Jacobi's (1841)",
    sizes=(1, 2, 3, 4, 8, 16, 32),
    size=3,
    closed_forms={"gradient": _determinant_gradient, "hessian": _determinant_hessian},
    known=(
        Known(
            "gradient",
            np.array([[4.0, -3.0], [-2.0, 1.0]]),
            "the cofactors of [[1, 2], [3, 4]]",
            arguments=(np.array([[1.0, 2.0], [3.0, 4.0]]),),
        ),
    ),
    tags=frozenset({"literature", "linear algebra"}),
    notes="The identity with noise, so that det A·A⁻ᵀ is well conditioned.",
)
LOG_SUM_EXP = Problem(
    name="log_sum_exp",
    title="log-sum-exp",
    function=log_sum_exp,
    arguments=lambda size: (np.random.default_rng(2021).normal(size=size),),
    operator="gradient",
    source="P. Blanchard, D. J. Higham, N. J. Higham, Accurately computing the log-sum-exp and softmax functions, IMA "
    "Journal of Numerical Analysis 41 (2021)",
    sizes=(1, 4, 16, 64, 256, 1024, 4096),
    size=4,
    closed_forms={"gradient": softmax, "hessian": _log_sum_exp_hessian},
    known=(
        Known("value", 1000 + np.log(2), "two equal entries", arguments=(np.full(2, 1000.0),)),
        Known("gradient", np.full(4, 0.25), "equal entries", arguments=(np.full(4, 1000.0),)),
    ),
    tags=frozenset({"literature", "vector"}),
    notes="The largest entry is subtracted against overflow: near 1000, exp by itself overflows. What a method says of "
    "the maximum cancels, ties included. The gradient is the softmax.",
)
