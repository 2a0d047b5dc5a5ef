"""What each method says on a kink, on a jump, and where a program is not its function."""

from typing import Any

import pytest

from difflab.errors import NotDifferentiable
from difflab.methods import Manual, get
from difflab.problems import get as get_problem
from difflab.truth import true_derivative


def derivative(name: str, method: str) -> Any:
    problem = get_problem(name)
    differentiator = Manual(**problem.closed_forms) if method == "manual" else get(method)
    prepared = differentiator.prepare(problem.function, *problem.at(), argnums=problem.argnums)
    return getattr(prepared, problem.operator)(*problem.at())


def slope_at_kink(name: str, method: str) -> float:
    """Give the slope by the entry that lies on the kink, times the number of examples."""
    found = derivative(name, method)
    return float(found[0]) * len(found)


@pytest.mark.parametrize("name", ["hinge_loss_kink", "absolute_loss_kink"])
@pytest.mark.parametrize("method", ["manual", "forward", "reverse", "symbolic", "central_difference", "richardson"])
def test_most_methods_give_the_middle_of_the_slopes_at_a_kink(name: str, method: str) -> None:
    (_, labels) = get_problem(name).at()
    expected = -labels[0] / 2 if name == "hinge_loss_kink" else 0.0
    assert slope_at_kink(name, method) == pytest.approx(expected, abs=1e-9)


def test_the_complex_step_gives_the_slope_of_the_side_that_it_counts_the_kink_to() -> None:
    assert slope_at_kink("hinge_loss_kink", "complex_step") == 0.0
    assert slope_at_kink("absolute_loss_kink", "complex_step") == 1.0


def test_forward_differences_give_the_slope_to_the_right_of_a_kink() -> None:
    (_, labels) = get_problem("hinge_loss_kink").at()
    assert slope_at_kink("hinge_loss_kink", "forward_difference") == pytest.approx(
        0.0 if labels[0] > 0 else 1.0, abs=1e-6
    )
    assert slope_at_kink("absolute_loss_kink", "forward_difference") == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("method", ["manual", "complex_step", "forward", "reverse", "symbolic"])
def test_at_a_jump_the_exact_methods_see_a_constant(method: str) -> None:
    assert slope_at_kink("zero_one_loss_kink", method) == 0.0


def test_at_a_jump_a_central_difference_divides_the_jump_by_the_step() -> None:
    assert abs(slope_at_kink("zero_one_loss_kink", "central_difference")) > 1e4


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
    by_x, by_y = derivative("maximum_tie", method)
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
    assert derivative("branch_at_point", method) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("name", ["hinge_loss_kink", "zero_one_loss_kink", "absolute_loss_kink", "maximum_tie"])
def test_the_truth_refuses_kinks_and_jumps(name: str) -> None:
    problem = get_problem(name)
    with pytest.raises(NotDifferentiable, match=r"kink|jump"):
        true_derivative(problem.function, *problem.at(), argnums=problem.argnums)
