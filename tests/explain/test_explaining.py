"""What is explained is what the method runs; and where it runs nothing, it is said why."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.graph import Graph, evaluate
from difflab.errors import InvalidArgument
from difflab.explain import Compilation
from difflab.explain.counts import counts_of
from difflab.lowering import tracing
from difflab.methods import ForwardCompiled, ReverseCompiled
from difflab.structure import flatten
from tests.explain import functions

X = np.array([0.5, 0.3, 1.2])
CASES = [
    (functions.branch, (X,)),
    (functions.halved, (3 * X,)),
    (functions.picked, (X + 1,)),
    (functions.weighted, (X,)),
    (functions.solved, (X,)),
    (functions.log_sum_exp, (np.linspace(0, 1, 1000),)),
    (functions.network, ({"weights": np.linspace(-1, 1, 9).reshape(3, 3), "inputs": np.ones((3, 2))},)),
    (functions.logistic, (0.3, 100)),
    (functions.chain, (np.arange(1.0, 5.0),)),
]
EACH = pytest.mark.parametrize(("function", "args"), CASES, ids=[function.__name__ for function, _ in CASES])


def compilation(function: Any, *args: Any, **options: Any) -> Compilation:
    (found,) = difflab.explain(function, *args, **options).compilations
    return found


def inputs_of(function: Any, args: Sequence[Any]) -> list[Any]:
    seen = [functions.WEIGHTS] if function is functions.weighted else []
    return [*map(np.asarray, flatten(args[0])[0]), *seen]


def results(graph: Graph, inputs: Sequence[Any]) -> list[Any]:
    return evaluate(graph, inputs, look=lambda *_: None)


@EACH
@pytest.mark.parametrize("method", [ReverseCompiled, ForwardCompiled])
def test_the_last_graph_is_the_one_that_runs(function: Any, args: Any, method: Any) -> None:
    prepared = difflab.prepare(function, *args, method=method("native"))
    prepared.gradient(*args)
    (operator,) = prepared.kernel.replayed.operators.values()  # type: ignore[attr-defined]
    found = compilation(function, *args, method=method())
    assert repr(found.steps[-1].graph) == repr(operator.paths.first.graph)
    assert found.is_one_program == (operator.paths.first.program is not None)
    assert found.is_one_program == (len(found.parts) == 1 and found.parts[0].is_native)


@EACH
def test_each_pass_leaves_the_results_as_they_are(function: Any, args: Any) -> None:
    found = compilation(function, *args)
    inputs = inputs_of(function, args)
    expected = results(found.steps[0].graph, inputs)
    for step in found.steps[1:]:
        for mine, theirs in zip(results(step.graph, inputs), expected, strict=False):  # the status comes after them
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@EACH
def test_the_source_gives_the_gradient_and_then_the_status(function: Any, args: Any) -> None:
    *gradient, status = compilation(function, *args).source.compile()(*inputs_of(function, args))
    expected = flatten(difflab.gradient(function, *args))[0]
    for mine, theirs in zip(gradient, expected, strict=False):  # what guards looked at stands between them
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    assert status == 0


@EACH
def test_the_parts_are_the_whole(function: Any, args: Any) -> None:
    found = compilation(function, *args)
    equations = [equation for part in found.parts for equation in part.graph.equations]
    assert sorted(map(repr, equations)) == sorted(map(repr, found.steps[-1].graph.equations))


@EACH
def test_counts_go_with_their_graphs(function: Any, args: Any) -> None:
    found = compilation(function, *args)
    assert [step.counts for step in found.steps] == [counts_of(step.graph) for step in found.steps]
    assert found.steps[-1].counts.equations < found.steps[1].counts.equations or function is functions.logistic


def test_what_is_computed_twice_and_what_nobody_needs_goes() -> None:
    """A square and its derivative, twice: the passes leave one of each, and no value."""
    found = compilation(lambda x: np.sum(np.exp(x) * np.exp(x)), X)
    before, after = found.steps[0].counts.functions, found.steps[-1].counts.functions
    assert (before["exp"], after["exp"]) == (2, 1)
    assert before["sum"] == 1
    assert "sum" not in after


def test_a_function_that_programs_lack_is_run_by_numpy() -> None:
    found = compilation(functions.solved, X)
    assert not found.is_one_program
    by_numpy = [part for part in found.parts if not part.is_native]
    assert {reason for part in by_numpy for reason in part.reasons} == {"programs have no np.linalg.solve"}
    assert all("np.linalg.solve(" in text for part in by_numpy for text in part.equations)
    assert all(part.memory is None and not part.llvm for part in by_numpy)
    assert all(part.memory is not None and "define i64 @run(" in part.llvm for part in found.parts if part.is_native)


@pytest.mark.parametrize(
    ("function", "at", "reason"),
    [
        (lambda x: np.sum(x @ x), np.ones((200, 200)), "np.matmul: NumPy's library does large products faster"),
        (lambda x: np.sum(x**2), np.ones(3, np.float16), "programs have no arrays of float16"),
        (lambda x: np.sum(np.cumsum(x) ** 2), np.ones(3), "programs have no np.cumsum"),
        (lambda x: np.sum(x[np.argsort(x)] ** 2), X, "programs have no np.argsort"),
    ],
)
def test_why_numpy_runs_a_part(function: Any, at: Any, reason: str) -> None:
    reasons = [reason for part in compilation(function, at).parts for reason in part.reasons]
    assert any(each.startswith(reason) for each in reasons)


def test_the_tier_of_generated_source_has_one_part_that_says_so() -> None:
    (part,) = compilation(functions.log_sum_exp, X, method=ReverseCompiled("source")).parts
    assert (part.is_native, part.reasons) == (False, ('tier="source" was asked for',))


@pytest.mark.parametrize(
    ("operator", "method", "names"),
    [
        (None, "reverse_compiled", ["gradient"]),
        ("value", "reverse_compiled", ["value"]),
        ("value_and_gradient", "reverse_compiled", ["value_and_gradient"]),
        ("jacobian", "reverse_compiled", ["jacobian by rows"]),
        ("jacobian", "forward_compiled", ["jacobian by columns"]),
        ("jvp", "forward_compiled", ["push"]),
        ("vjp", "reverse_compiled", ["value", "pull"]),
        ("hvp", "reverse_compiled", ["curvature"]),
        ("hessian", "forward_compiled", ["curvature"]),
    ],
)
def test_the_programs_that_answer_an_operator(operator: str | None, method: str, names: list[str]) -> None:
    found = difflab.explain(functions.log_sum_exp, X, method=method, operator=operator)
    assert [each.name for each in found.compilations] == names
    assert all(each.is_one_program for each in found.compilations)


def test_the_jacobian_is_explained_where_there_is_no_gradient() -> None:
    found = difflab.explain(functions.pair, 0.5, 0.3, argnums=(1, 0))
    assert found.operator == "jacobian"
    assert [each.meaning for each in found.compilations[0].inputs] == ["b, differentiated", "a, differentiated"]


def test_inputs_are_named() -> None:
    def function(parameters: Any, v1: Any, count: int) -> Any:
        return np.sum(parameters["a"] * parameters["b"][0] * v1 * functions.WEIGHTS) * count

    at = {"a": X, "b": [2.0]}
    found = compilation(function, at, X, 3, operator="jvp")
    assert [(each.name, each.variable.shape) for each in found.inputs] == [
        ("parameters_a", (3,)),
        ("parameters_b_0", ()),
        ("v1_", (3,)),
        ("tangents_of_parameters_a", (1, 3)),
        ("tangents_of_parameters_b_0", (1,)),
        ("functions_WEIGHTS", (3,)),
    ]
    assert found.inputs[2].meaning == "v1, which may change from call to call"


def test_a_function_with_side_effects_is_left_to_the_eager_method(capsys: pytest.CaptureFixture[str]) -> None:
    found = difflab.explain(functions.printing, X)
    assert found.compilations == ()
    (refusal,) = found.refusals
    assert "`printing` prints to sys.stdout: a replay would not." in refusal


def test_a_fault_of_the_trace_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: tracing fails where the eager method does not."""

    def failing(*_: Any) -> Any:
        raise RuntimeError("planted")

    monkeypatch.setattr(tracing, "trace", failing)
    found = difflab.explain(functions.log_sum_exp, X)
    assert found.compilations == ()
    assert found.refusals[0].startswith("The code cannot be traced: RuntimeError: planted")


def test_a_derivative_that_plain_arithmetic_leaves_undecided_is_told() -> None:
    def function(x: Any) -> Any:
        return np.sum(x * np.sqrt(x))

    assert compilation(function, X).is_decided
    assert not compilation(function, np.zeros(2)).is_decided


def test_other_warnings_are_passed_on() -> None:
    def function(x: Any) -> Any:
        warnings.warn("of the function", stacklevel=1)
        return np.sum(x)

    with pytest.warns(UserWarning, match="of the function"):
        difflab.explain(function, X)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "reverse"}, "'reverse' compiles nothing: use 'reverse_compiled' or 'forward_compiled'"),
        ({"method": "reversed"}, "no method 'reversed'"),
        ({"operator": "slope"}, "operator='slope' is unknown: use one of value, derivative, gradient"),
        ({"operator": "derivative"}, "derivative is for functions of one number"),
    ],
)
def test_what_cannot_be_explained_is_refused(options: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        difflab.explain(functions.log_sum_exp, X, **options)


def test_the_times_are_those_of_the_steps() -> None:
    found = compilation(functions.log_sum_exp, X)
    assert list(found.seconds) == ["tracing", "passes", "writing", "translating"]
    assert found.seconds["tracing"] == found.steps[0].seconds
    assert all(seconds > 0 for seconds in found.seconds.values())
