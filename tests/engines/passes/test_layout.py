"""Layout: what each rule leaves, that the entries are the same, and that wrong rules are caught."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.passes.layout import RULES, simplify_layout
from difflab.engines.passes.rewriting import rewritten
from difflab.primitives.indexing import scatter, take_index
from tests.engines.passes.graphs import SPECIAL, names, require_same, traced

MATRIX = np.array([[*SPECIAL, 1.0, -2.0]]).reshape(3, 4)
VECTOR = np.array([0.5, -0.0, np.inf, 3.0])

SCENARIOS = [
    (lambda a, v: np.reshape(a, (3, 4)), []),
    (lambda a, v: np.reshape(np.reshape(a, (4, 3)), (12,)), ["reshape"]),
    (lambda a, v: np.reshape(np.reshape(a, (4, 3)), (3, 4)), []),
    (lambda a, v: np.reshape(np.reshape(a, (4, 3), order="F"), (3, 4)), ["reshape", "reshape"]),
    (lambda a, v: np.reshape(np.reshape(a, (4, 3)), (3, 4), order="F"), ["reshape", "reshape"]),
    (lambda a, v: a[None][0], []),
    (lambda a, v: a[:, None][..., 0, :], []),
    (lambda a, v: a[::1], []),
    (lambda a, v: a[::-1][None], ["indexing x[…]", "reshape"]),
    (lambda a, v: a[:2][None], ["indexing x[…]", "reshape"]),
    (lambda a, v: a[[0, 1, 2]], ["indexing x[…]"]),
    (lambda a, v: np.stack([v, 2 * v, 3 * v])[1], ["multiply"]),
    (lambda a, v: np.stack([v, 2 * v], axis=1)[1], ["multiply", "stack", "indexing x[…]"]),
    (lambda a, v: scatter(v, template=(0,), shape=(1, 4)), ["reshape"]),
    (lambda a, v: 1 / scatter(v, template=(0,), shape=(1, 4)), ["the transpose of indexing", "divide"]),
    (lambda a, v: scatter(v, template=(0,), shape=(2, 4)), ["the transpose of indexing"]),
    (lambda a, v: a.T.T, []),
    (lambda a, v: np.transpose(v), []),
    (lambda a, v: np.transpose(np.transpose(a[None], (1, 2, 0)), (2, 0, 1)), ["reshape"]),
    (lambda a, v: np.transpose(np.transpose(a[None], (1, 2, 0)), (1, 2, 0)), ["reshape", "transpose"]),
    (lambda a, v: np.broadcast_to(a, (3, 4)), []),
    (lambda a, v: np.broadcast_to(np.broadcast_to(v, (3, 4)), (2, 3, 4)), ["broadcast_to"]),
    (lambda a, v: a * np.broadcast_to(v, (3, 4)), ["multiply"]),
    (lambda a, v: a > np.broadcast_to(v[None], (3, 4)), ["greater"]),
    (lambda a, v: np.where(a > 1, np.broadcast_to(v, (3, 4)), 0), ["greater", "where"]),
    (lambda a, v: np.broadcast_to(v, (3, 4)) * 2, ["broadcast_to", "multiply"]),
    (lambda a, v: np.broadcast_to(v[:, None], (4, 3)) * a.T, ["reshape", "transpose", "multiply"]),
    (lambda a, v: np.sum(a, axis=()), []),
    (lambda a, v: 1 / np.sum(a, axis=()), ["sum", "divide"]),  # where 0 for -0 would be noticed
    (lambda a, v: 1 / np.max(a[:, None], axis=1), ["divide"]),
    (lambda a, v: np.sum(a[:, None], axis=1, keepdims=True), ["reshape"]),
    (lambda a, v: np.sum(a > 0, axis=()), ["greater", "sum"]),  # counts
    (lambda a, v: a @ v[:, None], ["matmul", "reshape"]),
    (lambda a, v: (a @ v[:, None])[:, 0], ["matmul"]),
    (lambda a, v: (v[None, :] @ a.T)[0], ["transpose", "matmul"]),
    (lambda a, v: v[None, :] @ v, ["matmul", "reshape"]),
    (lambda a, v: a @ np.stack([v, v], axis=1), ["stack", "matmul"]),
    (lambda a, v: a.astype(float).copy(), []),
    (lambda a, v: a.astype(np.float32), ["astype"]),
]


@pytest.mark.parametrize(("function", "expected"), SCENARIOS)
def test_what_is_left(function: Any, expected: list[str]) -> None:
    graph = traced(function, MATRIX, VECTOR)
    simple = simplify_layout(graph)
    assert names(simple) == expected
    require_same(simple, graph, [MATRIX, VECTOR])


WRONG = {
    "a turned array as it is": (take_index, lambda walk, x: x, lambda a, v: a[::-1]),
    "columns for rows": (
        np.reshape,
        lambda walk, x: walk.operand_of(np.transpose, x),
        lambda a, v: np.reshape(a.T, (3, 4)),
    ),
    "a transpose left out": (np.transpose, lambda walk, x: x, lambda a, v: (a[:, :3] * 1).T),
    "−0 for a sum of it": (np.sum, lambda walk, x: x, lambda a, v: 1 / np.sum(a, axis=())),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_caught(name: str) -> None:
    function, rule, code = WRONG[name]
    graph = traced(code, MATRIX, VECTOR)
    function = graph.equations[0].primitive.function if function is take_index else function
    wrong = rewritten(graph, {**RULES, function: [rule]})
    assert wrong.outputs != graph.outputs or names(wrong) != names(graph)
    with pytest.raises(AssertionError):
        require_same(wrong, graph, [MATRIX, VECTOR])
