"""Stages and memory: everything is computed, in an order that works, and no two arrays stand in one place at a time."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.graph import Variable
from difflab.explain import Memory, Part, Place
from tests.explain import functions

X = np.linspace(0.1, 1, 1000)
CASES: list[tuple[Any, Any]] = [
    (functions.branch, X),
    (functions.log_sum_exp, X),
    (functions.weighted, X[:3]),
    (functions.chain, np.arange(1.0, 5.0)),
    (functions.logistic, 0.3),
    (functions.network, {"weights": np.linspace(-1, 1, 9).reshape(3, 3), "inputs": np.ones((3, 2))}),
]
EACH = pytest.mark.parametrize(("function", "at"), CASES, ids=[function.__name__ for function, _ in CASES])


def part(function: Any, at: Any) -> Part:
    (found,) = difflab.explain(function, at).compilations[0].parts
    return found


def overlapping(memory: Memory) -> list[tuple[str, str]]:
    """List the arrays that share bytes while both are needed."""
    return [
        (one.name, other.name)
        for one, other in combinations(memory.places, 2)
        if one.first <= other.last
        and other.first <= one.last
        and one.offset < other.offset + other.bytes
        and other.offset < one.offset + one.bytes
    ]


@EACH
def test_each_equation_is_computed_or_is_a_view(function: Any, at: Any) -> None:
    found = part(function, at)
    computed = {x for stage in found.stages for equation in stage.equations for x in equation.outputs}
    views = {text.partition(" = ")[0] for text in found.views}
    assert computed.isdisjoint(x for x in computed if f"v{x.number}" in views)
    assert {f"v{x.number}" for x in computed} | views == {
        f"v{equation.outputs[0].number}" for equation in found.graph.equations
    }


@EACH
def test_no_array_is_read_before_it_is_computed(function: Any, at: Any) -> None:
    found = part(function, at)
    known = {*found.graph.inputs}
    seen = {equation.outputs[0] for equation in found.graph.equations} - {
        x for stage in found.stages for equation in stage.equations for x in equation.outputs
    }
    for stage in found.stages:
        for equation in stage.equations:
            assert known.issuperset(x for x in equation.operands if isinstance(x, Variable) and x not in seen)
            known.update(equation.outputs)


@EACH
def test_no_two_arrays_stand_in_one_place(function: Any, at: Any) -> None:
    memory = part(function, at).memory
    assert memory is not None
    assert overlapping(memory) == []
    assert all(place.offset >= 0 and place.offset + place.bytes <= memory.bytes for place in memory.places)
    assert memory.bytes <= memory.unshared


def test_a_planted_overlap_is_seen() -> None:
    variable = Variable(1, (3,), np.dtype(float))
    first = Place("v1", variable, 0, 24, 1, 2)
    second = replace(first, name="v2", offset=16, first=2, last=3)
    assert overlapping(Memory((first, second), 64, (), 48)) == [("v1", "v2")]
    assert overlapping(Memory((first, replace(second, first=3)), 64, (), 48)) == []
    assert overlapping(Memory((first, replace(second, offset=24)), 64, (), 48)) == []


def test_arrays_make_room_for_others() -> None:
    memory = part(functions.chain, np.arange(1.0, 5.0)).memory
    assert memory is not None
    assert memory.bytes < memory.unshared
    assert len({place.offset for place in memory.places}) < len(memory.places)


def test_a_loop_in_words() -> None:
    """The exponentials and their sum in one loop, the gradient in another."""
    stages = [str(stage) for stage in part(functions.log_sum_exp, X).stages]
    assert any("loop over 1,000 entries: reads x" in text and "keeps the largest as" in text for text in stages)
    assert any("exp" in text and "sums into" in text for text in stages)
    assert any(text.startswith("numbers, one after the other: ") for text in stages)


def test_products_joins_and_transposes_of_indexing_in_words() -> None:
    at = {"weights": np.ones((3, 4)), "vector": np.ones(4)}

    def function(p: Any) -> Any:
        return np.sum(np.concatenate([p["weights"] @ p["vector"], p["vector"][1:]]) ** 2)

    texts = [str(stage) for stage in part(function, at).stages]
    assert any(
        text.startswith("loop over 3 × 4 entries: multiplies p_weights, p_vector, and sums into") for text in texts
    )
    assert any(text.startswith("copies ") for text in texts) or any("among zeros" in text for text in texts)


def test_what_is_cheap_is_computed_anew() -> None:
    """A long array that two loops read, and that a multiplication gives, is not kept."""

    def function(x: Any) -> Any:
        y = x * 2.0
        return np.sum(np.exp(y - np.max(y)))

    found = part(function, np.ones(100_000))
    anew = [name for stage in found.stages for name in stage.anew]
    assert anew
    assert found.memory is not None
    assert not set(anew) & {place.name for place in found.memory.places}


def test_long_loops_are_shared_by_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("difflab.lowering.native.threads.threads", lambda: 2)
    assert part(functions.log_sum_exp, X).divided == 0
    assert part(functions.log_sum_exp, np.ones(1_000_000)).divided > 0
