"""Symbolic on a device, and at many points: the formulas of the CPU, evaluated where the arguments are."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import difflab
from difflab.errors import InvalidArgument, NotDifferentiable, UnsupportedFunction
from difflab.lowering.expressions import Expressions
from difflab.methods import Symbolic, symbolic_many, symbolic_paths
from difflab.problems import Problem
from difflab.structure import flatten
from tests.devices.branching import branching
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back, there
from tests.devices.waits import Waits
from tests.methods.symbolic_problems import PROBLEMS


def assert_alike(found: Any, expected: Any) -> None:
    """Compare what a device gave, all of which must be there, with what the CPU gave."""
    found, expected = flatten(back(found))[0], flatten(expected)[0]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one.shape, one.dtype) == (np.shape(other), other.dtype)
        scale = float(np.nanmax(np.abs(other), initial=0))
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12 * scale)


def spread(problem: Problem, count: int) -> list[Any]:
    """Give the arguments of a problem at many points: the differentiated ones are scattered about the default."""
    generator = np.random.default_rng(7)
    arguments = list(problem.at(problem.sizes[0]))
    argnums = (problem.argnums,) if isinstance(problem.argnums, int) else problem.argnums
    for number in argnums:
        leaves, structure = flatten(arguments[number])
        arguments[number] = structure.unflatten(
            [leaf * (1 + 0.02 * generator.uniform(-1, 1, (count, *np.shape(leaf)))) for leaf in leaves]
        )
    return arguments


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_on_a_device(problem: Problem, arrays: Any) -> None:
    arguments = problem.at(problem.sizes[0])
    expected = Symbolic().prepare(problem.function, *arguments, argnums=problem.argnums)
    prepared = Symbolic().prepare(problem.function, *arguments, argnums=problem.argnums, device="cuda")
    assert_alike(getattr(prepared, problem.operator)(*arguments), getattr(expected, problem.operator)(*arguments))
    assert len(prepared.kernel.paths) == 1  # the guards hold for the point that they were made at


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_at_many_points(problem: Problem, arrays: Any) -> None:
    arguments, points = problem.at(problem.sizes[0]), spread(problem, 3)
    operator = "jacobian" if problem.operator == "derivative" else problem.operator
    prepared = Symbolic().prepare(problem.function, *arguments, argnums=problem.argnums)
    batch = prepared.batch(*points)
    each = [flatten(getattr(prepared, operator)(*batch.point(n)))[0] for n in range(3)]
    found = getattr(batch, operator)()
    for leaf, entries in zip(flatten(found)[0], zip(*each, strict=True), strict=True):
        scale = float(np.max(np.abs(entries), initial=0))
        np.testing.assert_allclose(leaf, entries, rtol=1e-12, atol=1e-12 * scale)
    move = there(arrays)
    on_device = Symbolic().prepare(problem.function, *arguments, argnums=problem.argnums, device="cuda")
    constants_are_moved = [move(point) for point in points]
    assert_alike(getattr(on_device.batch(*constants_are_moved), operator)(), found)


POINTS = np.random.default_rng(1).uniform(-1, 1, (40, 3))


@pytest.mark.parametrize("operator", ["value", "gradient", "value_and_gradient", "jacobian", "hessian"])
def test_points_on_other_paths_go_by_theirs(operator: str, arrays: Any) -> None:
    prepared = Symbolic().prepare(branching, POINTS[0])
    each = [getattr(prepared, operator)(x) for x in POINTS]
    expected = tuple(map(np.stack, zip(*each, strict=True))) if operator == "value_and_gradient" else np.stack(each)
    fresh = Symbolic().prepare(branching, POINTS[0])
    found = getattr(fresh.batch(POINTS), operator)()
    for one, other in zip(flatten(found)[0], flatten(expected)[0], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-14)
    assert 6 < len(fresh.kernel.paths) < 40
    on_device = Symbolic().prepare(branching, arrays.array(POINTS[0]))
    assert_alike(getattr(on_device.batch(arrays.array(POINTS)), operator)(), expected)
    assert len(on_device.kernel.paths) == len(fresh.kernel.paths)


def test_both_sides_of_a_branch_are_kept(arrays: Any) -> None:
    prepared = Symbolic().prepare(branching, arrays.array(POINTS[0]))
    for x in (*POINTS[:12], *POINTS[:12]):
        assert_alike(prepared.gradient(arrays.array(x)), difflab.gradient(branching, x))
    reference = Symbolic().prepare(branching, POINTS[0])
    for x in POINTS[:12]:
        reference.gradient(x)
    assert len(prepared.kernel.paths) == len(reference.kernel.paths) > 4


def energy(x: Any, a: Any) -> Any:
    return np.sum(np.sin(a @ x) * x) + np.linalg.det(np.where(a > 0, a, 1.0)) * np.max(x)


def field(x: Any, a: Any) -> Any:
    return {"one": a @ np.tanh(x), "other": x[0] * x[1]}


A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [2.0, 0.0, 1.0]])
X = np.array([0.3, -0.7, 1.2])


def test_every_operator_at_many_points(arrays: Any) -> None:
    points = np.stack([X, 2 * X, -X])
    for function, operators in ((energy, ["gradient", "value_and_gradient", "hessian"]), (field, [])):
        batch = Symbolic().prepare(function, X, A).batch(points, A)
        on_device = (
            Symbolic().prepare(function, arrays.array(X), arrays.array(A)).batch(arrays.array(points), arrays.array(A))
        )
        for operator in ["value", "jacobian", *operators]:
            assert_alike(getattr(on_device, operator)(), getattr(batch, operator)())
        assert_alike(on_device.jvp(arrays.array(points[::-1])), batch.jvp(points[::-1]))
        assert_alike(on_device.jvp(points[::-1]), batch.jvp(points[::-1]))


def test_a_direction_that_does_not_move_an_entry_has_no_say_at_many_points() -> None:
    points, tangents = np.array([[0.0, 1.0], [4.0, 1.0]]), np.array([[0.0, 3.0], [1.0, 0.0]])
    _, pushed = Symbolic().prepare(lambda x: np.sqrt(x[0]) + x[1], points[0]).batch(points).jvp(tangents)
    assert pushed.tolist() == [3.0, 0.25]


def test_the_dtype_of_results_is_that_of_the_arguments(cupy: FakeCuPy) -> None:
    points = np.stack([X, 2 * X]).astype(np.float32)
    batch = Symbolic().prepare(lambda x: 0.1 * np.sum(np.exp(x)), points[0]).batch(points)
    values, gradients = batch.value_and_gradient()
    assert values.dtype == gradients.dtype == np.float32
    on_device = Symbolic().prepare(lambda x: 0.1 * np.sum(np.exp(x)), cupy.array(points[0]))
    assert_alike(on_device.batch(cupy.array(points)).value_and_gradient(), (values, gradients))


def test_blocks_cover_all_points_once(monkeypatch: pytest.MonkeyPatch, arrays: Any) -> None:
    monkeypatch.setattr(symbolic_many, "ENTRIES", 100)
    expected = np.stack([difflab.gradient(branching, x) for x in POINTS])
    np.testing.assert_allclose(Symbolic().prepare(branching, X).batch(POINTS).gradient(), expected, rtol=1e-12)
    on_device = Symbolic().prepare(branching, arrays.array(X)).batch(arrays.array(POINTS))
    assert_alike(on_device.gradient(), expected)


def test_a_fault_in_the_order_of_points_is_seen(monkeypatch: pytest.MonkeyPatch, cupy: FakeCuPy) -> None:
    def planted(numbers: Any, parts: Any) -> Any:
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    monkeypatch.setattr(symbolic_many, "_in_order", planted)
    with pytest.raises(AssertionError):
        test_points_on_other_paths_go_by_theirs("gradient", cupy)


def test_a_guard_that_is_overlooked_is_seen(monkeypatch: pytest.MonkeyPatch, cupy: FakeCuPy) -> None:
    monkeypatch.setattr(symbolic_paths.Path, "covers_which", lambda path, leaves: np.ones(len(leaves[0]), bool))
    with pytest.raises(AssertionError):
        test_points_on_other_paths_go_by_theirs("gradient", cupy)


def test_results_that_differ_in_shape_are_refused_as_everywhere() -> None:
    prepared = Symbolic().prepare(lambda x: x[x > 0], np.ones(2))
    with pytest.raises(InvalidArgument, match="same structure and shapes at all of them"):
        prepared.batch(np.array([[1.0, 1.0], [1.0, -1.0]])).jacobian()


def test_what_is_undefined_is_so_point_by_point(arrays: Any) -> None:
    points = np.array([[1.0, 2.0], [-1.0, 2.0], [4.0, 0.5]])
    prepared = Symbolic().prepare(lambda x: np.log(x) * x[1], points[0])
    expected = np.stack([prepared.jacobian(x) for x in points])
    assert np.isnan(expected[1, 0]).all()
    assert np.isfinite(expected[1, 1]).all()
    assert np.isfinite(expected[::2]).all()
    np.testing.assert_array_equal(prepared.batch(points).jacobian(), expected)
    on_device = Symbolic().prepare(lambda x: np.log(x) * x[1], arrays.array(points[0]))
    assert_alike(on_device.batch(arrays.array(points)).jacobian(), expected)
    assert_alike(on_device.jacobian(arrays.array(points[1])), expected[1])


def test_an_undefined_formula_at_one_of_the_points_is_refused(arrays: Any) -> None:
    points = np.array([[3.0, 4.0], [0.0, 0.0]])
    with pytest.raises(NotDifferentiable, match="0/0 or the like"):
        Symbolic().prepare(np.linalg.norm, points[0]).batch(points).gradient()
    on_device = Symbolic().prepare(np.linalg.norm, arrays.array(points[0]))
    with pytest.raises(NotDifferentiable, match="0/0 or the like"):
        on_device.gradient(arrays.array(points[1]))
    with pytest.raises(NotDifferentiable, match="0/0 or the like"):
        on_device.batch(arrays.array(points)).gradient()


FUNCTIONS: list[Callable[[Any], Any]] = [
    special.expit,
    special.erf,
    special.gammaln,
    special.digamma,
    special.j0,
    special.y0,
    special.i0,
    special.k0,
    special.i0e,
    special.entr,
    special.log_ndtr,
    special.exp1,
    np.i0,
    np.sinc,
    np.cbrt,
    lambda x: special.xlogy(x, x),
    lambda x: special.zeta(3.0, x),
    lambda x: special.gammainc(2.0, x),
    lambda x: special.betaln(x, 2.0),
    lambda x: np.logaddexp.reduce(np.stack([x, x**2, 0 * x])),
    lambda x: np.where((x > 0) & ~(x > 5) | (x < -2), x**3, np.minimum(x, 1.0)),
    lambda x: np.where((x > 0) ^ (x > 2), x**3, x),
]


@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_functions_that_cupy_has(number: int, arrays: Any) -> None:
    function = FUNCTIONS[number]
    points = np.array([0.3, 0.9, 2.5])
    expected = difflab.prepare(function, 0.3, method="reverse").batch(points).jacobian()
    assert_alike(Symbolic().prepare(function, 0.3, device="cuda").batch(arrays.array(points)).jacobian(), expected)
    assert_alike(Symbolic().prepare(function, 0.3, device="cuda").derivative(0.9), expected[1])


@pytest.mark.parametrize(
    ("function", "missing"),
    [
        (special.erfi, "erfi"),
        (special.j1, "jv"),
        (special.exprel, "hyp1f1"),
        (lambda x: special.kn(3, x), "kn"),
        (lambda x: special.betaincc(2.0, 3.0, x), "betaincc"),
    ],
)
def test_functions_that_cupy_has_not_are_named(function: Any, missing: str, arrays: Any) -> None:
    with pytest.raises(UnsupportedFunction, match=rf"needs {missing}, or an option of it, which CuPy has not"):
        Symbolic().prepare(function, arrays.array(np.float64(0.3))).derivative(arrays.array(np.float64(0.3)))


def test_a_function_may_close_over_arrays_of_the_device(arrays: Any) -> None:
    a = arrays.array(A)
    assert_alike(
        Symbolic().prepare(lambda x: energy(x, a), arrays.array(X)).gradient(arrays.array(X)),
        difflab.gradient(energy, X, A),
    )


def test_a_function_that_closes_over_an_array_of_the_cpu_is_refused(cupy: FakeCuPy) -> None:
    with pytest.raises(InvalidArgument, match=r"arrays on cpu and cuda:0: .*np\.ones_like"):
        Symbolic().prepare(lambda x: energy(x, A), cupy.array(X))


def test_a_constant_that_is_written_to_later_in_the_function_counts_as_it_was(arrays: Any) -> None:
    def function(x: Any, a: Any) -> Any:
        b = np.copy(a)
        y = np.sum(b @ x)
        b *= 0
        return y

    x, a = there(arrays)((X, A))
    assert_alike(Symbolic().prepare(function, x, a).gradient(x, a), np.sum(A, axis=0))


def test_constants_are_compared_by_content(arrays: Any) -> None:
    x, w = arrays.array(np.ones(2)), arrays.array(np.array([1.0, 2.0]))
    prepared = Symbolic().prepare(lambda x, w: np.sum(w * x**2), x, w)
    assert_alike(prepared.gradient(x, w), np.array([2.0, 4.0]))
    w *= 3
    assert_alike(prepared.gradient(x, w), np.array([6.0, 12.0]))
    assert_alike(prepared.gradient(x, arrays.array(np.array([1.0, 2.0]))), np.array([2.0, 4.0]))
    assert len(prepared.kernel.paths) == 2


def test_it_is_waited_once_for_all_points_on_a_path(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    points = cupy.array(POINTS)
    prepared = Symbolic().prepare(lambda x: np.sum(np.exp(x) * x), points[0])
    waits = Waits(monkeypatch)
    prepared.batch(points).gradient()
    assert waits.count == 1  # to see whether a derivative is undefined
    prepared.gradient(points[0])
    assert waits.count == 2
    branch = Symbolic().prepare(lambda x: x**2 if x > 1 else 3 * x, 2.0, device="cuda")
    branch.gradient(0.5)
    waits.count = 0
    branch.batch(cupy.array(np.linspace(0.0, 2.0, 30))).gradient()
    assert waits.count == 4  # of each path, to see who is on it, too


def test_a_conversion_behind_ones_back_is_seen(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(self: Expressions, entries: Any, leaves: Any, points: Any) -> Any:
        return np.array(entries, float)

    prepared = Symbolic().prepare(lambda x: np.sum(x**2), cupy.array(X))
    monkeypatch.setattr(Expressions, "_together", planted)
    with pytest.raises(TypeError, match="Implicit conversion to a NumPy array"):
        prepared.gradient(cupy.array(X))
