"""Sums of outer products: one matrix product, the same values, in recurrences and where they are used elsewhere."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.passes import outer_products
from difflab.engines.passes.dead_code import remove_dead_code
from difflab.engines.passes.outer_products import gather_outer_products
from difflab.methods import ReverseCompiled
from experiments.gradients.functions import rnn
from tests.engines.passes.graphs import names, traced, values

RANDOM = np.random.default_rng(0)
M, U, V = RANDOM.normal(size=(9, 8)), RANDOM.normal(size=(7, 9)), RANDOM.normal(size=(7, 8))


def added(m: Any, u: Any, v: Any) -> Any:
    total = m
    for k in range(7):
        total = total + u[k][:, None] * v[k]
    return total


def rows_first(m: Any, u: Any, v: Any) -> Any:
    return sum((v[k][None, :] * u[k][:, None] for k in range(1, 7)), v[0][None, :] * u[0][:, None])


def two_sums(m: Any, u: Any, v: Any) -> Any:
    return added(m, u, v) + rows_first(m, v @ np.ones((8, 9)), u @ np.ones((9, 8)))


def used_twice(m: Any, u: Any, v: Any) -> Any:
    total = added(m, u, v)
    return np.sum(total * total) + (total + u[0][:, None] * v[1])


def few(m: Any, u: Any, v: Any) -> Any:
    return m + u[0][:, None] * v[0] + u[1][:, None] * v[1]


def small(m: Any, u: Any, v: Any) -> Any:
    return added(m[:3, :3], u[:, :3], v[:, :3])


def repeated(m: Any, u: Any, v: Any) -> Any:
    return sum(u[k, :, None] * m[:, :1] for k in range(7)) + m[:, :1]


@pytest.mark.parametrize(
    ("function", "products"), [(added, 1), (rows_first, 1), (used_twice, 1), (two_sums, 1 + 1 + 2)]
)
def test_one_matrix_product(function: Any, products: int) -> None:
    graph = traced(function, M, U, V)
    found = gather_outer_products(graph)
    assert names(found).count("matmul") == products
    for one, other in zip(values(found, [M, U, V]), values(graph, [M, U, V]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("function", [few, small, repeated])
def test_what_stays(function: Any) -> None:
    graph = traced(function, M, U, V)
    assert names(gather_outer_products(graph)) == names(graph)


def test_a_sum_that_is_looked_at_on_the_way_stays() -> None:
    def looked_at(m: Any, u: Any, v: Any) -> Any:
        total = added(m, u, v)
        return total * 2 if total[0, 0] > -np.inf else total

    graph = gather_outer_products(traced(looked_at, M, U, V))
    (guard,) = graph.guards
    assert guard.variable in {x for equation in graph.equations[: guard.after] for x in equation.outputs}


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
def test_infinities_and_nan_stay(special: float) -> None:
    u, v = U.copy(), V.copy()
    u[2, 3], v[2, 4], v[5, 1], u[5, 5] = special, 0.0, special, 0.0
    graph = traced(added, M, u, v)
    np.testing.assert_allclose(
        *(values(each, [M, u, v])[0] for each in (gather_outer_products(graph), graph)), rtol=1e-13, atol=1e-13
    )


def test_a_lost_product_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = outer_products._written
    monkeypatch.setattr(
        outer_products,
        "_written",
        lambda found, *rest: right(outer_products.Sum(found.columns[1:], found.rows[1:]), *rest),
    )
    graph = traced(added, M, U, V)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(values(outer_products.gather_outer_products(graph), [M, U, V])[0], added(M, U, V))


def test_the_gradient_of_a_recurrence() -> None:
    draw = RANDOM.normal
    arguments = draw(size=(8, 8)) / 3, draw(size=(8, 8)), draw(size=8), draw(size=8), draw(size=(9, 8)), draw(size=9)
    prepared = difflab.prepare(rnn, *arguments, argnums=(0, 1, 2, 3), method=ReverseCompiled("native"))
    expected = difflab.gradient(rnn, *arguments, argnums=(0, 1, 2, 3))
    for one, other in zip(prepared.gradient(*arguments), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
    (found,) = difflab.explain(rnn, *arguments, argnums=(0, 1, 2, 3)).compilations
    before, after = found.steps[1].graph, remove_dead_code(found.steps[-1].graph)
    assert names(after).count("matmul") < names(before).count("matmul") + 3
    assert sum(equation.outputs[0].shape == (8, 8) for equation in after.equations) <= 6
