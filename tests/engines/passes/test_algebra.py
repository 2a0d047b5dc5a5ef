"""Algebra: what each rule leaves, that nothing changes at infinities, zeros, NaNs; and that wrong rules are caught."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.passes.algebra import RULES, simplify_algebra
from difflab.engines.passes.rewriting import rewritten
from tests.engines.passes.graphs import PAIRS, names, require_same, traced, values

SCENARIOS = [
    (lambda x, y: (1 * x) * (y * 1.0), ["multiply"]),
    (lambda x, y: (x / 1) ** 1, []),
    (lambda x, y: np.negative(-x), []),
    (lambda x, y: np.negative(np.negative(-x)), ["negative"]),
    (lambda x, y: x * -1, ["negative"]),
    (lambda x, y: -1.0 * (x * -1), []),
    (lambda x, y: x / -1, ["negative"]),
    (lambda x, y: x - 0, []),
    (lambda x, y: x + -0.0, []),
    (lambda x, y: 0 + x * y, ["multiply"]),  # a zero of the other sign, which nobody notices
    (lambda x, y: np.exp(0 + x), ["exp"]),
    (lambda x, y: 1 / (0 + x), ["add", "divide"]),  # where it would be another infinity
    (lambda x, y: np.arctan2(1 - (x + 0), y), ["add", "subtract", "arctan2"]),
    (lambda x, y: 0 - x, ["negative"]),
    (lambda x, y: 1 / (0 - x), ["subtract", "divide"]),
    (lambda x, y: x + -y, ["subtract"]),
    (lambda x, y: -x + y, ["subtract"]),
    (lambda x, y: x - -y, ["add"]),
    (lambda x, y: -(x - y), ["subtract"]),
    (lambda x, y: np.arctan2(-(x - y), y), ["subtract", "negative", "arctan2"]),
    (lambda x, y: 1 / -(x - y), ["subtract", "divide"]),
    (lambda x, y: (-x) * (-y), ["multiply"]),
    (lambda x, y: (-x) / (-y), ["divide"]),
    (lambda x, y: y + (-x) * y, ["multiply", "subtract"]),
    (lambda x, y: y - x / (-y), ["divide", "add"]),
    (lambda x, y: -((-x) * y), ["multiply"]),
    (lambda x, y: 3 * -x, ["multiply"]),
    (lambda x, y: -x / 3, ["divide"]),
    (lambda x, y: 3 / -x, ["divide"]),
    (lambda x, y: -(3 * x), ["multiply"]),
    (lambda x, y: -(x / 3), ["divide"]),
    (lambda x, y: -(3 / x), ["divide"]),
    (lambda x, y: np.abs(-x), ["absolute"]),
    (lambda x, y: y - np.sum(-x), ["sum", "add"]),
    (lambda x, y: 1.5 * (2 * x), ["multiply"]),
    (lambda x, y: 4 * (3 * x), ["multiply"]),
    (lambda x, y: x / 8, ["multiply"]),
    (lambda x, y: x / 0.5 * 3, ["multiply"]),
    (lambda x, y: x**2, ["multiply"]),
    (lambda x, y: np.square(x) * x**0.5, ["multiply", "sqrt", "multiply"]),
    (lambda x, y: x**-1, ["divide"]),
    (lambda x, y: np.reciprocal(x), ["divide"]),
    (lambda x, y: -x * (3 * y), ["multiply", "multiply"]),
    # What has to stay
    (lambda x, y: x - x, ["subtract"]),
    (lambda x, y: x / x, ["divide"]),
    (lambda x, y: x * 0.0, ["multiply"]),
    (lambda x, y: x * y / y, ["multiply", "divide"]),
    (lambda x, y: x + y - y, ["add", "subtract"]),
    (lambda x, y: 0.5 * (2 * x), ["multiply", "multiply"]),
    (lambda x, y: 2 * (0.5 * x), ["multiply", "multiply"]),
    (lambda x, y: 3 * (1.1 * x), ["multiply", "multiply"]),
    (lambda x, y: 4 * (1.1 * x), ["multiply", "multiply"]),
    (lambda x, y: x / 3, ["divide"]),
    (lambda x, y: x / 2.0**1023, ["divide"]),
    (lambda x, y: np.sum(3 * x), ["multiply", "sum"]),
    (lambda x, y: x * np.ones((2, 1)), ["multiply"]),
    (lambda x, y: x.astype(np.float32) * np.float64(1), ["astype", "multiply"]),
    (lambda x, y: (x > y) * 1, ["greater", "multiply"]),
    (lambda x, y: np.power(x, np.full(x.shape, 0.5)), ["power"]),
]


@pytest.mark.parametrize(("function", "expected"), SCENARIOS)
def test_what_is_left(function: Any, expected: list[str]) -> None:
    graph = traced(function, *PAIRS)
    simple = simplify_algebra(graph)
    assert names(simple) == expected
    require_same(simple, graph, PAIRS)
    numbers = traced(function, *PAIRS[:, 1])
    for pair in PAIRS.T:
        require_same(simplify_algebra(numbers), numbers, pair)


@pytest.mark.parametrize("power", [3, 4])
def test_small_powers_are_products(power: int) -> None:
    graph = traced(lambda x: x**power, PAIRS[0])
    simple = simplify_algebra(graph)
    assert set(names(simple)) == {"multiply"}
    for x in (PAIRS[0], np.random.default_rng(0).uniform(-9, 9, PAIRS[0].shape)):
        np.testing.assert_allclose(values(simple, [x])[0], values(graph, [x])[0], rtol=1e-15)


def test_a_negation_that_others_need_stays_where_it_is() -> None:
    def function(x: Any, y: Any) -> Any:
        opposite = -x
        return opposite * y, np.exp(opposite)

    assert names(simplify_algebra(traced(function, *PAIRS))) == ["negative", "multiply", "exp"]

    def scaled(x: Any, y: Any) -> Any:
        product = 3 * x
        return -product * y, np.exp(product)

    assert names(simplify_algebra(traced(scaled, *PAIRS))) == ["multiply", "multiply", "negative", "exp"]


WRONG = {
    "x·0 = 0": (
        np.multiply,
        lambda walk, x, y: np.zeros(y.shape) if walk.number(x) == 0 else None,
        lambda x, y: 0.0 * y,
    ),
    "x − x = 0": (np.subtract, lambda walk, x, y: np.zeros(y.shape) if x is y else None, lambda x, y: x - x),
    "x / x = 1": (np.divide, lambda walk, x, y: np.ones(y.shape) if x is y else None, lambda x, y: x / x),
    "x + 0 = x": (np.add, lambda walk, x, y: x if walk.number(y) == 0 else None, lambda x, y: 1 / (x + 0)),
    "0 − x = −x": (np.subtract, lambda walk, x, y: walk.make(np.negative, y), lambda x, y: 1 / (0 - x)),
    "c·(d·x) = (c·d)·x": (
        np.multiply,
        lambda walk, x, y: walk.operands_of(np.multiply, y) and walk.operands_of(np.multiply, y)[1],
        lambda x, y: 0.5 * (2 * x),
    ),
    "x·y / y = x": (
        np.divide,
        lambda walk, x, y: walk.operands_of(np.multiply, x) and walk.operands_of(np.multiply, x)[0],
        lambda x, y: x * y / y,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_caught(name: str) -> None:
    function, rule, code = WRONG[name]
    graph = traced(code, *PAIRS)
    wrong = rewritten(graph, {**RULES, function: [rule]})
    assert wrong.equations != graph.equations or wrong.outputs != graph.outputs
    with pytest.raises(AssertionError):
        require_same(wrong, graph, PAIRS)
