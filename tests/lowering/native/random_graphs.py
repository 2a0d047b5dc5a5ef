"""Random straight programs on small arrays, as traces: what they compute is told by NumPy."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from difflab.engines.graph import Graph
from difflab.engines.passes.dead_code import remove_dead_code
from tests.engines.passes.graphs import traced, values

LARGEST = 200
"""Entries of an array."""


def _fits(one: Any, other: Any) -> bool:
    try:
        return bool(0 < np.prod(np.broadcast_shapes(one.shape, other.shape)) <= LARGEST)
    except ValueError:
        return False


def _combined(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, b: function(a, b) if _fits(a, b) else function(a, 0.5)


def _outer(a: Any, b: Any) -> Any:
    return a[:, None] * b if a.ndim == b.ndim == 1 and _fits(a[:, None], b) else np.cos(a)


def _product(a: Any, b: Any) -> Any:
    return np.tanh(a @ b) if a.ndim and b.ndim == 2 and a.shape[-1] == b.shape[0] else a - np.mean(b)


def _joined(a: Any, b: Any) -> Any:
    fits = a.ndim and b.ndim == a.ndim and a.shape[1:] == b.shape[1:] and a.size + b.size <= LARGEST
    return np.concatenate([a, b]) if fits else np.stack([a, a])[1]


MOVES: dict[str, Callable[..., Any]] = {
    "add": _combined(np.add),
    "multiply": _combined(lambda a, b: np.tanh(a * b)),
    "choose": lambda a, b: np.where(a > 0.1, a, -0.5 * a),
    "largest of two": _combined(np.maximum),
    "exponential": lambda a, b: np.exp(-np.abs(a)),
    "backwards": lambda a, b: a[::-1] if a.ndim else a * 2,
    "transpose": lambda a, b: a.T,
    "part": lambda a, b: a[: (a.shape[0] + 1) // 2] if a.ndim else -a,
    "last": lambda a, b: a[-1] if a.ndim else a + 1,
    "raveled": lambda a, b: a.T.reshape(-1),
    "sum": lambda a, b: np.sum(a),
    "sum of columns": lambda a, b: np.sum(a, axis=0) if a.ndim else a**2,
    "largest of rows": lambda a, b: np.max(a, axis=-1, keepdims=True) if a.ndim else a**3,
    "outer": _outer,
    "product": _product,
    "joined": _joined,
    "with a constant": lambda a, b: a * np.linspace(-1, 1, a.size).reshape(a.shape),
}


@st.composite
def graphs(draw: st.DrawFn, longest: int = 12) -> tuple[Graph, list[Any]]:
    """Draw a trace, and inputs for it."""
    moves = draw(st.lists(st.tuples(st.sampled_from(sorted(MOVES)), *[st.integers(0, 30)] * 2), max_size=longest))
    kept = draw(st.lists(st.integers(0, 30), min_size=1, max_size=3))
    numbers = np.random.default_rng(len(moves))
    inputs = [numbers.uniform(-1, 1, shape)[()] for shape in ((4,), (3, 4), ())]

    def function(*pool: Any) -> Any:
        found = list(pool)
        for name, one, other in moves:
            found.append(MOVES[name](found[-1 - one % len(found)], found[-1 - other % len(found)]))
        return tuple(found[-1 - each % len(found)] for each in kept)

    return remove_dead_code(traced(function, *inputs)), inputs


def require_right(found: Sequence[Any], graph: Graph, inputs: Sequence[Any]) -> None:
    """Fail unless outputs are those of NumPy, to rounding."""
    for mine, theirs in zip(found, values(graph, inputs), strict=True):
        assert (np.shape(mine), np.result_type(mine)) == (np.shape(theirs), np.result_type(theirs))
        np.testing.assert_allclose(mine, theirs, 1e-12, 1e-12)
