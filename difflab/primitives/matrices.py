"""What the rules of linear algebra share: parts of matrices, and quotients by gaps between eigenvalues."""

import numpy as np

from ..arrays import place_of
from ..errors import NotDifferentiable
from ..types import Array
from .dispatching import dispatching
from .table import elementwise


def transposed(x: Array) -> Array:
    """Swap the last two axes."""
    return np.swapaxes(x, -1, -2)


def symmetric(x: Array) -> Array:
    """Give the symmetric part of matrices, (X + Xᵀ) / 2."""
    return (x + transposed(x)) / 2


def diagonal_of(x: Array) -> Array:
    """Give the diagonals of matrices."""
    return np.diagonal(x, axis1=-2, axis2=-1)


def diagonal_matrix(x: Array) -> Array:
    """Give matrices with the vectors of the last axis on their diagonals."""
    return x[..., None] * identity_like(x)


def identity_like(x: Array) -> Array:
    """Give the identity matrix for vectors, or square matrices, like `x`: of the length of the last axis."""
    return np.identity(np.shape(x)[-1], x.dtype, like=place_of(x))


def gaps(values: Array) -> Array:
    """Give x_j - x_i in row i, column j; 0 where it is of the size of rounding errors, ∞ on the diagonal."""
    differences = values[..., None, :] - values[..., :, None]
    largest = np.max(np.abs(values), -1)[..., None, None]
    rounding = np.shape(values)[-1] * np.finfo(values.dtype).eps * largest
    repeated = np.where(np.abs(differences) <= rounding, 0, differences)
    return np.where(identity_like(values) == 1, np.inf, repeated)


@dispatching
def quotient(numerator: Array, gap: Array) -> Array:
    """Divide; where the gap is 0 the numerator must be 0 too, and so is the result.

    The numerator is what a direction mixes of two eigenvectors (or singular vectors), or a cotangent
    asks of such a mix. Where the two eigenvalues coincide, the vectors are an arbitrary basis and have
    no derivative; what does not ask for the mix is not concerned.

    Raises:
        NotDifferentiable: the gap is 0 and the numerator is not.
    """
    repeated = gap == 0
    if np.any(repeated & (numerator != 0)):
        raise NotDifferentiable(
            "Eigenvectors or singular vectors were differentiated where eigenvalues or singular values coincide (to "
            "rounding), or a singular value that is divided by is zero: the vectors have no derivative there. If only "
            "the values are needed, write np.linalg.eigvalsh(a), np.linalg.svdvals(a); functions of the whole matrix "
            "can do without the vectors (np.linalg.solve, inv, det, cholesky, matrix_power)."
        )
    return numerator / np.where(repeated, 1, gap)


elementwise(quotient, lambda t, y, numerator, gap: quotient(t, gap), lambda t, y, numerator, gap: -quotient(t * y, gap))
