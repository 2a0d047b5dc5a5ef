"""Every method on every problem at its default point, against the truth; and what each says at a kink."""

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from difflab.errors import NotDifferentiable
from difflab.methods import Manual, get
from difflab.problems import Problem, all_problems
from difflab.problems import get as get_problem
from difflab.structure import flatten
from difflab.truth import true_derivative
from tests.problems.deviation import relative_error

EXACT = ("manual", "symbolic", "forward", "reverse")
TOLERANCES = {"complex_step": 1e-12, "richardson": 1e-10, "central_difference": 1e-8, "forward_difference": 1e-5}

SMOOTH = tuple(problem for problem in all_problems() if problem.smooth)


def prepare(problem: Problem, method: str, *args: Any) -> Any:
    differentiator = Manual(**problem.closed_forms) if method == "manual" else get(method)
    return differentiator.prepare(problem.function, *(args or problem.at()), argnums=problem.argnums)


def derivative(problem: Problem, method: str, operator: str | None = None) -> Any:
    return getattr(prepare(problem, method), operator or problem.operator)(*problem.at())


@lru_cache
def truth(name: str, operator: str) -> Any:
    """Differentiate in 60 digits, and round to floats."""
    problem = get_problem(name)
    exact = true_derivative(problem.function, *problem.at(), operator=operator, argnums=problem.argnums)
    leaves, structure = flatten(exact)
    return structure.unflatten([np.asarray(leaf, dtype=float) for leaf in leaves])


@pytest.mark.parametrize("method", [*EXACT, *TOLERANCES])
@pytest.mark.parametrize("problem", SMOOTH, ids=lambda problem: problem.name)
def test_methods_agree_with_the_truth(problem: Problem, method: str) -> None:
    tolerance = max(TOLERANCES.get(method, 0.0), problem.tolerance)
    assert relative_error(derivative(problem, method), truth(problem.name, problem.operator)) < tolerance


SECOND_ORDER = tuple(problem for problem in SMOOTH if "hessian" in problem.closed_forms)


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("problem", SECOND_ORDER, ids=lambda problem: problem.name)
def test_hessians_agree_with_the_truth(problem: Problem, method: str) -> None:
    assert relative_error(derivative(problem, method, "hessian"), truth(problem.name, "hessian")) < 1e-11


OTHER_POINTS = {
    "branch": (np.array([-1.0, 0.2, 0.1, -0.3]),),
    "data_dependent_loop": (3.0, 1.5**7.5),
    "logistic_map": (0.2, 6),
    "kepler": (0.3, 0.02, 3),
    "lotka_volterra": (np.array([1.0, 0.3, 0.2, 0.5]), np.array([8.0, 6.0]), 0.2, 1),
    "log_sum_exp": (-np.linspace(0.0, 3.0, 4),),
    "bundle_adjustment": (np.arange(1.0, 12.0) / 11, *get_problem("bundle_adjustment").at()[1:]),
}
"""Points whose code takes another path than at the default point, or has other constants."""


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("name", OTHER_POINTS)
def test_prepared_methods_are_right_where_the_code_takes_another_path(name: str, method: str) -> None:
    problem = get_problem(name)
    prepared = prepare(problem, method)
    found = getattr(prepared, problem.operator)(*OTHER_POINTS[name])
    expected = problem.closed_forms[problem.operator](*OTHER_POINTS[name])
    assert relative_error(found, expected) < 1e-12


def _first(name: str, method: str) -> float:
    """Give the slope by the entry that lies on the kink, times the number of examples."""
    problem = get_problem(name)
    found = derivative(problem, method)
    return float(found[0]) * len(found)


@pytest.mark.parametrize("name", ["hinge_loss_kink", "absolute_loss_kink"])
@pytest.mark.parametrize("method", ["manual", "forward", "reverse", "symbolic", "central_difference", "richardson"])
def test_most_methods_give_the_middle_of_the_slopes_at_a_kink(name: str, method: str) -> None:
    (_, labels) = get_problem(name).at()
    expected = -labels[0] / 2 if name == "hinge_loss_kink" else 0.0
    assert _first(name, method) == pytest.approx(expected, abs=1e-9)


def test_the_complex_step_gives_the_slope_of_the_side_that_it_counts_the_kink_to() -> None:
    assert _first("hinge_loss_kink", "complex_step") == 0.0
    assert _first("absolute_loss_kink", "complex_step") == 1.0


def test_forward_differences_give_the_slope_to_the_right_of_a_kink() -> None:
    (_, labels) = get_problem("hinge_loss_kink").at()
    assert _first("hinge_loss_kink", "forward_difference") == pytest.approx(0.0 if labels[0] > 0 else 1.0, abs=1e-6)
    assert _first("absolute_loss_kink", "forward_difference") == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("method", ["manual", "complex_step", "forward", "reverse", "symbolic"])
def test_at_a_jump_the_exact_methods_see_a_constant(method: str) -> None:
    assert _first("zero_one_loss_kink", method) == 0.0


def test_at_a_jump_a_central_difference_divides_the_jump_by_the_step() -> None:
    assert abs(_first("zero_one_loss_kink", "central_difference")) > 1e4


@pytest.mark.parametrize(
    ("method", "shares"),
    [
        ("manual", (0.5, 0.5)),
        ("forward", (0.5, 0.5)),
        ("reverse", (0.5, 0.5)),
        ("symbolic", (0.5, 0.5)),
        ("central_difference", (0.5, 0.5)),
        ("richardson", (0.5, 0.5)),
        ("forward_difference", (1.0, 1.0)),
        ("complex_step", (1.0, 0.0)),
    ],
)
def test_shares_of_a_tied_maximum(method: str, shares: tuple[float, float]) -> None:
    by_x, by_y = derivative(get_problem("maximum_tie"), method)
    assert (by_x[0], by_y[0]) == pytest.approx(shares, abs=1e-6)


@pytest.mark.parametrize(
    ("method", "slope"),
    [
        ("manual", 2.0),
        ("central_difference", 2.0),
        ("forward_difference", 2.0),
        ("richardson", 2.0),
        ("complex_step", 0.0),
        ("forward", 0.0),
        ("reverse", 0.0),
        ("symbolic", 0.0),
    ],
)
def test_the_if_problem(method: str, slope: float) -> None:
    assert derivative(get_problem("branch_at_point"), method) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("name", ["hinge_loss_kink", "zero_one_loss_kink", "absolute_loss_kink", "maximum_tie"])
def test_the_truth_refuses_kinks_and_jumps(name: str) -> None:
    with pytest.raises(NotDifferentiable, match=r"kink|jump"):
        truth(name, "gradient")
