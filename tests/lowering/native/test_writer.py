"""Programs as they are written: random ones give what NumPy gives, and each kind of stage does at its edges."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from difflab.engines.graph import Equation, Graph, Variable
from difflab.lowering.native import threads
from difflab.lowering.native.program import Program
from difflab.lowering.native.writer import written
from difflab.primitives.indexing import accumulate, scatter
from difflab.primitives.table import TABLE
from tests.engines.passes.graphs import traced
from tests.lowering.native.random_graphs import graphs, require_right

X = np.array([1.0, -2.0, 3.0])
MATRIX = np.arange(6.0).reshape(2, 3) - 2
NUMBER = np.float64(0.5)


@given(graphs(longest=20))
def test_random_programs_give_what_numpy_gives(drawn: tuple[Graph, list[Any]]) -> None:
    graph, inputs = drawn
    before = [np.array(x) for x in inputs]
    found = Program(graph)(inputs)
    require_right(found, graph, inputs)
    for x, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, copy)
    for result in found:
        assert not any(np.may_share_memory(result, x) for x in inputs)


@given(graphs(longest=20))
def test_random_programs_in_threads_give_the_same(drawn: tuple[Graph, list[Any]]) -> None:
    graph, inputs = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "WORTHWHILE", 0)
        patch.setattr(threads, "threads", lambda: 2)
        require_right(Program(graph)(inputs), graph, inputs)


JOINED: dict[str, Any] = {
    "rows": lambda x: np.concatenate([x, x[:1]]),
    "columns": lambda x: np.concatenate([x, x[:, ::2]], axis=-1),
    "everything": lambda x: np.concatenate([x, x[0], x.T], axis=None),
    "stacked": lambda x: np.stack([x, x * 2]),
    "stacked last": lambda x: np.stack([x, x[::-1]], axis=-1),
    "numbers": lambda x: np.stack([x[0, 0], x[1, 2], np.sum(x)]),
    "with constants": lambda x: np.concatenate([x, np.ones((1, 3)), np.full((1, 3), 2)]),
    "with a constant number": lambda x: np.stack([x[0, 0], 2.0, np.float64(3)]),
    "repeated": lambda x: np.stack([np.broadcast_to(x[0, 0], 3), x[0]]),
}
RETURNED: dict[str, Any] = {
    "the argument": lambda x: x,
    "a part of it": lambda x: x[::-1, 1:],
    "one entry": lambda x: x[1, 2],
    "twice the same": lambda x: ((y := x * 2), y),
    "and turned": lambda x: ((y := x * 2), y.T, y[0]),
    "repeated": lambda x: np.broadcast_to(x[0], (4, 3)),
    "conditions": lambda x: (x > 0, np.any(x > 0), ~(x > 0)),
    "whole numbers": lambda x: (x.astype(int), np.sum(x > 0), (x > 0) + 1),
    "of single precision": lambda x: (x.astype(np.float32) * np.float32(0.1), np.sum(x.astype(np.float32))),
    "a reshaped number": lambda x: np.reshape(np.sum(x), (1, 1)),
    "sums that keep axes": lambda x: np.sum(x, keepdims=True),
    "along axes of length one": lambda x: np.sum(x[:1, :1], axis=1) + np.max(x[:1], axis=0),
}


@pytest.mark.parametrize("name", [*JOINED, *RETURNED])
def test_stages_of_each_kind(name: str) -> None:
    graph = traced({**JOINED, **RETURNED}[name], MATRIX)
    require_right(Program(graph)([MATRIX]), graph, [MATRIX])


def graph_of(function: Any, inputs: list[Any], parameters: Any, shape: tuple[int, ...]) -> Graph:
    """Give the graph of one equation, of a function that only derivatives use."""
    variables = [Variable(n, np.shape(x), np.result_type(x)) for n, x in enumerate(inputs)]
    output = Variable(len(inputs), shape, np.dtype(float))
    primitive: Any = TABLE[function]
    return Graph(
        inputs=variables, equations=[Equation(primitive, tuple(variables), parameters, (output,))], outputs=[output]
    )


@pytest.mark.parametrize(
    ("value", "template", "shape"),
    [
        (X, (slice(None, None, 2),), (5,)),
        (X, (slice(None, None, -1),), (3,)),
        (X, (1,), (2, 3)),
        (X, (slice(None), -1), (3, 2)),
        (MATRIX[:, None], (slice(1, 3), None, slice(None)), (4, 3)),
        (NUMBER, (2,), (4,)),
        (NUMBER, (1, -1), (2, 3)),
        (MATRIX, (..., 0), (2, 3, 2)),
    ],
)
def test_entries_are_put_where_they_belong(value: Any, template: Any, shape: Any) -> None:
    expected = np.zeros(shape)
    expected[template] = value
    graph = graph_of(scatter, [value], {"template": template, "shape": shape}, shape)
    np.testing.assert_array_equal(Program(graph)([value])[0], expected)


@pytest.mark.parametrize(
    ("values", "templates", "shape"),
    [
        ([X, X], [(), ()], (3,)),
        ([X, X[:2]], [(), (slice(1, None),)], (3,)),
        ([NUMBER] * 3, [(0,), (1,), (0,)], (2,)),
        ([NUMBER] * 3, [(0,), (-1,), (1,)], (4,)),
        ([NUMBER, X, NUMBER], [(0,), (), (2,)], (3,)),
        ([NUMBER, X], [(), (0,)], (2, 3)),
        ([X, MATRIX, NUMBER], [(), (), (slice(None), 1)], (2, 3)),
        ([X[:2], X], [(slice(None), 0), (1, slice(None, None, -1))], (2, 3)),
    ],
)
def test_sums_into_parts(values: Any, templates: Any, shape: Any) -> None:
    expected = np.zeros(shape)
    for value, template in zip(values, templates, strict=True):
        expected[template] += value
    graph = graph_of(accumulate, values, {"templates": tuple(templates), "shape": shape}, shape)
    (found,) = Program(graph)(values)
    np.testing.assert_allclose(found, expected, 1e-15)


def test_what_is_given_as_status_is_returned_apart() -> None:
    graph = traced(lambda x: (x * 2, np.where(x[0] > 0, 3, 5)), X)
    for x in (X, -X):
        (result,), status = Program(graph, has_status=True).run([x])
        assert status == (3 if x[0] > 0 else 5)
        np.testing.assert_array_equal(result, 2 * x)


def test_outputs_are_computed_where_they_are_returned() -> None:
    """So that they take no memory of the program's own."""
    program = written(traced(lambda x: ((y := np.exp(x)), np.sum(y[::-1] * x)), X))
    assert len(program.in_place) == 1
    assert program.bytes == 0
    assert not written(traced(lambda x: x[0] * x[1], X)).has_loops
    assert program.has_loops
