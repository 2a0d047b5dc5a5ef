"""Stages: each reads only what those before it have computed, and what can share a loop does."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from difflab.engines.graph import Graph, Variable
from difflab.lowering.native.schedule import NotLowered, Schedule, is_lowered, require_lowered, scheduled
from difflab.lowering.native.views import Constant
from tests.engines.passes.graphs import traced
from tests.lowering.native.random_graphs import graphs

X = np.array([1.0, -2.0, 3.0])
MATRIX = np.arange(6.0).reshape(2, 3)


def stages(function: Any, *inputs: Any) -> list[tuple[Any, list[str]]]:
    """Give the shape of each stage, and the functions in it."""
    schedule = scheduled(traced(function, *inputs))
    return [
        (stage.shape, [equation.primitive.name.removeprefix("np.") for equation in stage.equations])
        for stage in schedule.stages
    ]


def read_too_early(schedule: Schedule) -> list[Variable]:
    """Find what a stage reads that is not there yet, or of which it needs other entries than those at its place."""
    found = []
    for number, stage in enumerate(schedule.stages):
        here: set[Any] = set()
        for equation in stage.equations:
            for x in equation.operands:
                if isinstance(x, Variable) and not isinstance(source := schedule.source(x), Constant):
                    is_entry = source is x and x in here and x.shape == stage.shape
                    if schedule.place[source] >= number and not is_entry:
                        found.append(x)
            function = equation.primitive.function
            if stage.shape is not None and (not stage.shape or function not in (np.sum, np.max)):
                here.add(equation.outputs[0])
    return found


@given(graphs(longest=25))
def test_stages_read_what_is_there(drawn: tuple[Graph, list[Any]]) -> None:
    graph, _ = drawn
    schedule = scheduled(graph)
    assert not read_too_early(schedule)
    computed = [x for stage in schedule.stages for equation in stage.equations for x in equation.outputs]
    looked_at = {*schedule.views, *schedule.same}
    of_graph = {x for equation in graph.equations for x in equation.outputs}
    assert of_graph <= {*computed, *looked_at}
    assert len(computed) == len(set(computed))
    assert not looked_at & set(computed)


def test_a_stage_that_is_moved_ahead_is_seen() -> None:
    """The planted fault: the loop that reads an array backwards comes before the one that computes it."""
    schedule = scheduled(traced(lambda x: np.exp(np.exp(x)[::-1])[::-1] * 2, X))
    assert len(schedule.stages) == 3
    for at in (0, 1):
        planted = scheduled(traced(lambda x: np.exp(np.exp(x)[::-1])[::-1] * 2, X))
        planted.stages[at : at + 2] = planted.stages[at : at + 2][::-1]
        for number, stage in enumerate(planted.stages):
            planted.place.update({equation.outputs[0]: number for equation in stage.equations})
        assert read_too_early(planted)


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (lambda x: np.exp(-x * x) + 1, X, [((3,), ["negative", "multiply", "exp", "add"])]),
        (lambda x: np.sum(np.exp(x)), X, [((3,), ["exp", "sum"])]),
        (lambda x: x / np.sum(x), X, [((3,), ["sum"]), ((3,), ["divide"])]),
        (lambda x: np.exp(x)[::-1] * 2, X, [((3,), ["exp"]), ((3,), ["multiply"])]),
        (lambda x: (np.exp(x), np.cos(MATRIX * x)), X, [((3,), ["exp"]), ((2, 3), ["multiply", "cos"])]),
        (lambda x: (np.exp(x), np.sum(x), np.cos(x)), X, [((3,), ["exp", "sum", "cos"])]),
        (lambda x: x[0] * x[1] + x[2], X, [((), ["multiply", "add"])]),
        (lambda x: np.sum(np.sum(x, axis=0) * 2), MATRIX, [((2, 3), ["sum"]), ((3,), ["multiply", "sum"])]),
        (lambda x: np.stack([x, x]) * 2, X, [(None, ["stack"]), ((2, 3), ["multiply"])]),
        (lambda x: x.T.reshape(6) * 2, MATRIX, [((3, 2), ["copy"]), ((6,), ["multiply"])]),
        (lambda x: x.T.reshape(6, order="F") * 2, MATRIX, [((6,), ["multiply"])]),
    ],
)
def test_what_shares_a_loop(function: Any, x: Any, expected: Any) -> None:
    assert stages(function, x) == expected


def test_arrays_take_memory_only_if_another_stage_reads_them() -> None:
    turned = traced(lambda x: np.sum(np.exp(x * 2)[::-1] * x), X)
    _, exponential, _, _, total = (equation.outputs[0] for equation in turned.equations)
    assert scheduled(turned).stored == {exponential, total}
    graph = traced(lambda x: (np.exp(x) + 1, np.sum(x)), X)
    assert scheduled(graph).stored == set(graph.outputs)


def test_a_look_at_all_of_an_array_is_that_array() -> None:
    graph = traced(lambda x: np.exp(np.reshape(x, (3,)))[:], X)
    schedule = scheduled(graph)
    assert len(schedule.same) == 2
    assert schedule.outputs[0] is graph.equations[1].outputs[0]


def test_a_constant_that_is_used_twice_has_one_place_and_lies_in_order() -> None:
    data = MATRIX.T
    schedule = scheduled(traced(lambda x: data * x + data[:, ::-1] * np.sum(data * x), MATRIX.T.copy()))
    assert len(schedule.constants) == 2
    for constant, original in zip(schedule.constants, schedule.originals, strict=True):
        assert constant.flags.c_contiguous
        np.testing.assert_array_equal(constant, original)


@pytest.mark.parametrize(
    ("function", "x", "what"),
    [
        (np.sort, X, r"np\.argsort"),
        (np.cumsum, X, r"np\.cumsum"),
        (lambda x: x[[0, 2]], X, "indexing"),
        (lambda x: x * np.ones(3, np.float16), X, "the constant"),
        (lambda x: x + 1, np.ones(3, np.int32), "arrays of int32"),
        (lambda x: x + 1, np.ones((3, 0)), r"shape \(3, 0\)"),
        (lambda x: np.sum(x[:0]), X, r"shape \(0,\)"),
        (lambda x: np.einsum("ii->i", x), np.ones((2, 2)), r"np\.einsum"),
        (lambda x: x @ x, np.ones((200, 200)), r"np\.matmul"),
        (np.linalg.eigh, np.eye(2), r"np\.linalg\.eigh"),
    ],
)
def test_what_programs_have_not_is_named(function: Any, x: Any, what: str) -> None:
    with pytest.raises(NotLowered, match=what):
        scheduled(traced(lambda x: tuple(found) if isinstance(found := function(x), tuple) else found, x))


def test_equations_are_asked_one_by_one() -> None:
    known, unknown = traced(lambda x: np.cumsum(np.exp(x)), X).equations
    assert is_lowered(known)
    assert not is_lowered(unknown)
    require_lowered(known)
    with pytest.raises(NotLowered, match=r"np\.cumsum"):
        require_lowered(unknown)
