"""Every problem's closed forms against 60-digit differences, its published values, and its promises."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from difflab.errors import InvalidArgument
from difflab.problems import Problem, all_problems, get
from difflab.structure import flatten
from tests.problems import precise
from tests.problems.deviation import relative_error
from tests.problems.single_precision import in_single_precision, is_float

PROBLEMS = all_problems()
each_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)


JUMPS = {"zero_one_loss_kink"}
"""Problems whose differences grow without bound as the step shrinks."""


def laplace(A: Any) -> Any:
    """Expand a determinant by its first row: NumPy has no 60-digit one."""
    if len(A) == 1:
        return A[0, 0]
    minors = (np.delete(A[1:], column, axis=1) for column in range(len(A)))
    return sum((-1) ** column * A[0, column] * laplace(minor) for column, minor in enumerate(minors))


def cofactors(A: Any) -> Any:
    """Expand the gradient of a determinant in the same way."""
    signs = (-1.0) ** np.add.outer(range(len(A)), range(len(A)))
    minors = [[np.delete(np.delete(A, i, 0), j, 1) for j in range(len(A))] for i in range(len(A))]
    return signs * np.array([[laplace(minor) for minor in row] for row in minors])


def precise_function(problem: Problem) -> Any:
    return laplace if problem.name == "determinant" else problem.function


def moving(problem: Problem, args: tuple[Any, ...]) -> Any:
    if isinstance(problem.argnums, int):
        return args[problem.argnums]
    return tuple(args[number] for number in problem.argnums)


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if p.name not in JUMPS], ids=lambda p: p.name)
def test_first_order_closed_form_is_the_60_digit_derivative(problem: Problem) -> None:
    args = problem.at()
    expected = precise.jacobian(precise_function(problem), args, problem.argnums)
    assert relative_error(problem.closed_forms[problem.operator](*args), expected) < problem.tolerance


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if p.smooth], ids=lambda p: p.name)
@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1))
def test_first_order_closed_form_holds_around_the_default_point(problem: Problem, seed: int) -> None:
    random = np.random.default_rng(seed)
    leaves, structure = flatten(problem.at(problem.sizes[0]))
    moved = [leaf * random.uniform(0.95, 1.05, np.shape(leaf)) if is_float(leaf) else leaf for leaf in leaves]
    args = structure.unflatten(moved)
    expected = precise.jacobian(precise_function(problem), args, problem.argnums)
    assert relative_error(problem.closed_forms[problem.operator](*args), expected) < problem.tolerance


@pytest.mark.parametrize("name", sorted(JUMPS))
def test_differences_grow_without_bound_at_a_jump(name: str) -> None:
    problem = get(name)
    (block,) = precise.jacobian(problem.function, problem.at(), problem.argnums)
    assert np.max(np.abs(block)) > 1e15


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if "hessian" in p.closed_forms], ids=lambda p: p.name)
def test_hessian_is_the_60_digit_derivative_of_the_first_order_closed_form(problem: Problem) -> None:
    args = problem.at(problem.sizes[min(2, len(problem.sizes) - 1)])
    hessian = problem.closed_forms["hessian"](*args)
    numbers = (problem.argnums,) if isinstance(problem.argnums, int) else problem.argnums
    rows = (hessian,) if isinstance(problem.argnums, int) else hessian
    for place, row in enumerate(rows):
        first = cofactors if problem.name == "determinant" else problem.closed_forms[problem.operator]
        part = first if isinstance(problem.argnums, int) else lambda *a, i=place, f=first: f(*a)[i]
        assert relative_error(row, precise.jacobian(part, args, numbers)) < 1e-12


@each_problem
def test_function_in_float64_is_near_its_60_digit_value(problem: Problem) -> None:
    args = problem.at()
    expected = np.asarray(precise.value(precise_function(problem), args), dtype=float)
    assert relative_error(np.asarray(problem.function(*args)), expected) < 1e-12


@pytest.mark.parametrize(
    ("problem", "known"), [pytest.param(p, k, id=f"{p.name}-{k.what}") for p in PROBLEMS for k in p.known]
)
def test_published_values(problem: Problem, known: Any) -> None:
    args = known.arguments or problem.at(known.size)
    function = problem.function if known.what == "value" else problem.closed_forms[known.what]
    assert relative_error(function(*args), known.expected) < known.tolerance


@each_problem
def test_every_size_gives_finite_values_and_closed_forms_shaped_as_promised(problem: Problem) -> None:
    for size in problem.sizes:
        args = problem.at(size)
        value = problem.function(*args)
        derivative = problem.closed_forms[problem.operator](*args)
        leaves, structure = flatten(moving(problem, args))
        found, found_structure = flatten(derivative)
        assert found_structure == structure
        assert [np.shape(leaf) for leaf in found] == [np.shape(value) + np.shape(leaf) for leaf in leaves]
        assert all(np.all(np.isfinite(leaf)) for leaf in [value, *found])


@each_problem
def test_single_precision_in_gives_single_precision_out(problem: Problem) -> None:
    args = in_single_precision(problem.at())
    value = problem.function(*args)
    assert value.dtype == np.float32
    assert relative_error(np.asarray(value), np.asarray(problem.function(*problem.at()))) < 1e-4


@each_problem
def test_arguments_are_the_same_on_every_call_and_never_shared(problem: Problem) -> None:
    first, second = (flatten(problem.at())[0] for _ in range(2))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not isinstance(a, np.ndarray) or not np.shares_memory(a, b)


@each_problem
def test_functions_and_closed_forms_leave_their_arguments_alone(problem: Problem) -> None:
    args = problem.at()
    for function in (problem.function, *problem.closed_forms.values()):
        function(*args)
    for after, before in zip(flatten(args)[0], flatten(problem.at())[0], strict=True):
        np.testing.assert_array_equal(after, before)


@each_problem
def test_a_problem_says_what_it_is(problem: Problem) -> None:
    assert problem.title
    assert problem.source
    assert problem.notes
    assert problem.tags & {"teaching", "literature"}
    assert problem.operator in problem.closed_forms
    assert problem.size in problem.sizes
    assert list(problem.sizes) == sorted(set(problem.sizes))
    assert problem.tolerance == 1e-12 or "condition" in problem.notes


def test_names_are_unique_and_found() -> None:
    assert len({problem.name for problem in PROBLEMS}) == len(PROBLEMS)
    assert all(get(problem.name) is problem for problem in PROBLEMS)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(InvalidArgument, match=r"no problem 'logistic_mop'\. Did you mean 'logistic_map'"):
        get("logistic_mop")
    with pytest.raises(InvalidArgument, match="There are: first_polynomial, "):
        get("qqqq")


def test_a_size_that_a_problem_cannot_have_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="fixed size 3"):
        get("sigmoid_chain").at(4)
    with pytest.raises(InvalidArgument, match="starts at size 2"):
        get("rosenbrock").at(1)


@pytest.mark.parametrize("fault", [lambda g: -g, lambda g: g * np.nan, lambda g: g[:-1], lambda g: g + 1e-6])
def test_a_wrong_closed_form_is_seen(fault: Any) -> None:
    problem = get("rosenbrock")
    args = problem.at()
    expected = precise.jacobian(problem.function, args)
    assert relative_error(fault(problem.closed_forms["gradient"](*args)), expected) > problem.tolerance
