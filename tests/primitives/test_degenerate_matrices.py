"""Singular matrices, repeated eigenvalues and singular values: right where the mathematics is, else refused."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.methods.reverse import Reverse
from tests.primitives.cases_linear_algebra import random

MODES = ("forward", "reverse")
TURN = np.linalg.qr(random(3, 3))[0]
"""An orthogonal matrix."""


def minor(a: Any, rows: tuple[int, ...], columns: tuple[int, ...]) -> float:
    """Give the determinant without some rows and columns, with the sign of their places, expanded by permutations."""
    kept = np.delete(np.delete(a, rows, 0), columns, 1)
    places = range(len(kept))
    total = 0.0
    for order in itertools.permutations(places):
        crossings = sum(order[i] > order[j] for i, j in itertools.combinations(places, 2))
        total += (-1) ** crossings * np.prod([kept[i, order[i]] for i in places])
    return (-1) ** (sum(rows) + sum(columns)) * total


def of_rank(rank: int) -> Any:
    """Give a matrix of 4 rows and columns and of some rank."""
    return random(4, rank) @ random(rank, 4) if rank else np.zeros((4, 4))


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
def test_gradient_of_the_determinant_of_a_singular_matrix(method: str, rank: int) -> None:
    a = of_rank(rank)
    expected = [[minor(a, (i,), (j,)) for j in range(4)] for i in range(4)]
    np.testing.assert_allclose(difflab.gradient(np.linalg.det, a, method=method), expected, atol=1e-14)


@pytest.mark.parametrize("method", [*MODES, Reverse(second_order="reverse")], ids=str)
@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
def test_hessian_of_the_determinant_of_a_singular_matrix(method: Any, rank: int) -> None:
    a = of_rank(rank)
    expected = np.zeros((4, 4, 4, 4))
    for i, j, k, m in itertools.product(range(4), repeat=4):
        if i != k and j != m:
            expected[i, j, k, m] = minor(a, (i, k), (j, m)) * (1 if (i < k) == (j < m) else -1)
    np.testing.assert_allclose(difflab.hessian(np.linalg.det, a, method=method), expected, atol=1e-14)


def third_derivative(a: Any, t: Any) -> Any:
    """Differentiate det three times along one direction."""

    def along(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: difflab.jvp(function, x, tangents=t)[1]

    return along(along(along(np.linalg.det)))(a)


def test_third_derivative_of_a_determinant() -> None:
    """det(A + sT) of 3 rows is a cubic in s, whose leading coefficient is det T."""
    a, t = np.eye(3) + random(3, 3) / 4, random(3, 3)
    np.testing.assert_allclose(third_derivative(a, t), 6 * np.linalg.det(t), rtol=1e-12)


def test_third_derivative_at_a_singular_matrix_is_refused() -> None:
    with pytest.raises(difflab.NotDifferentiable, match="three times"):
        third_derivative(np.zeros((3, 3)), random(3, 3))


@pytest.mark.parametrize("method", MODES)
def test_logarithm_of_a_vanishing_determinant_is_refused(method: str) -> None:
    with pytest.raises(difflab.NotDifferentiable, match=r"use np\.linalg\.det there"):
        difflab.gradient(lambda a: np.linalg.slogdet(a).logabsdet, np.diag([1.0, 0.0]), method=method)


@pytest.mark.parametrize("method", MODES)
def test_factors_of_dependent_columns_are_refused(method: str) -> None:
    with pytest.raises(difflab.NotDifferentiable, match="linearly dependent"):
        difflab.jacobian(np.linalg.qr, np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), method=method)


REPEATED = [np.zeros((3, 3)), 2 * np.eye(3), np.diag([1.0, 1.0, 4.0]), TURN @ np.diag([2.0, 2.0, 5.0]) @ TURN.T]


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize("a", REPEATED)
def test_symmetric_functions_of_repeated_eigenvalues(method: str, a: Any) -> None:
    """tr A = Σλ, tr A² = Σλ², and det A = Πλ for a positive one, have gradients I, 2A and det(A) A⁻¹."""
    for function, expected in [
        (lambda x: np.sum(np.linalg.eigvalsh(x)), np.eye(3)),
        (lambda x: np.sum(np.linalg.eigvalsh(x) ** 2), 2 * a),
        (
            lambda x: np.prod(np.linalg.eigvalsh(x + np.eye(3))),
            np.linalg.det(a + np.eye(3)) * np.linalg.inv(a + np.eye(3)),
        ),
        (lambda x: np.sum(np.linalg.svd(x + 3 * np.eye(3), compute_uv=False)), np.eye(3)),
        (lambda x: np.sum(np.linalg.svdvals(x + np.eye(3)) ** 2), 2 * (a + np.eye(3))),
        (lambda x: np.sum(np.linalg.eigvals(x)), np.eye(3)),
    ]:
        np.testing.assert_allclose(difflab.gradient(function, a, method=method), expected, atol=2e-13)


@pytest.mark.parametrize("a", REPEATED)
def test_values_alone_may_be_taken_from_a_decomposition_in_reverse(a: Any) -> None:
    np.testing.assert_allclose(difflab.gradient(lambda x: np.sum(np.linalg.eigh(x)[0] ** 2), a), 2 * a, atol=1e-13)
    np.testing.assert_allclose(
        difflab.gradient(lambda x: np.sum(np.linalg.svd(x)[1] ** 2), a + np.eye(3)), 2 * (a + np.eye(3)), atol=1e-13
    )


def test_a_vector_may_be_taken_whose_own_eigenvalue_stands_alone() -> None:
    """The component (bᵀv)² of the projection on the largest eigenvalue's vector, the other eigenvalues being equal."""
    a, b = REPEATED[3], random(3)

    def function(x: Any) -> Any:
        return (b @ np.linalg.eigh(x + x.T)[1][:, -1]) ** 2

    gradient = difflab.gradient(function, a)
    np.testing.assert_allclose(gradient, difflab.gradient(function, a, method="central_difference"), atol=1e-9)


def _square_root(x: Any) -> Any:
    values, vectors = np.linalg.eigh(x)
    return np.sum((vectors * np.sqrt(values)) @ vectors.T)


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize("a", REPEATED[1:])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(np.linalg.eigh(x)[1] * random(3, 3)),
        lambda x: np.sum(np.linalg.svd(x)[0] * random(3, 3)),
        lambda x: np.sum(np.linalg.svd(x)[2] * random(3, 3)),
        lambda x: np.sum(np.linalg.eig(x)[1] * random(3, 3)),
        _square_root,
    ],
)
def test_vectors_of_repeated_values_are_refused(function: Callable[[Any], Any], a: Any, method: str) -> None:
    """The square root of a matrix has a derivative there, but its eigenvectors have none to make it of."""
    with pytest.raises(difflab.NotDifferentiable, match=r"have no derivative there\. If only the values are needed"):
        difflab.gradient(function, a, method=method)


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize("transpose", [False, True])
def test_vectors_of_vanishing_singular_values_are_refused(method: str, transpose: bool) -> None:
    a = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])

    def function(x: Any) -> Any:
        u, _, vh = np.linalg.svd(x, full_matrices=False)
        return np.sum(u * random(*u.shape)) + np.sum(vh * random(*vh.shape))

    with pytest.raises(difflab.NotDifferentiable, match="have no derivative there"):
        difflab.gradient(function, a.T if transpose else a, method=method)


@pytest.mark.parametrize("method", MODES)
def test_nuclear_norm_of_zero_has_a_subgradient(method: str) -> None:
    """Subgradients at 0 are the matrices whose singular values are at most 1."""
    gradient = difflab.gradient(lambda x: np.sum(np.linalg.svdvals(x)), np.zeros((3, 2)), method=method)
    assert np.max(np.linalg.svdvals(gradient)) <= 1 + 1e-15


@pytest.mark.parametrize("function", [np.linalg.eigvals, np.linalg.eigvalsh, lambda a: np.linalg.eig(a)[0]])
def test_third_derivative_of_eigenvalues_of_a_symmetric_matrix(function: Callable[[Any], Any]) -> None:
    """Its eigenvectors, an orthogonal matrix, have equal singular values, which are nobody's business here.

    λ = √(1 + s²) is the larger eigenvalue of [[1, s], [s, -1]]; λ‴ = -3s / (1 + s²)^(5/2).
    """

    def larger(s: Any) -> Any:
        return np.max(function(np.stack([1.0, s, s, -1.0]).reshape(2, 2)))

    for modes in itertools.product(MODES, repeat=3):
        differentiated = larger
        for mode in modes:
            differentiated = partial(difflab.derivative, differentiated, method=mode)
        assert differentiated(0.5) == pytest.approx(-1.5 / 1.25**2.5, rel=1e-12)


@pytest.mark.parametrize("function", [np.linalg.eig, np.linalg.eigvals])
def test_complex_eigenvalues_are_refused(function: Callable[[Any], Any]) -> None:
    with pytest.raises(difflab.NotDifferentiable, match=r"complex eigenvalues.*use np\.linalg\.eigh"):
        difflab.jacobian(function, np.array([[0.0, 1.0], [-1.0, 0.0]]))


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize("function", [np.linalg.eig, np.linalg.eigvals])
def test_matrices_without_enough_eigenvectors_are_refused(function: Callable[[Any], Any], method: str) -> None:
    with pytest.raises(difflab.NotDifferentiable, match="full set of eigenvectors"):
        difflab.jacobian(function, np.array([[1.0, 1.0], [0.0, 1.0]]), method=method)
