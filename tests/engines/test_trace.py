"""A trace is what the code did; it holds for other inputs as long as the code would do the same."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difflab.engines.graph import Graph, GuardFailure, evaluate
from difflab.engines.trace import trace
from difflab.errors import NotDifferentiable
from difflab.signature import Signature


def traced(function, *args, argnums=0) -> Graph:
    return trace(Signature.of(function, args, argnums).point(args))


def names(graph: Graph) -> list[str]:
    return [equation.primitive.name for equation in graph.equations]


def branch(x):
    return x**2 if x > 1 else 3 * x


def loop(x):
    steps = 0
    while abs(x) > 1:
        x = x / 2
        steps += 1
    return x + steps


def counted(x):
    total = x
    for _ in range(int(x)):
        total = total * x
    return total


def indexed(x):
    return x[int(x[0])] * 2


def looked_up(x):
    return {1: 10.0, 2: 20.0}[int(x)] * x


def truth_of_a_number(x):
    return x + 1 if x else x - 1


def sorted_by_value(x):
    return sorted([x[0], x[1], x[2]])[0]


def test_equations_are_numbered_in_the_order_in_which_they_ran():
    graph = traced(lambda x: np.sin(x) * x + 1.0, 0.5)
    assert names(graph) == ["np.sin", "np.multiply", "np.add"]
    assert [equation.outputs[0].number for equation in graph.equations] == [1, 2, 3]
    assert graph.outputs == [graph.equations[-1].outputs[0]]
    assert graph.size == 4


def test_composites_are_recorded_by_their_definitions():
    assert "np.var" not in names(traced(np.var, np.ones(3)))


def test_a_trace_prints_as_its_equations_and_guards():
    assert repr(traced(branch, 2.0)).splitlines() == [
        "inputs  v0:float64[]",
        "  v1:bool[] = np.greater(v0:float64[], 1)",
        "  v2:float64[] = np.power(v0:float64[], 2)",
        "  guard v1:bool[] == np.True_",
        "outputs v2:float64[]",
    ]


@pytest.mark.parametrize(
    ("function", "at", "same_path", "other_path"),
    [
        (branch, 2.0, 5.0, 0.5),
        (branch, 0.5, -5.0, 2.0),
        (loop, 5.0, 7.0, 9.0),
        (loop, 5.0, -6.0, 0.5),
        (counted, 3.5, 3.9, 4.0),
        (indexed, np.array([1.5, 3.0]), np.array([1.2, 4.0]), np.array([0.5, 4.0])),
        (looked_up, 1.25, 1.75, 2.5),
        (truth_of_a_number, 2.0, -3.0, 0.0),
        (sorted_by_value, np.array([3.0, 1.0, 2.0]), np.array([9.0, 2.0, 5.0]), np.array([1.0, 2.0, 3.0])),
    ],
)
def test_a_guard_holds_on_the_same_path_and_fails_on_another(function, at, same_path, other_path):
    graph = traced(function, at)
    assert graph.guards
    for x in (at, same_path):
        assert evaluate(graph, [np.asarray(x)])[0] == function(x)
    with pytest.raises(GuardFailure):
        evaluate(graph, [np.asarray(other_path)])


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=6))
def test_a_replay_gives_the_function_or_says_that_the_path_differs(numbers):
    graph = traced(loop, 5.0)
    for x in numbers:
        halvings = 0 if abs(x) <= 1 else int(np.ceil(np.log2(abs(x))))
        if halvings == 3:
            assert evaluate(graph, [np.float64(x)]) == [loop(x)]
        else:
            with pytest.raises(GuardFailure):
                evaluate(graph, [np.float64(x)])


def test_a_guard_knows_the_line_that_looked():
    def function(x):
        y = np.sin(x)
        return y if np.sum(y) > 0 else -y

    lines = [traced(function, np.ones(2)).guards[0].place, traced(branch, 2.0).guards[0].place]
    first = [code.co_firstlineno for code in (function.__code__, branch.__code__)]
    assert lines == [(__file__, first[0] + 2), (__file__, first[1] + 1)]


def test_a_line_that_runs_the_trace_is_not_taken_for_one_that_looked():
    """The function is one of Python's own: no line of a person's code looks."""
    (guard,) = traced(operator.truth, 2.0).guards
    assert guard.place is None


def test_a_guard_is_looked_at_before_what_depends_on_it():
    def function(x):
        return np.log(x) if x > 0 else x

    with pytest.raises(GuardFailure):  # and no warning of log(-1), which would be an error here
        evaluate(traced(function, 1.0), [np.float64(-1.0)])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.where(x > 0, x, -x),
        lambda x: np.maximum(x, 0.0) * (x < 2),
        lambda x: np.sort(x)[0],
        lambda x: x[np.argmax(x)],
    ],
)
def test_selections_within_arrays_need_no_guard(function):
    graph = traced(function, np.array([1.0, -2.0]))
    assert graph.guards == []
    for x in (np.array([1.0, -2.0]), np.array([-1.0, 3.0])):
        np.testing.assert_array_equal(evaluate(graph, [x])[0], function(x))


def test_other_arguments_are_constants_of_the_trace():
    graph = traced(lambda x, w: np.sum(w * x), np.ones(2), np.array([2.0, 3.0]))
    assert len(graph.inputs) == 1
    assert evaluate(graph, [np.array([1.0, 10.0])]) == [32.0]


def test_constants_are_those_at_the_time_of_use():
    def function(x):
        buffer = np.array([1.0, 2.0])
        first = x * buffer
        buffer[:] = 10.0
        return first + x * buffer

    x = np.array([1.0, 5.0])
    np.testing.assert_array_equal(evaluate(traced(function, np.ones(2)), [x])[0], function(x))


def test_a_constant_that_is_used_often_is_kept_once():
    data = np.arange(4.0)
    graph = traced(lambda x: np.sum(data * x) + np.sum(data + x), np.ones(4))
    kept = {id(operand) for one in graph.equations for operand in one.operands if isinstance(operand, np.ndarray)}
    assert len(kept) == 1


def test_a_result_that_does_not_depend_on_the_input_is_a_constant():
    graph = traced(lambda x: {"a": x, "b": 7.0}, 1.0)
    assert graph.outputs == [graph.inputs[0], 7.0]
    assert graph.output_structure.unflatten([1, 2]) == {"a": 1, "b": 2}


def test_nested_arguments_and_results():
    graph = traced(lambda p: (p["a"] * p["b"][0], [p["b"][1]]), {"a": 2.0, "b": [3.0, np.ones(2)]})
    assert [x.shape for x in graph.inputs] == [(), (), (2,)]
    outputs = evaluate(graph, [np.float64(5.0), np.float64(7.0), np.zeros(2)])
    assert outputs[0] == 35.0
    np.testing.assert_array_equal(outputs[1], np.zeros(2))


def test_dtypes_are_recorded():
    graph = traced(lambda x: np.exp(x) > 1, np.ones(2, np.float32))
    assert [equation.outputs[0].dtype for equation in graph.equations] == [np.float32, np.bool_]


def test_what_cuts_the_derivative_is_refused_while_tracing():
    with pytest.raises(NotDifferentiable, match=r"float\(\)"):
        traced(lambda x: float(x) * 2, 1.0)


def test_an_error_of_the_function_leaves_the_next_trace_right():
    def fails(x):
        if x > 1:
            raise KeyError("planted")
        return x * 2

    with pytest.raises(KeyError, match="planted"):
        traced(fails, 2.0)
    assert evaluate(traced(fails, 1.0), [np.float64(0.5)]) == [1.0]


def test_a_long_chain_is_traced_and_run_without_recursion():
    def chain(x):
        for _ in range(20_000):
            x = x + 1.0
        return x

    assert evaluate(traced(chain, 0.0), [np.float64(1.0)]) == [20_001.0]
