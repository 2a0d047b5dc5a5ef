"""Linear algebra on matrices of expressions, without divisions that pivoting would have to choose."""

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from ..errors import UnsupportedFunction
from ..primitives.eigenvalues import real_eig, real_eigvals
from ..primitives.factorizations import tall_qr
from ..primitives.singular_values import reduced_svd
from ..types import Array
from .objects import as_array, each_entry, over_matrices
from .sympy_functions import Abs, Sign

if TYPE_CHECKING:
    from .to_sympy import SympyArithmetic


def matrix_functions(numbers: "SympyArithmetic") -> dict[Any, Callable[..., Any]]:
    """Give NumPy's functions of matrices on object arrays of expressions."""

    def solve(a: Array, b: Array) -> Array:
        return np.matmul(over_matrices(inverse, numbers.lift(a)), numbers.lift(b))

    table: dict[Any, Callable[..., Any]] = {
        np.linalg.det: lambda a: as_array(over_matrices(determinant, a)),
        np.linalg.slogdet: lambda a: over_matrices(sign_and_logarithm, a),
        np.linalg.inv: lambda a: over_matrices(inverse, a),
        np.linalg.pinv: lambda a, **options: over_matrices(_pseudoinverse, numbers.lift(a)),
        np.linalg.solve: solve,
        np.linalg.cholesky: lambda a, upper=False: over_matrices(lambda m: _cholesky(m, upper), a),
    }
    return table | {function: _refusal(name) for function, name in _WITHOUT_FORMULA.items()}


_WITHOUT_FORMULA = {
    np.linalg.eigh: "np.linalg.eigh",
    np.linalg.eigvalsh: "np.linalg.eigvalsh",
    real_eig: "np.linalg.eig",
    real_eigvals: "np.linalg.eigvals",
    reduced_svd: "np.linalg.svd",
    np.linalg.svdvals: "np.linalg.svdvals",
    tall_qr: "np.linalg.qr",
}


def determinant(m: Array) -> Any:
    """Expand along the rows (Laplace), each minor computed once: 2ⁿ minors, no division.

    >>> import numpy as np
    >>> determinant(np.array([[2, 5], [1, 3]], object))
    1
    """
    n = len(m)
    minors: dict[tuple[int, ...], Any] = {(): sympy.S.One}
    for size in range(1, n + 1):
        row = m[n - size]
        smaller = minors
        minors = {}
        for columns in combinations(range(n), size):
            terms = (
                (-1) ** place * row[column] * smaller[columns[:place] + columns[place + 1 :]]
                for place, column in enumerate(columns)
            )
            minors[columns] = sympy.Add(*terms)
    return minors[tuple(range(n))]


def inverse(m: Array) -> Array:
    """Divide the adjugate by the determinant (Cramer's rule); invert a matrix of numbers in floating point."""
    n = len(m)
    if all(entry.is_number for entry in m.flat):
        return each_entry(sympy.Float, np.linalg.inv(m.astype(float)))
    whole = determinant(m)
    result = np.empty((n, n), object)
    for i in range(n):
        for j in range(n):
            minor = np.delete(np.delete(m, i, 0), j, 1)
            result[j, i] = (-1) ** (i + j) * determinant(minor) / whole
    return result


def sign_and_logarithm(m: Array) -> tuple[Array, Array]:
    """Give the sign of the determinant and the logarithm of its size."""
    whole = determinant(m)
    return as_array(Sign(whole)), as_array(sympy.log(Abs(whole)))


def _pseudoinverse(m: Array) -> Array:
    """Give (AᵀA)⁻¹Aᵀ, or Aᵀ(AAᵀ)⁻¹ of a wide matrix; both are for full rank."""
    rows, columns = m.shape
    return inverse(m.T @ m) @ m.T if rows >= columns else m.T @ inverse(m @ m.T)


def _cholesky(m: Array, upper: bool) -> Array:
    """Compute the factor column by column: L_jj = √(A_jj − Σ L_jk²), L_ij = (A_ij − Σ L_ik·L_jk) / L_jj.

    Only the triangle that NumPy reads is read, so that the value is NumPy's for any matrix.
    """
    n = len(m)
    a = m.T if upper else m
    factor = np.full((n, n), sympy.S.Zero)
    for j in range(n):
        factor[j, j] = sympy.sqrt(a[j, j] - sympy.Add(*factor[j, :j] ** 2))
        for i in range(j + 1, n):
            factor[i, j] = (a[i, j] - sympy.Add(*factor[i, :j] * factor[j, :j])) / factor[j, j]
    return factor.T if upper else factor


def _refusal(name: str) -> Callable[..., Any]:
    def refuse(*operands: Any, **parameters: Any) -> Any:
        raise UnsupportedFunction(
            f"{name} cannot be lowered to SymPy: its result has no formula, or none of a size that could be "
            f"differentiated. Use the method 'forward' or 'reverse'."
        )

    return refuse
