"""A graph for many points gives at each what the graph for one gives there; by NumPy, without programs."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difflab.engines.graph import Graph
from difflab.lowering.lanes import STACKED, for_points
from difflab.lowering.native.schedule import NotLowered
from difflab.methods import ReverseCompiled
from difflab.primitives.indexing import accumulate
from tests.engines.passes.graphs import traced, values
from tests.lowering.native.random_graphs import graphs

VECTOR, MATRIX = np.array([0.5, -1.0, 2.0]), np.arange(6.0).reshape(2, 3) - 2
COUNTS = (1, 2, 5)


def require_alike(graph: Graph, inputs: list[Any], moving: list[bool], count: int) -> None:
    """Compare a graph for some points with the graph for one at each."""
    numbers = np.random.default_rng(count)
    several = [
        x + numbers.uniform(-0.1, 0.1, (count, *np.shape(x))) if moves else x
        for x, moves in zip(inputs, moving, strict=True)
    ]
    whole = for_points(graph, [x for x, moves in zip(graph.inputs, moving, strict=True) if moves], count)
    assert [x.shape for x in whole.inputs] == [np.shape(x) for x in several]
    found = values(whole, several)
    for n in range(count):
        at = [x[n] if moves else x for x, moves in zip(several, moving, strict=True)]
        for mine, theirs in zip(found, values(graph, at), strict=True):
            here = mine[n] if np.ndim(mine) > np.ndim(theirs) else mine
            assert (np.shape(here), np.result_type(here)) == (np.shape(theirs), np.result_type(theirs))
            np.testing.assert_allclose(here, theirs, 1e-12, 1e-13)


@given(graphs(longest=20), st.lists(st.booleans(), min_size=3, max_size=3), st.sampled_from(COUNTS))
def test_random_graphs_for_many_points(drawn: tuple[Graph, list[Any]], moving: list[bool], count: int) -> None:
    require_alike(*drawn, moving, count)


FUNCTIONS: dict[str, Any] = {
    "numbers": lambda x: x[0, 0] * x[1, 2] + 3,
    "reductions": lambda x: (np.sum(x), np.max(x, axis=0), np.prod(x, axis=(0, 1)), np.any(x > 0, axis=-1)),
    "reductions that keep axes": lambda x: np.sum(x, axis=1, keepdims=True) + np.min(x, keepdims=True),
    "sums of numbers": lambda x: np.sum(x[0, 0], axis=()) + np.sum(x[0, 1]),
    "reshapes": lambda x: (np.reshape(x, (3, 2)), x.ravel(), np.reshape(x[0, 0], (1, 1))),
    "transposes": lambda x: (x.T, np.transpose(x, (-1, 0)), np.transpose(x[..., None], (2, 0, 1))),
    "broadcasts": lambda x: (np.broadcast_to(x, (4, 2, 3)), x + np.arange(3.0), np.arange(2.0)[:, None] * x),
    "a constant of more axes": lambda x: x[0] * np.ones((2, 3, 3)) + np.arange(3),
    "joined": lambda x: (np.concatenate([x, np.ones((1, 3)), x[:1]]), np.stack([x, x], axis=-1)),
    "stacked numbers": lambda x: np.stack([x[0, 0], np.float64(2), x[1, 1]]),
    "parts": lambda x: (x[1], x[..., -1], x[None, :, ::-1], x[:, 1:, None], x[...], x[0, 1]),
    "products": lambda x: (x @ x.T, x @ np.arange(3.0), np.arange(2.0) @ x, np.einsum("ij,ij->j", x, x)),
    "conditions": lambda x: np.where(x > 0, np.arange(3.0), x) * np.where(np.arange(3) > 1, x, 2.0),
    "what does not move": lambda x: (np.ones(3), np.float64(2), x * 0 + 1),
}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_at_many_points(name: str, count: int) -> None:
    require_alike(traced(FUNCTIONS[name], MATRIX), [MATRIX], [True], count)


@pytest.mark.parametrize("moving", [[True, False], [False, True], [True, True], [False, False]])
def test_some_arguments_are_the_same_at_all_points(moving: list[bool]) -> None:
    graph = traced(lambda a, x: (a @ x, a + x, x[0] * a, x * 2, np.stack([a[0], x]), np.sum(a)), MATRIX, VECTOR)
    for count in COUNTS:
        require_alike(graph, [MATRIX, VECTOR], moving, count)


SUMS: dict[str, Any] = {
    "numbers": lambda x: x[0] * x[1] + x[1] * x[2] + x[0] ** 2,
    "the same entry": lambda x: x[-1] + x[2] * x[2] + x[-1] * x[0],
    "parts": lambda x: np.sum(x[1:] * x[:-1]) + x[0] * x[-1] + np.sum(x),
}


@pytest.mark.parametrize("length", [3, STACKED, STACKED + 1])
@pytest.mark.parametrize("name", SUMS)
def test_sums_into_entries(name: str, length: int) -> None:
    """As derivatives have them: with what is gathered into one array."""
    x = np.linspace(-1, 1, length)
    made = ReverseCompiled("source").prepare(SUMS[name], x)
    made.gradient(x)
    operator = next(iter(made.kernel.replayed.operators.values()))  # type: ignore[attr-defined]
    graph = operator.paths.first.graph
    assert any(equation.primitive.function is accumulate for equation in graph.equations)
    for count in COUNTS:
        require_alike(graph, [x], [True], count)


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (np.cumsum, "cumsum"),
        (lambda x: x[:, [2, 0]], "indexing by arrays"),
        (lambda x: np.reshape(x, (3, 2), order="F"), "columns"),
        (lambda x: np.concatenate([x, x[0]], axis=None), "all entries"),
        (lambda x: np.einsum("ii->i", x[:, :2]), "einsum"),
    ],
)
def test_what_is_not_known_for_many_points_is_named(function: Any, what: str) -> None:
    graph = traced(function, MATRIX)
    with pytest.raises(NotLowered, match=what):
        for_points(graph, graph.inputs, 3)
    assert for_points(graph, [], 3).equations == graph.equations
