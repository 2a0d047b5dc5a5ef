"""Linear algebra on matrices of mpmath numbers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Array
from .objects import as_array, over_matrices

if TYPE_CHECKING:
    from .to_mpmath import MpmathArithmetic


def matrix_functions(numbers: "MpmathArithmetic") -> dict[Any, Callable[..., Any]]:
    """Give NumPy's functions of matrices in the arithmetic of `numbers`."""
    ctx = numbers.context

    def solve(a: Array, b: Array) -> Array:
        a, b = numbers.lift(a), numbers.lift(b)
        if b.ndim == 1:
            return over_matrices(lambda m: _solved(ctx, m, b[:, None])[:, 0], a)
        return over_matrices(lambda m, right: _solved(ctx, m, right), a, b)

    return {
        np.linalg.det: lambda a: as_array(over_matrices(lambda m: ctx.det(_matrix(ctx, m)), a)),
        np.linalg.slogdet: lambda a: over_matrices(lambda m: _slogdet(ctx, m), a),
        np.linalg.inv: lambda a: over_matrices(lambda m: _array(ctx.inverse(_matrix(ctx, m))), a),
        np.linalg.solve: solve,
        np.linalg.cholesky: lambda a, **options: over_matrices(lambda m: _array(ctx.cholesky(_matrix(ctx, m))), a),
    }


def _matrix(ctx: Any, m: Array) -> Any:
    return ctx.matrix(m.tolist())


def _array(matrix: Any) -> Array:
    return np.array(matrix.tolist(), object).reshape(matrix.rows, matrix.cols)


def _solved(ctx: Any, m: Array, right: Array) -> Array:
    factors, pivots = ctx.LU_decomp(_matrix(ctx, m))
    columns = [ctx.U_solve(factors, ctx.L_solve(factors, _matrix(ctx, column[:, None]), pivots)) for column in right.T]
    return np.concatenate([_array(column) for column in columns], axis=1)


def _slogdet(ctx: Any, m: Array) -> tuple[Array, Array]:
    determinant = ctx.det(_matrix(ctx, m))
    logarithm = ctx.log(abs(determinant)) if determinant else ctx.ninf
    return as_array(ctx.sign(determinant)), as_array(logarithm)
