"""Sums of products as matrix products: which, that they are the same, and that a wrong one is caught."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.passes import optimized, products
from difflab.engines.passes.layout import simplify_layout
from difflab.engines.passes.products import fold_products
from difflab.methods import ReverseCompiled
from difflab.problems.linear_algebra import log_sum_exp
from tests.engines.passes.graphs import names, traced, values

RANDOM = np.random.default_rng(0)
A, B, C = RANDOM.normal(size=(30, 20)), RANDOM.normal(size=(20, 25)), RANDOM.normal(size=(18, 20, 25))

FOLDED = {
    "rows by columns": lambda a, b, c: np.sum(a[:, :, None] * b, axis=1),
    "columns by rows": lambda a, b, c: np.sum(b * a[:, :, None], axis=-2),
    "the first axis": lambda a, b, c: np.sum(a.T[:, :, None] * b[:, None, :], axis=0),
    "the last axis": lambda a, b, c: np.sum(a[:, None, :] * b.T, axis=2),
    "kept axes": lambda a, b, c: np.sum(a[:, :, None] * b, axis=1, keepdims=True),
    "a stack": lambda a, b, c: np.sum(a[:, None, :, None] * c, axis=2),
    "a stack on both sides": lambda a, b, c: np.sum(c[:, :, :, None] * (2 * c)[:, :, None, :], axis=1),
    "two axes": lambda a, b, c: np.sum(c[:, None] * (c * c), axis=(2, 3)),
    "repeated beforehand": lambda a, b, c: np.sum(np.broadcast_to(a[:, :, None], (30, 20, 25)) * b, axis=1),
    "a constant": lambda a, b, c: np.sum(a[:, :, None] * B, axis=1),
    "an Einstein sum": lambda a, b, c: np.einsum("ij,jk->ki", a, b),
    "one of stacks": lambda a, b, c: np.einsum("sij,sik->jks", c, 2 * c),
    "one over two axes": lambda a, b, c: np.einsum("sij,tij->ts", c, np.exp(np.concatenate([c, c, c]))),
}


def products_used(a: Any, b: Any, c: Any) -> Any:
    found = a[:, :, None] * b
    return np.sum(found, axis=1) + found[:, 0]


LEFT = {
    "matrix times vector": lambda a, b, c: np.sum(a * b[:, 0], axis=1),
    "entry by entry": lambda a, b, c: np.sum(c * c, axis=1),
    "small": lambda a, b, c: np.sum(a[:5, :5, None] * b[:5, :5], axis=1),
    "the products are used": products_used,
    "narrow": lambda a, b, c: np.sum(a[:, :4, None] * b[:4], axis=1),
    "an axis of one factor": lambda a, b, c: np.sum(a[:, :, None] * b, axis=0),
    "outer": lambda a, b, c: np.sum(a[:, :, None, None] * b[0], axis=()),
    "another precision": lambda a, b, c: np.sum(a.astype(np.float32)[:, :, None] * b, axis=1),
    "a trace of an Einstein sum": lambda a, b, c: np.einsum("sij,jj->si", c[:, :, :20], b[:, :20]),
    "a product of three": lambda a, b, c: np.einsum("ij,jk,kl->il", a, b, b.T),
}


@pytest.mark.parametrize("name", FOLDED)
def test_what_becomes_a_matrix_product(name: str) -> None:
    graph = traced(FOLDED[name], A, B, C)
    found = fold_products(simplify_layout(graph))
    assert "matmul" in names(found)
    assert not {"sum", "einsum"} & set(names(found))
    for one, other in zip(values(found, [A, B, C]), values(graph, [A, B, C]), strict=True):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", LEFT)
def test_what_stays(name: str) -> None:
    graph = simplify_layout(traced(LEFT[name], A, B, C))
    assert names(fold_products(graph)) == names(graph)


def test_narrow_matrices_are_multiplied_where_there_are_many_products() -> None:
    graph = traced(lambda x, y: np.sum(x[:, None, :] * y, axis=2), np.ones((1000, 3)), np.ones((1000, 3)))
    assert names(fold_products(simplify_layout(graph))) == ["transpose", "matmul"]


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
def test_infinities_and_nan_stay(special: float) -> None:
    a, b = A.copy(), B.copy()
    a[3, 4], a[5, 6], b[4, 1], b[7, 2] = special, 0.0, 0.0, special
    graph = traced(FOLDED["rows by columns"], a, b, C)
    for one, other in zip(values(fold_products(graph), [a, b, C]), values(graph, [a, b, C]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
        assert not np.isfinite(one).all()


def test_a_wrong_axis_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    square = RANDOM.normal(size=(20, 20))
    graph = traced(FOLDED["the last axis"], square, square + 1, C)
    monkeypatch.setattr(products, "_transposed", lambda walk, x, letters, order: x)
    found = values(products.fold_products(graph), [square, square + 1, C])[0]
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(found, square @ (square + 1), rtol=1e-6)


def test_gradients_of_distances_between_all_points() -> None:
    def energy(x: Any, y: Any) -> Any:
        return np.sum(log_sum_exp(np.sum(x[:, None, :] * y[None, :, :], axis=2)))

    x, y = RANDOM.normal(size=(40, 16)), RANDOM.normal(size=(30, 16))
    assert "matmul" in names(optimized(traced(energy, x, y)))
    found = difflab.gradient(energy, x, y, method=ReverseCompiled("native"), argnums=(0, 1))
    for one, other in zip(found, difflab.gradient(energy, x, y, argnums=(0, 1)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)
