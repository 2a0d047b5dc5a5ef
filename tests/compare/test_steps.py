"""The error against the step: Baydin et al.'s figure on the closed form of l4 (JMLR 18, 2018, figure 3)."""

import pytest

from difflab.compare import run
from difflab.problems import Problem


def fourth_logistic(x):
    return 64 * x * (1 - x) * (1 - 2 * x) ** 2 * (1 - 8 * x + 8 * x**2) ** 2


def point(size):
    return (0.2,)


PROBLEM = Problem(
    name="fourth_logistic",
    title="l4 in closed form",
    function=fourth_logistic,
    arguments=point,
    operator="derivative",
    source="Baydin et al. (2018), figure 3",
    sizes=(1,),
    size=1,
    closed_forms={},
)


@pytest.fixture(scope="module")
def best():
    frame = run([PROBLEM], ["forward_difference", "central_difference", "complex_step"], metrics=["accuracy"])
    return frame.set_index(["method", "metric"])["value"]


@pytest.mark.parametrize(
    ("method", "error", "step"),
    [("forward_difference", 2.5e-8, 1.8e-9), ("central_difference", 5.5e-11, 1e-7)],
)
def test_the_minimum_is_where_it_was_published(best, method, error, step):
    assert error / 3 < best[method, "smallest error over steps"] < error * 3
    assert step / 4 < best[method, "best step"] < step * 4


def test_the_complex_step_needs_no_choice(best):
    assert best["complex_step", "smallest error over steps"] < 1e-14
    assert best["complex_step", "best step"] < 1e-8
