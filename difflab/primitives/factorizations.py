"""Cholesky and QR factorizations.

np.linalg.cholesky reads one triangle of its argument. Its derivative takes the argument for the
symmetric matrix that it stands for: tangents count by their symmetric part, and gradients are
symmetric, so that both are right along symmetric matrices.

Sources: Murray, Differentiation of the Cholesky decomposition (2016); Walter and Lehmann, Algorithmic
differentiation of linear algebra functions with application in optimum experimental design (2010);
Seeger et al., Auto-differentiating linear algebra (2017).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..errors import NotDifferentiable, UnsupportedFunction
from ..types import Array
from .batching import stacked
from .dispatching import dispatching
from .layout import Layout
from .matrices import identity_like, symmetric, transposed
from .table import composite, general


def _lower_half(x: Array) -> Array:
    """Give Φ(X), the lower triangle with half of the diagonal (Murray, equation 10)."""
    return x * (np.tri(np.shape(x)[-1], dtype=x.dtype, like=place_of(x)) - identity_like(x) / 2)


def _cholesky_jvp(tangents: Sequence[Array], y: Array, a: Array, upper: bool = False) -> Array:
    """A = LLᵀ: L̇ = LΦ(L⁻¹ȦL⁻ᵀ) (Murray, equation 8)."""
    lower = transposed(y) if upper else y
    inverse = np.linalg.inv(lower)
    tangent = lower @ _lower_half(inverse @ symmetric(tangents[0]) @ transposed(inverse))
    return transposed(tangent) if upper else tangent


def _cholesky_vjp(g: Array, position: int, y: Array, a: Array, upper: bool = False) -> Array:
    """A = LLᵀ: Ā is the symmetric part of L⁻ᵀΦ(LᵀL̄)L⁻¹ (Murray, equation 10)."""
    lower, g = (transposed(y), transposed(g)) if upper else (y, g)
    inverse = np.linalg.inv(lower)
    return symmetric(transposed(inverse) @ _lower_half(transposed(lower) @ g) @ inverse)


general(np.linalg.cholesky, _cholesky_jvp, _cholesky_vjp, ("upper",), batch=stacked)


@dispatching
def tall_qr(a: Array) -> Any:
    """Give the reduced QR factorization of matrices with no more columns than rows."""
    return np.linalg.qr(a)


Factors = tuple[Array, Array]


def _qr_jvp(tangents: Sequence[Array], y: Factors, a: Array) -> Factors:
    """A = QR: with X = ȦR⁻¹ and W = QᵀX, Q̇ = X - Q(W - Ω), Ṙ = (W - Ω)R, Ω the skew matrix with W's lower triangle."""
    q, r = y
    x = tangents[0] @ _inverse(r)
    w = transposed(q) @ x
    lower = _strictly_lower(w)
    upper = w - lower + transposed(lower)
    return x - q @ upper, upper @ r


def _qr_vjp(g: Factors, position: int, y: Factors, a: Array) -> Array:
    """A = QR: Ā = (Q̄ + Q sym(M))R⁻ᵀ, M = RR̄ᵀ - Q̄ᵀQ with its lower triangle mirrored (Seeger et al., section 4.3)."""
    (of_q, of_r), (q, r) = g, y
    m = r @ transposed(of_r) - transposed(of_q) @ q
    lower = _strictly_lower(m)
    mirrored = lower + transposed(lower) + m * identity_like(m)
    return (of_q + q @ mirrored) @ transposed(_inverse(r))


def _strictly_lower(x: Array) -> Array:
    return x * np.tri(np.shape(x)[-1], k=-1, dtype=x.dtype, like=place_of(x))


def _inverse(r: Array) -> Array:
    if np.any(r * identity_like(r) + (1 - identity_like(r)) == 0):
        raise NotDifferentiable(
            "np.linalg.qr was differentiated where the leading columns are linearly dependent: the factors are not "
            "unique there and have no derivative. Leave out dependent columns, or use np.linalg.pinv or lstsq."
        )
    return np.linalg.inv(r)


general(tall_qr, _qr_jvp, _qr_vjp, layout=Layout(tall_qr, 1, name="np.linalg.qr"), batch=stacked, multiple=True)


@composite(np.linalg.qr)
def _qr(a: Array, mode: str = "reduced") -> Any:
    rows, columns = np.shape(a)[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and rows <= columns):
        raise UnsupportedFunction(
            f"np.linalg.qr(a, mode={mode!r}) of a matrix of shape {(rows, columns)} has no derivative rule: use "
            f"mode='reduced' or mode='r'."
        )
    factors = tall_qr(a[..., :rows])
    if rows < columns:  # the leading columns determine Q
        right = transposed(factors.Q) @ a[..., rows:]
        factors = factors._replace(R=np.concatenate([factors.R, right], -1))
    return factors.R if mode == "r" else factors
