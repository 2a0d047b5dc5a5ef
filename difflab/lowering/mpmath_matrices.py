"""Linear algebra on matrices of mpmath numbers.

Factors are unique up to signs (and eigenvalues up to order): NumPy's choice is taken. As in the
table of rules, the matrix of np.linalg.cholesky and eigh stands for a symmetric one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..primitives.eigenvalues import real_eig, real_eigvals
from ..primitives.factorizations import tall_qr
from ..primitives.singular_values import reduced_svd
from ..types import Array
from .objects import as_array, each_entry, over_matrices

if TYPE_CHECKING:
    from .to_mpmath import MpmathArithmetic


def matrix_functions(numbers: "MpmathArithmetic") -> dict[Any, Callable[..., Any]]:
    """Give NumPy's functions of matrices in the arithmetic of `numbers`."""
    functions = Matrices(numbers.context)

    def stacked(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda a, **options: over_matrices(lambda m: function(m, **options), numbers.lift(a))

    def solve(a: Array, b: Array) -> Array:
        a, b = numbers.lift(a), numbers.lift(b)
        if b.ndim == 1:
            return over_matrices(lambda m: functions.solve(m, b[:, None])[:, 0], a)
        return over_matrices(functions.solve, a, b)

    return {
        np.linalg.solve: solve,
        np.linalg.det: stacked(functions.determinant),
        np.linalg.slogdet: stacked(functions.sign_and_logarithm),
        np.linalg.inv: stacked(functions.inverse),
        np.linalg.pinv: stacked(functions.pseudoinverse),
        np.linalg.cholesky: stacked(functions.cholesky),
        np.linalg.eigh: stacked(functions.symmetric_eigen),
        np.linalg.eigvalsh: stacked(lambda m, **options: functions.symmetric_eigen(m, **options)[0]),
        np.linalg.svdvals: stacked(lambda m: functions.singular(m)[1]),
        real_eig: stacked(functions.eigen),
        real_eigvals: stacked(lambda m: functions.eigen(m)[0]),
        tall_qr: stacked(functions.orthogonal),
        reduced_svd: stacked(functions.singular),
    }


class Matrices:
    """Functions of one matrix: an object array `(m, n)` of numbers of an mpmath context."""

    def __init__(self, context: Any):
        self.context = context

    def _matrix(self, m: Array) -> Any:
        return self.context.matrix(m.tolist())

    def solve(self, m: Array, right: Array) -> Array:
        """Solve for all columns of `right` by one LU factorization."""
        factors, pivots = self.context.LU_decomp(self._matrix(m))
        columns = [
            self.context.U_solve(factors, self.context.L_solve(factors, self._matrix(column[:, None]), pivots))
            for column in right.T
        ]
        return np.concatenate([_array(column) for column in columns], axis=1)

    def determinant(self, m: Array) -> Array:
        """Give the determinant."""
        return as_array(self.context.det(self._matrix(m)))

    def sign_and_logarithm(self, m: Array) -> tuple[Array, Array]:
        """Give the determinant's sign and the logarithm of its size."""
        determinant = self.context.det(self._matrix(m))
        logarithm = self.context.log(abs(determinant)) if determinant else self.context.ninf
        return as_array(self.context.sign(determinant)), as_array(logarithm)

    def inverse(self, m: Array) -> Array:
        """Give the inverse."""
        return _array(self.context.inverse(self._matrix(m)))

    def pseudoinverse(self, m: Array, rcond: Any = None, rtol: Any = None) -> Array:
        """Give the pseudoinverse; singular values below NumPy's bound (1e-15 by default) count as zero."""
        u, s, vh = self.singular(m)
        bound = max(s) * float(1e-15 if rcond is None and rtol is None else rtol if rcond is None else rcond)
        inverted = np.array([1 / value if value > bound else self.context.zero for value in s], object)
        return vh.T @ (inverted[:, None] * u.T)

    def cholesky(self, m: Array, upper: bool = False) -> Array:
        """Give the lower, or the upper, factor."""
        lower = _array(self.context.cholesky(self._matrix(_symmetric(m, "U" if upper else "L"))))
        return lower.T if upper else lower

    def symmetric_eigen(self, m: Array, UPLO: Any = "L") -> tuple[Array, Array]:
        """Give ascending eigenvalues and eigenvectors."""
        values, vectors = self.context.eigsy(self._matrix(_symmetric(m, UPLO)))
        choice = np.linalg.eigh(m.astype(float), UPLO).eigenvectors
        return np.array(list(values), object), _with_signs_of(choice, _array(vectors))

    def eigen(self, m: Array) -> tuple[Array, Array]:
        """Give real eigenvalues, in NumPy's order, and eigenvectors of length 1."""
        choice = real_eig(m.astype(float))
        found, vectors = self.context.eig(self._matrix(m))
        values = np.array([self.context.re(value) for value in found], object)
        order = [int(np.argmin(np.abs(values.astype(float) - value))) for value in choice.eigenvalues]
        columns = each_entry(self.context.re, _array(vectors))[:, order]
        lengths = np.array([self.context.norm(column) for column in columns.T], object)
        return values[order], _with_signs_of(choice.eigenvectors, columns / lengths)

    def orthogonal(self, m: Array) -> tuple[Array, Array]:
        """Give the reduced QR factors of a matrix with no more columns than rows."""
        q, r = (_array(factor) for factor in self.context.qr(self._matrix(m), mode="skinny"))
        signs = _signs(np.diagonal(r).astype(float), np.diagonal(np.linalg.qr(m.astype(float)).R))
        return q * signs, r * signs[:, None]

    def singular(self, m: Array) -> tuple[Array, Array, Array]:
        """Give the reduced singular value decomposition."""
        u, s, vh = self.context.svd_r(self._matrix(m), full_matrices=False)
        left, right = _array(u), _array(vh)
        choice = np.linalg.svd(m.astype(float), full_matrices=False).U
        signs = _signs(np.sum(left.astype(float) * choice, 0), np.ones(len(s)))
        return left * signs, np.array(list(s), object), right * signs[:, None]


def _array(matrix: Any) -> Array:
    return np.array(matrix.tolist(), object).reshape(matrix.rows, matrix.cols)


def _symmetric(m: Array, triangle: str) -> Array:
    """Give the symmetric matrix that `m` stands for: its symmetric part, or what one triangle of it says."""
    if np.allclose(m.astype(float), m.T.astype(float), rtol=1e-10, atol=0):
        return (m + m.T) / 2
    half = np.tril(m, -1) if triangle == "L" else np.triu(m, 1)
    return half + half.T + np.diag(np.diagonal(m))


def _with_signs_of(choice: Array, vectors: Array) -> Array:
    """Turn the columns of `vectors` the way those of `choice` point."""
    return vectors * _signs(np.sum(vectors.astype(float) * choice, 0), np.ones(len(vectors.T)))


def _signs(found: Array, wanted: Array) -> Array:
    return np.where(found * wanted < 0, -1, 1).astype(object)
