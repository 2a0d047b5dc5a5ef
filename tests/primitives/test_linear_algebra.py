"""Closed forms and identities of linear algebra, stacks of any shape, and what SciPy's functions are refused with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

import difflab
from difflab.engines.trace import trace
from difflab.primitives import TABLE
from difflab.signature import Signature
from tests.primitives.case import Case
from tests.primitives.cases_linear_algebra import random, regular, symmetric
from tests.primitives.checks import check_batch, check_differences, check_modes_agree, check_values, difference

MODES = ("forward", "reverse")


def test_all_of_numpy_linear_algebra_has_rules() -> None:
    names = [name for name in np.linalg.__all__ if name != "LinAlgError"]
    assert len(names) > 25
    assert [name for name in names if getattr(np.linalg, name) not in TABLE] == []


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize("size", [1, 2, 5, 20])
def test_derivative_of_a_determinant(method: str, size: int) -> None:
    """d det A = det A · tr(A⁻¹ dA), d log |det A| = tr(A⁻¹ dA)."""
    a, t = np.eye(size) + random(size, size) / size, random(size, size)
    rate = np.trace(np.linalg.solve(a, t))
    determinant, moved = difflab.jvp(np.linalg.det, a, tangents=t, method=method)
    np.testing.assert_allclose(moved, determinant * rate, rtol=1e-12)
    result = difflab.jvp(lambda x: np.linalg.slogdet(x).logabsdet, a, tangents=t, method=method)
    np.testing.assert_allclose(result[1], rate, rtol=1e-12)


def _reconstruct_svd(a: Any) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (u * s) @ vh


def _reconstruct_qr(a: Any) -> Any:
    q, r = np.linalg.qr(a)
    return q @ r


def _reconstruct_eig(a: Any) -> Any:
    values, vectors = np.linalg.eig(a)
    return vectors @ np.diag(values) @ np.linalg.inv(vectors)


def _reconstruct_eigh(a: Any) -> Any:
    values, vectors = np.linalg.eigh(a)
    return (vectors * values) @ vectors.T


def _reconstruct_cholesky(a: Any) -> Any:
    lower = np.linalg.cholesky(a)
    return lower @ lower.T


def _same(t: Any) -> Any:
    return t


def _symmetric(t: Any) -> Any:
    return (t + t.T) / 2


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize(
    ("identity", "a", "derivative"),
    [
        (_reconstruct_svd, random(4, 3), _same),
        (_reconstruct_svd, random(3, 4), _same),
        (_reconstruct_qr, random(4, 3), _same),
        (_reconstruct_qr, random(3, 4), _same),
        (_reconstruct_eig, regular(4, 4), _same),
        (_reconstruct_eigh, regular(4, 4) + regular(4, 4).T, _symmetric),
        (_reconstruct_cholesky, regular(4, 4) + regular(4, 4).T, _symmetric),
        (lambda a: np.linalg.inv(np.linalg.inv(a)), regular(4, 4), _same),
        (lambda a: np.linalg.pinv(np.linalg.pinv(a)), random(4, 3), _same),
        (
            lambda a: a @ np.linalg.solve(a, np.ones((4, 2)) * a[0, 0]),
            regular(4, 4),
            lambda t: np.full((4, 2), t[0, 0]),
        ),
        (lambda a: np.linalg.qr(a).Q.T @ np.linalg.qr(a).Q, random(4, 3), lambda t: np.zeros((3, 3))),
        (lambda a: np.linalg.matrix_power(a, 3) @ np.linalg.matrix_power(a, -2), regular(4, 4), _same),
    ],
)
def test_what_is_put_together_again_has_the_derivative_of_the_whole(
    method: str, identity: Callable[[Any], Any], a: Any, derivative: Callable[[Any], Any]
) -> None:
    t = np.random.default_rng(1).uniform(-1, 1, a.shape)
    _, moved = difflab.jvp(identity, a, tangents=t, method=method)
    np.testing.assert_allclose(moved, derivative(t), atol=2e-13)


@pytest.mark.parametrize(
    "function",
    [
        np.linalg.cholesky,
        lambda a: np.linalg.cholesky(a, upper=True),
        np.linalg.eigvalsh,
        lambda a: np.linalg.eigvalsh(a, UPLO="U"),
        lambda a: np.linalg.eigh(a).eigenvectors ** 2,
    ],
)
def test_gradients_with_respect_to_symmetric_matrices_are_symmetric(function: Callable[[Any], Any]) -> None:
    """And right along symmetric directions, though the function reads but one triangle."""
    a, t = regular(3, 3) + regular(3, 3).T, _symmetric(random(3, 3))
    weights = random(*np.shape(function(a)))
    gradient = difflab.gradient(lambda x: np.sum(weights * function(x)), a)
    np.testing.assert_allclose(gradient, gradient.T, rtol=1e-12)
    (numerical,) = difference(lambda leaves: [np.sum(weights * function(leaves[0]))], [a], [t[None]])
    np.testing.assert_allclose(np.sum(gradient * t), numerical, rtol=1e-10)


@given(
    shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3),
    size=st.integers(1, 3),
    columns=st.integers(0, 2),
)
def test_systems_of_any_stacks(shapes: Any, size: int, columns: int) -> None:
    for_a, for_b = shapes.input_shapes
    b = random(*for_b, size, columns) if columns else random(size)
    case = Case(np.linalg.solve, (regular(*for_a, size, size), b))
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


@pytest.mark.parametrize(
    "function",
    [
        np.linalg.inv,
        np.linalg.det,
        np.linalg.slogdet,
        np.linalg.pinv,
        np.linalg.qr,
        np.linalg.svdvals,
        lambda a: np.real(np.linalg.eigvals(a)),  # which NumPy 2.5 makes complex even where they are real
        np.linalg.trace,
        lambda a: np.linalg.matrix_power(a, 3),
        symmetric(np.linalg.cholesky),
        symmetric(np.linalg.eigvalsh),
    ],
)
@settings(max_examples=10)
@given(stack=array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3), size=st.integers(1, 4))
def test_stacks_of_any_shape(function: Callable[..., Any], stack: tuple[int, ...], size: int) -> None:
    case = Case(function, (regular(*stack, size, size),), value_tolerance=1e-14)
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


def test_one_factorization_serves_all_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = []

    def solve(a: Any, b: Any) -> Any:
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            shapes.append((a.shape, b.shape))
        return original(a, b)

    original = np.linalg.solve
    monkeypatch.setattr(np.linalg, "solve", solve)
    a = regular(5, 5)
    jacobian = difflab.jacobian(lambda b: original(a, b), random(5), method="forward")
    np.testing.assert_allclose(jacobian, np.linalg.inv(a), rtol=1e-12)
    assert shapes == [((5, 5), (5, 5))]


def test_pseudo_inverse_of_matrices_of_lower_rank() -> None:
    """Along matrices of one rank the pseudo-inverse is smooth; compared with central differences."""
    left, right, weights = random(4, 2), random(2, 3), random(3, 4)

    def function(b: Any) -> Any:
        return np.sum(weights * np.linalg.pinv(b @ right, rcond=1e-10))

    gradient = difflab.gradient(function, left)
    numerical = difflab.gradient(function, left, method="central_difference")
    np.testing.assert_allclose(gradient, numerical, rtol=1e-7)


@pytest.mark.parametrize(
    ("function", "mode", "wrong", "check"),
    [
        (np.linalg.inv, "vjp", lambda g, position, y, a: -(y @ g @ y), check_modes_agree),
        (np.linalg.inv, "jvp", lambda tangents, y, a: -(y.T @ tangents[0] @ y.T), check_differences),
        (np.linalg.det, "vjp", lambda g, position, y, a: g * y * np.linalg.inv(a), check_modes_agree),
        (
            np.linalg.cholesky,
            "jvp",
            lambda tangents, y, a: np.tril(tangents[0] @ np.linalg.inv(y).T),
            check_differences,
        ),
        (np.linalg.solve, "jvp", lambda tangents, y, a, b: np.linalg.solve(a, tangents[1]), check_differences),
        (np.linalg.svdvals, "jvp", lambda tangents, y, x: np.diagonal(tangents[0]), check_differences),
    ],
)
def test_a_planted_wrong_rule_is_found(
    monkeypatch: pytest.MonkeyPatch, function: Any, mode: str, wrong: Any, check: Callable[[Case], None]
) -> None:
    further = (random(3),) if function is np.linalg.solve else ()
    case = Case(
        function, (regular(3, 3), *further), call=symmetric(function) if function is np.linalg.cholesky else None
    )
    check(case)
    monkeypatch.setattr(TABLE[function], mode, wrong)
    with pytest.raises(AssertionError):
        check(case)


@pytest.mark.parametrize(
    ("function", "type_name"),
    [
        (lambda a: np.linalg.eigh(a + a.T), "EighResult"),
        (np.linalg.eig, "EigResult"),
        (np.linalg.slogdet, "SlogdetResult"),
        (np.linalg.qr, "QRResult"),
        (lambda a: np.linalg.qr(a[:2]), "QRResult"),
        (np.linalg.svd, "SVDResult"),
    ],
)
def test_results_keep_their_types(function: Callable[[Any], Any], type_name: str) -> None:
    names = []

    def observed(a: Any) -> Any:
        result = function(a)
        names.append(type(result).__name__)
        return sum(np.sum(part) for part in result)

    a = regular(3, 3)
    for method in MODES:
        difflab.gradient(observed, a, method=method)
        difflab.hessian(observed, a, method=method)
    trace(Signature.of(observed, (a,), 0).point((a,)))
    assert set(names) == {type_name}


@pytest.mark.parametrize(
    "name",
    ["solve", "inv", "det", "cholesky", "eigh", "eigvalsh", "qr", "svd", "svdvals", "lu", "expm", "pinv", "lu_factor"],
)
@pytest.mark.parametrize("method", MODES)
def test_scipy_is_refused_with_what_to_write(name: str, method: str) -> None:
    further = [np.ones(2)] if name == "solve" else []
    with pytest.raises(
        difflab.UnsupportedFunction, match=r"getattr\(scipy\.linalg, name\).*write the function of np\.linalg"
    ):
        difflab.jacobian(lambda x: getattr(scipy.linalg, name)(x, *further), 2 * np.eye(2), method=method)


def test_scipy_may_arrange_entries() -> None:
    gradient = difflab.gradient(lambda x: np.sum(scipy.linalg.block_diag(x, 2 * x) ** 3), np.array([[2.0, 3.0]]))
    np.testing.assert_allclose(gradient, 9 * 3 * np.array([[4.0, 9.0]]), rtol=1e-15)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda a: np.linalg.svd(a[:2])[1], "full_matrices=False"),
        (lambda a: np.linalg.qr(a[:, :2], mode="complete").Q, "use mode='reduced'"),
        (lambda a: np.linalg.qr(a, mode="raw")[0], "use mode='reduced'"),
        (lambda a: np.linalg.svd(a, hermitian=True)[1], "hermitian=…, for which there is no derivative rule"),
        (lambda a: np.linalg.pinv(a, hermitian=True), "hermitian=…, for which there is no derivative rule"),
    ],
)
def test_options_without_rule_are_refused_with_a_remedy(function: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(difflab.UnsupportedFunction, match=message):
        difflab.jacobian(function, regular(3, 3))
