"""The accuracy of methods: a wrong rule in the table is caught, and nothing hides an error."""

import numpy as np
import pytest

from difflab.compare import accuracy
from difflab.compare.case import Case
from difflab.compare.worker import Outcome
from difflab.errors import DifflabError
from difflab.primitives.table import lookup
from difflab.problems import Problem, get
from tests.compare import planted


class Here:
    """Runs tasks in this process, where a test can spoil things."""

    def call(self, task, *arguments):
        try:
            return Outcome("ok", task(*arguments))
        except DifflabError as error:
            return Outcome("refused", reason=str(error))


def statuses(problem, methods, operator="gradient"):
    case = Case(problem.name, problem.size, operator, source=problem)
    found = {}
    for row in accuracy.measure(case, methods, Here()):
        found.setdefault(row.cell.method, set()).add(row.status)
    return found


def sines(name):
    return Problem(
        name=name,
        title="sum of sines",
        function=lambda x: np.sum(np.sin(x) * x),
        arguments=lambda size: (np.array([0.5, -1.0, 2.0]),),
        operator="gradient",
        source="planted",
        sizes=(3,),
        size=3,
        closed_forms={"gradient": lambda x: np.cos(x) * x + np.sin(x)},
    )


def test_a_wrong_rule_makes_the_methods_that_read_it_wrong_and_no_others(monkeypatch):
    methods = ["manual", "central_difference", "complex_step", "symbolic", "forward", "reverse"]
    assert statuses(sines("right sines"), methods) == {method: {"ok"} for method in methods}
    monkeypatch.setattr(lookup(np.sin), "differentials", (lambda t, y, x: -t * np.cos(x),))
    assert statuses(sines("wrong sines"), methods) == {
        method: {"wrong"} if method in ("forward", "reverse") else {"ok"} for method in methods
    }


@pytest.mark.parametrize("method", planted.WRONG, ids=lambda method: method.name)
@pytest.mark.parametrize("operator", ["gradient", "vjp", "value_and_gradient"])
def test_a_large_value_does_not_hide_a_wrong_derivative(method, operator):
    problem = Problem(
        name=f"far {method.name}",
        title="a large constant and cubes",
        function=lambda x: 1e13 + np.sum(x**3),
        arguments=planted.matrix_point,
        operator="gradient",
        source="planted",
        sizes=(4,),
        size=4,
        closed_forms={},
    )
    assert statuses(problem, [planted.RIGHT, method], operator) == {"right": {"ok"}, method.name: {"wrong"}}


def test_without_a_truth_nothing_is_judged():
    problem = Problem(
        name="kinked",
        title="a kink that the problem does not declare",
        function=np.abs,
        arguments=lambda size: (0.0,),
        operator="derivative",
        source="planted",
        sizes=(1,),
        size=1,
        closed_forms={},
    )
    case = Case(problem.name, 1, "derivative", source=problem)
    (row,) = accuracy.measure(case, ["reverse"], Here())
    assert row.status == "not measured"
    assert "there is no truth to compare with" in row.reason


def test_a_truth_over_its_budget_is_replaced_by_the_closed_form():
    class Impatient(Here):
        def call(self, task, *arguments):
            if task is accuracy.true_result:
                return Outcome("timeout", reason="took longer than the budget of 3 s")
            return super().call(task, *arguments)

    case = Case("long sines", 3, "gradient", source=sines("long sines"))
    rows = list(accuracy.measure(case, ["forward", planted.WRONG[0]], Impatient()))
    assert [row.status for row in rows] == ["ok"] * 4 + ["wrong"] * 4
    assert "compared with the closed form" in rows[0].reason


def test_at_a_declared_kink_methods_are_shown_side_by_side():
    problem = get("absolute_loss_kink")
    case = Case(problem.name, problem.size, problem.operator)
    rows = {row.cell.method: row for row in accuracy.measure(case, ["forward_difference", "reverse"], Here())}
    assert {row.metric for row in rows.values()} == {"value at the kink"}
    assert rows["reverse"].value == 0
    assert rows["forward_difference"].value == pytest.approx(1 / problem.size, rel=1e-6)
