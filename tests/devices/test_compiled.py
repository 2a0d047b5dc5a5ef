"""The compiled methods on a device: traces replayed as NumPy source there, and what decides about them on the CPU."""

from typing import Any

import numpy as np
import pytest
from scipy import special

import difflab
from difflab.lowering import programs
from difflab.lowering.tracing import World
from difflab.methods import ForwardCompiled, ReverseCompiled
from difflab.methods.compiled import Compiled, CompiledKernel
from difflab.problems import Problem, all_problems
from difflab.structure import flatten
from tests.devices.branching import branching
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back, there
from tests.devices.waits import Waits

METHODS = pytest.mark.parametrize("method", [ForwardCompiled(), ReverseCompiled()], ids=lambda method: method.name)

X = np.array([0.3, -0.7, 1.2])
A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [2.0, 0.0, 1.0]])


def assert_alike(found: Any, expected: Any) -> None:
    """Compare what a device gave, all of which must be there, with what the CPU gave."""
    found, expected = flatten(back(found))[0], flatten(expected)[0]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one.shape, one.dtype) == (np.shape(other), other.dtype)
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12 * float(np.max(np.abs(other), initial=0)))


def is_replayed(prepared: Any) -> bool:
    """Say whether every operator that was asked for has a program."""
    kernel: CompiledKernel = prepared.kernel
    return bool(kernel.replayed.operators) and all(each.paths.count for each in kernel.replayed.operators.values())


@METHODS
@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
def test_a_problem_is_replayed_on_a_device(method: Compiled, problem: Problem, arrays: Any) -> None:
    arguments = problem.at(problem.sizes[0])
    ask = getattr(difflab, problem.operator)
    expected = ask(problem.function, *arguments, argnums=problem.argnums, method="reverse")
    prepared = method.prepare(problem.function, *arguments, argnums=problem.argnums, device="cuda")
    for _ in range(2):
        assert_alike(getattr(prepared, problem.operator)(*arguments), expected)
    assert is_replayed(prepared)


def energy(x: Any, a: Any, rate: Any) -> Any:
    return rate * np.sum(np.sin(a @ x) * x) + np.linalg.norm(np.sort(x) * x[[2, 0, 0]])


OPERATORS = {
    "value": lambda d, *args: d.value(*args),
    "gradient": lambda d, *args: d.gradient(*args),
    "value_and_gradient": lambda d, *args: d.value_and_gradient(*args),
    "jacobian": lambda d, *args: d.jacobian(*args),
    "hessian": lambda d, *args: d.hessian(*args),
    "jvp": lambda d, *args: d.jvp(*args, tangents=args[0]),
    "vjp": lambda d, *args: d.vjp(*args, cotangents=np.sum(args[0])),
    "hvp": lambda d, *args: d.hvp(*args, tangents=args[0]),
}


@METHODS
@pytest.mark.parametrize("operator", OPERATORS)
def test_a_replay_runs_no_code_of_the_person(
    method: Compiled, operator: str, arrays: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = OPERATORS[operator]
    prepared = method.prepare(energy, *there(arrays)((X, A)), 0.5)
    reference = difflab.prepare(energy, X, A, 0.5, method="reverse")
    for scale in (1.0, 0.5, 0.25):
        given = there(arrays)((scale * X, scale * A))
        assert_alike(ask(prepared, *given, 2 * scale), ask(reference, scale * X, scale * A, 2 * scale))
        prepared.kernel.eager = None
        monkeypatch.setattr(World, "traced", None)


@METHODS
def test_branches_are_traced_where_guards_fail_and_kept(method: Compiled, arrays: Any) -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (30, 3))
    prepared = method.prepare(branching, arrays.array(points[0]))
    for x in (*points, *points):
        assert_alike(prepared.gradient(arrays.array(x)), difflab.gradient(branching, x))
    (operator,) = prepared.kernel.replayed.operators.values()
    on_the_cpu = type(method)("source").prepare(branching, points[0])
    for x in points:
        on_the_cpu.gradient(x)
    (reference,) = on_the_cpu.kernel.replayed.operators.values()
    assert operator.paths.count == reference.paths.count > 5


@METHODS
def test_many_points_are_replayed_one_by_one(method: Compiled, arrays: Any) -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (5, 3))
    found = method.prepare(branching, arrays.array(X)).batch(arrays.array(points)).value_and_gradient()
    assert_alike(found, difflab.prepare(branching, X).batch(points).value_and_gradient())


@METHODS
def test_a_replay_waits_for_its_status_alone(method: Compiled, cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = method.prepare(branching, cupy.array(X))
    prepared.gradient(cupy.array(X))
    waits = Waits(monkeypatch)
    prepared.gradient(cupy.array(X))
    assert waits.count == 1


@METHODS
def test_a_derivative_that_plain_arithmetic_leaves_undecided(method: Compiled, arrays: Any) -> None:
    prepared = method.prepare(lambda x: np.sum(np.where(x > 0, x * np.log(x), 0.0)), arrays.array(X))
    with np.errstate(invalid="ignore"):
        assert_alike(prepared.gradient(arrays.array(X)), np.where(X > 0, np.log(np.abs(X)) + 1, 0.0))


@METHODS
def test_results_share_no_memory_with_arguments(method: Compiled, arrays: Any) -> None:
    x = arrays.array(X)
    prepared = method.prepare(lambda x: x, x)
    for _ in range(2):
        value, tangent = prepared.jvp(x, tangents=x)
    assert not difflab.arrays.share_memory(x, value)
    assert not difflab.arrays.share_memory(x, tangent)
    number = arrays.array(np.float64(2.0))
    value, _ = method.prepare(lambda x: x, number).jvp(number, tangents=number)
    assert not difflab.arrays.share_memory(number, value)


@METHODS
def test_constant_derivatives_are_on_the_device(method: Compiled, arrays: Any) -> None:
    number = arrays.array(np.float64(2.0))
    assert_alike(method.prepare(lambda x: 3.0 * x, number).gradient(number), np.float64(3.0))
    assert_alike(method.prepare(lambda x: np.sum(2 * x), arrays.array(X)).gradient(arrays.array(X)), np.full(3, 2.0))


@METHODS
def test_substitutes_of_what_cupy_has_not_are_replayed(method: Compiled, arrays: Any) -> None:
    def function(x: Any) -> Any:
        matrix = np.outer(x, x) + np.diag(x**2 + 1)
        return np.logaddexp.reduce(special.digamma(x**2)) + np.sum(np.linalg.cholesky(matrix, upper=True) ** 3)

    prepared = method.prepare(function, arrays.array(X))
    for _ in range(2):
        assert_alike(prepared.gradient(arrays.array(X)), difflab.gradient(function, X))
    assert is_replayed(prepared)


@METHODS
def test_arguments_that_change_are_seen(method: Compiled, arrays: Any) -> None:
    x, w = there(arrays)((X, X**2))
    prepared = method.prepare(lambda x, w: np.sum(w * x**2), x, w)
    for _ in range(3):
        assert_alike(prepared.gradient(x, w), 2 * back(w) * X)
        w *= 3
    assert is_replayed(prepared)


@METHODS
def test_arrays_of_the_device_around_a_function_are_not_replayed(method: Compiled, arrays: Any) -> None:
    x, w = there(arrays)((X, X**2))
    prepared = method.prepare(lambda x: np.sum(w * x**2), x)
    with pytest.warns(UserWarning, match=r"It sees `w`, an array on a device, .*: pass it as an argument"):
        assert_alike(prepared.gradient(x), 2 * X**2 * X)
    w *= 3
    assert_alike(prepared.gradient(x), 6 * X**2 * X)
    assert not is_replayed(prepared)


@METHODS
def test_indices_of_the_cpu_around_a_function_may_change(method: Compiled, arrays: Any) -> None:
    index = np.array([2, 0])
    x = arrays.array(X)
    prepared = method.prepare(lambda x: np.sum(x[index] ** 2), x)
    assert_alike(prepared.gradient(x), 2 * X * [1, 0, 1])
    index[0] = 1
    assert_alike(prepared.gradient(x), 2 * X * [1, 1, 0])


def test_programs_of_the_machine_are_refused_there(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.DeviceUnavailable, match=r"tier='native' makes programs of the CPU, .* cuda:0: leave"):
        ReverseCompiled("native").prepare(np.sum, cupy.array(X))


def test_a_replay_is_compared_with_the_eager_method_if_asked(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    x = cupy.array(X)
    assert_alike(ReverseCompiled(verify=True).prepare(lambda x: np.sum(x**3), x).gradient(x), 3 * X**2)
    right = programs._source_on_device

    def planted(graph: Any, place: Any) -> Any:
        run = right(graph, place)
        return lambda inputs: [-run(inputs)[0], *run(inputs)[1:]]

    monkeypatch.setattr(programs, "_source_on_device", planted)
    with pytest.raises(difflab.ReplayMismatch):
        ReverseCompiled(verify=True).prepare(lambda x: np.sum(x**3), x).gradient(x)


def test_a_constant_that_stayed_on_the_cpu_is_seen(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "with_constants_beside", lambda graph, place: graph)
    prepared = ReverseCompiled().prepare(lambda x: np.sum(np.arange(3.0, like=x) * x**2), cupy.array(X))
    with pytest.raises(TypeError, match="Unsupported type"):
        prepared.gradient(cupy.array(X))
