"""A determinant by expansion by minors: many small operations, and no factorization."""

from functools import cache
from itertools import combinations

import numpy as np

from ..types import Array
from .linear_algebra import DETERMINANT
from .problem import Known, Problem


def determinant_by_minors(A: Array) -> Array:
    """Give det A by expansion along rows, from the last to the first; A (n, n).

    The minors of the last m rows, one for each choice of m columns, come from those of the last m − 1.
    So each is computed once: n·2ⁿ⁻¹ products, where the recursion that forgets them takes n!.
    """
    n = len(A)
    minors = A[n - 1]
    for m in range(2, n + 1):
        columns, without = _expansion(n, m)
        products = A[n - m][np.asarray(columns, like=A)] * minors[np.asarray(without, like=A)]
        minors = np.sum(products[:, ::2], axis=1) - np.sum(products[:, 1::2], axis=1)
    return minors[0]


@cache
def _expansion(n: int, m: int) -> tuple[Array, Array]:
    """Give, for each choice of m out of n columns, the columns, and the place of the choice without each of them."""
    places = {choice: place for place, choice in enumerate(combinations(range(n), m - 1))}
    choices = list(combinations(range(n), m))
    without = [[places[choice[:i] + choice[i + 1 :]] for i in range(m)] for choice in choices]
    return np.array(choices), np.array(without)


def _cofactors(A: Array) -> Array:
    """Give the signed determinant of A without row i and column j, for each i and j; by factorization."""
    n = len(A)
    others = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=int, like=A)
    minors = np.linalg.det(A[others[:, None, :, None], others[None, :, None, :]])
    return np.where(np.asarray(np.add.outer(range(n), range(n)) % 2 == 1, like=A), -minors, minors)


DETERMINANT_BY_MINORS = Problem(
    name="determinant_by_minors",
    title="determinant by expansion by minors",
    function=determinant_by_minors,
    arguments=DETERMINANT.arguments,
    operator="gradient",
    source="P. S. Laplace (1772); B. M. Bell, cmpad's det_by_minor; GradBench's det",
    sizes=(1, 2, 3, 4, 6, 8),
    size=3,
    closed_forms={"gradient": _cofactors},
    known=(
        *DETERMINANT.known,
        Known(
            "gradient",
            np.array([[1.0, 1.0], [-1.0, -1.0]]).T,
            "the cofactors of a singular matrix",
            arguments=(np.array([[-1.0, 1.0], [-1.0, 1.0]]).T,),
        ),
    ),
    tags=frozenset({"literature", "linear algebra"}),
    notes="The same function as `determinant`, of products and sums alone: right for singular matrices, and for small "
    "ones only.",
)
