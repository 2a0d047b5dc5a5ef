"""Random graphs give the same before and after all passes, at zeros of both signs, infinities, NaN and tiny numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from difflab.engines.graph import Graph
from difflab.engines.passes import PASSES, algebra, optimized
from difflab.engines.passes.algebra import simplify_algebra
from difflab.engines.passes.rewriting import rewritten
from tests.engines.passes.graphs import SPECIAL, require_same, traced

CONSTANTS = (0, 1, -1, 0.0, -0.0, 1.0, -1.0, 2, 0.5, -4.0, 3.0, 0.3, np.ones(4), np.full((3, 4), -2.0), np.arange(4.0))
UNARY: tuple[Callable[..., Any], ...] = (
    np.negative,
    np.negative,
    np.abs,
    np.sqrt,
    np.reciprocal,
    np.exp,
    np.square,
    lambda v: v**1,
    lambda v: v**-1,
    lambda v: v**0.5,
    lambda v: v[None][0],
    lambda v: np.transpose(np.transpose(v)),
    lambda v: np.reshape(np.reshape(v, -1), v.shape),
    lambda v: v * np.sum(-v),
    lambda v: np.sum(v, axis=()),
    lambda v: np.max(v[..., None], axis=-1),
    lambda v: np.broadcast_to(np.sum(v), v.shape),
    lambda v: np.stack([v, -v])[1],
    lambda v: v[::-1],
)
BINARY: tuple[Callable[..., Any], ...] = (
    np.add,
    np.subtract,
    np.multiply,
    np.divide,
    np.multiply,
    np.maximum,
    np.arctan2,
    lambda v, w: np.where(v < w, v, -w),
)
STEP = st.tuples(st.integers(0, len(UNARY) + 4 * len(BINARY) - 1), st.integers(0, 40), st.integers(0, 40))
STEPS = st.lists(STEP, min_size=2, max_size=14)
ENTRIES = st.lists(st.sampled_from(SPECIAL), min_size=24, max_size=24)


def program(steps: list[tuple[int, int, int]]) -> Callable[..., Any]:
    """Make a function that computes one value after another, each from those before it or constants."""

    def run(x: Any, y: Any) -> Any:
        values = [x, y]
        for choice, first, second in steps:
            a = values[-1 - first % len(values)]
            if choice < len(UNARY):
                values.append(UNARY[choice](a))
                continue
            others = [*values, *CONSTANTS]
            pair = [a, others[second % len(others)]]
            function = BINARY[(choice - len(UNARY)) % len(BINARY)]
            values.append(function(*(pair if choice % 2 else reversed(pair))))
        return tuple(values[-3:])

    return run


@settings(max_examples=300)
@given(STEPS, ENTRIES)
def test_nothing_changes(steps: list[tuple[int, int, int]], entries: list[float]) -> None:
    x, y = np.array(entries).reshape(2, 3, 4)
    graph = traced(program(steps), x, y)
    step = graph
    for improve in PASSES:
        step = improve(step)
        require_same(step, graph, [x, y])
    require_same(optimized(graph), graph, [y, x])
    assert len(step.equations) <= len(optimized(graph).equations)


def differs(improve: Callable[[Graph], Graph]) -> bool:
    """Say whether such programs tell a pass from one that is right."""
    random = np.random.default_rng(0)
    for _ in range(1000):
        steps = [tuple(map(int, random.integers(0, 40, 3))) for _ in range(8)]
        x, y = random.choice(SPECIAL, (2, 3, 4))
        graph = traced(program(steps), x, y)
        try:
            require_same(improve(graph), graph, [x, y])
        except AssertionError:
            return True
    return False


WRONG = {
    "x·0 = 0": (np.multiply, lambda walk, x, y: np.zeros(x.shape) if walk.number(y) == 0 else None),
    "x − x = 0": (np.subtract, lambda walk, x, y: np.zeros(x.shape) if x is y else None),
    "(−x)·y = x·y": (np.multiply, lambda walk, x, y: _without_sign(walk, np.multiply, x, y)),
    "(−x) + y = x + y": (np.add, lambda walk, x, y: _without_sign(walk, np.add, x, y)),
    "0 + x = x": (np.add, lambda walk, x, y: y if walk.number(x) == 0 else x if walk.number(y) == 0 else None),
    "1 / (1 / x) = x": (np.divide, lambda walk, x, y: (walk.operands_of(np.divide, y) or [None, None])[1]),
    "√x² = x": (np.sqrt, lambda walk, x: (walk.operands_of(np.multiply, x) or [None])[0]),
}


def _without_sign(walk: Any, function: Any, x: Any, y: Any) -> Any:
    opposite = walk.operand_of(np.negative, x)
    return None if opposite is None else walk.make(function, opposite, y)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_caught(name: str) -> None:
    function, rule = WRONG[name]
    assert differs(lambda graph: rewritten(graph, {**algebra.RULES, function: [rule]}))


def test_the_right_rules_are_not() -> None:
    assert not differs(simplify_algebra)
    assert not differs(optimized)
