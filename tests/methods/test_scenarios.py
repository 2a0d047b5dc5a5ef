"""Every numerical method and closed forms, through every operator, on every structure."""

from typing import Any

import numpy as np
import pytest

from difflab.methods import CentralDifference, Manual, get
from tests.methods.scenarios import SCENARIOS, Scenario, assert_alike, quadratic_form

FIRST = {"forward_difference": 1e-6, "central_difference": 1e-9, "complex_step": 1e-14, "richardson": 1e-12}
SECOND = {"forward_difference": 1e-3, "central_difference": 1e-6, "complex_step": 1e-8, "richardson": 1e-9}

CASES = [(scenario, operator) for scenario in SCENARIOS for operator in scenario.answers]
IDS = [f"{scenario.name}-{operator}" for scenario, operator in CASES]


@pytest.mark.parametrize(("scenario", "operator"), CASES, ids=IDS)
@pytest.mark.parametrize("name", FIRST)
def test_numerical_method_gives_the_answer(name: str, scenario: Scenario, operator: str) -> None:
    tolerance = (SECOND if operator in ("hessian", "hvp") else FIRST)[name]
    assert_alike(scenario.call(get(name), operator), scenario.answers[operator], tolerance)


@pytest.mark.parametrize(("scenario", "operator"), CASES, ids=IDS)
def test_manual_gives_the_answer_from_any_form_that_has_it(scenario: Scenario, operator: str) -> None:
    forms = {
        form: constant(answer, form)
        for form, answer in scenario.answers.items()
        if form in ("derivative", "gradient", "jacobian", "hessian", "jvp", "vjp")
    }
    alone = [Manual(**{name: form}) for name, form in forms.items() if name not in ("jvp", "vjp")]
    for method in [Manual(**forms), *alone]:
        if operator in method.operators:
            assert_alike(scenario.call(method, operator), scenario.answers[operator], 1e-14)


def constant(answer: Any, form: str) -> Any:
    """Give the answer as a closed form; those of jvp and vjp leave the value out."""
    return lambda *args, **directions: answer[1] if form in ("jvp", "vjp") else answer


def test_every_operator_and_both_second_orders_are_covered() -> None:
    assert {operator for _, operator in CASES} == set(CentralDifference().operators)


@pytest.mark.parametrize("name", FIRST)
def test_hessian_is_symmetric_to_the_last_bit(name: str) -> None:
    x = np.array([0.3, -0.7, 1.2, 0.01])
    hessian = get(name).prepare(lambda x: np.exp(x[0] * x[1]) * np.sin(x[2]) + x[3] * x[0], x).hessian(x)
    assert np.array_equal(hessian, hessian.T)
    assert np.count_nonzero(hessian) >= 10


@pytest.mark.parametrize("wrong", [0.0, np.nan, -1.0, 1 + 1e-3])
def test_a_wrong_answer_is_seen(wrong: float) -> None:
    scenario = quadratic_form()
    found = scenario.call(CentralDifference(), "gradient")
    with pytest.raises(AssertionError):
        assert_alike(found * wrong, scenario.answers["gradient"], 1e-9)


def test_a_transposed_answer_is_seen() -> None:
    with pytest.raises(AssertionError):
        assert_alike(np.ones((2, 3)), np.ones((3, 2)), 1e-9)
