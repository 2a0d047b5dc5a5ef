"""The conformance suite within the comparison: rows that count, a table that tells right from wrong."""

import pytest

from difflab.compare import run
from difflab.compare.conformance import FIGURE, Suite, summary, table
from difflab.compare.measurement import Cell, Measurement
from difflab.compare.plan import Request, Task, make_plan
from difflab.compare.report import html, markdown
from difflab.compare.report import summary as whole_summary
from difflab.compare.tables import tables
from difflab.compare.worker import Outcome
from difflab.conformance import cases
from difflab.conformance.suite import GROUPS
from tests.compare.planted import RIGHT
from tests.conformance.broken import FAULTS

WRONG = FAULTS["factor in the Hessian"][0]
CRASHING = FAULTS["crashes"][0]


@pytest.fixture(scope="module")
def frame():
    return run(methods=["reverse", "manual", "symbolic"], metrics=["conformance"], budget=60.0, quick=True)


def test_every_case_is_counted_once(frame):
    for name in ("reverse", "manual", "symbolic"):
        mine = frame[frame["method"] == name]
        assert mine["size"].sum() == len(cases(name, dtypes=["float64"]))
    assert set(frame["metric"]) == {FIGURE}
    assert not frame.duplicated(["problem", "method", "operator", "dtype"]).any()


def test_a_row_counts_what_works_and_says_why_the_rest_does_not(frame):
    rows = frame.set_index(["problem", "method", "operator"])
    reverse = rows.loc["conformance: arrays", "reverse", "gradient"]
    assert (reverse["value"], reverse["size"], reverse["status"], reverse["reason"]) == (4, 4, "ok", "")
    nesting = rows.loc["conformance: nesting", "symbolic", "derivative"]
    assert (nesting["value"], nesting["size"], nesting["status"]) == (0, 2, "refused")
    assert nesting["reason"].startswith("two perturbations: A derivative was taken inside another one")


def rows_of(method, operators=()):
    class Here:
        """Runs in this process, as the planted methods cannot be sent to another one."""

        def call(self, task, *args, **options):
            return Outcome("ok", task(*args))

    return list(Suite((method,), "cpu", operators, ("float64",)).measure(Here()))


def test_a_wrong_method_is_seen_in_the_table_and_the_summary():
    measurements = [*rows_of("reverse"), *rows_of(WRONG)]
    found = {row[0].text: row[1:] for row in table(measurements).rows}
    assert [(entry.text, entry.status) for entry in found["arrays: gradient"]] == [("4", "ok"), ("4", "ok")]
    assert [(entry.text, entry.status) for entry in found["arrays: hessian"]] == [
        ("4", "ok"),
        ("0 of 4, wrong", "wrong"),
    ]
    by_group = {row[0].text: row[1:] for row in table(measurements, brief=True).rows}
    assert [entry.status for entry in by_group["arrays"]] == ["ok", "wrong"]
    assert summary(measurements).endswith("cases work; broken has faults.")
    assert "**0 of 4, wrong**" in markdown(measurements, {}, {})
    assert "<td class=wrong>0 of 4, wrong</td>" in html(measurements, {}, {})


def test_a_crash_is_an_error_and_not_a_refusal():
    (row,) = [one for one in rows_of(CRASHING, ("gradient",)) if one.cell.problem == "conformance: nests"]
    assert (row.status, row.value) == ("error", 0)
    assert "TypeError: unhashable" in row.reason


def test_only_the_operators_that_are_asked_for_are_counted():
    assert {one.cell.operator for one in rows_of("reverse", ("hvp",))} == {"hvp"}


def test_a_missing_device_and_an_interrupt_are_rows_that_say_why():
    suite = Suite(("reverse", RIGHT), "tpu")
    for rows, reason in ((suite.measure(None), "tpu"), (suite.interrupted(), "interrupted")):
        found = list(rows)
        assert [one.cell.method for one in found] == ["reverse", "right"]
        assert {one.status for one in found} == {"not measured"}
        assert all(reason in one.reason for one in found)
    assert [one.cell.method for one in suite.interrupted({"right"})] == ["reverse"]


def test_a_group_over_its_budget_is_a_row_that_says_so():
    class Slow:
        def call(self, task, *args, **options):
            return Outcome("timeout", reason="took longer than the budget of 3 s")

    rows = list(Suite(("symbolic",), "cpu").measure(Slow()))
    assert {(one.status, one.reason) for one in rows} == {("timeout", "took longer than the budget of 3 s")}
    assert [[entry.text for entry in row[1:]] for row in table(rows, brief=True).rows] == [["timeout"]] * len(GROUPS)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(), 1),
        (Request(quick=True), 1),
        (Request(devices=("cpu", "cuda")), 2),
        (Request(metrics=("conformance",)), 1),
        (Request(metrics=("accuracy",)), 0),
        (Request(problems=("kepler",)), 0),
        (Request(problems=("kepler",), metrics=("accuracy", "conformance")), 1),
    ],
)
def test_the_suite_runs_if_asked_for_or_if_no_problem_is(request_, expected):
    plan = make_plan(request_)
    suites = [task for task in plan if isinstance(task, Suite)]
    assert len(suites) == expected
    assert any(isinstance(task, Task) for task in plan) == (request_.metrics != ("conformance",))
    assert all(
        suite.dtypes == (("float64",) if request_.quick else ("float64", "float32", "float16")) for suite in suites
    )


def test_the_figures_on_problems_are_not_mixed_with_those_of_the_suite():
    on_problem = Measurement(Cell("rosenbrock", 2, "reverse", "gradient"), "correct digits", 15.5, "digits")
    together = [on_problem, *rows_of("reverse")]
    assert whole_summary(together).startswith("1 method on 1 problem: 1 figure. Nothing failed. Conformance: ")
    assert [one.title.split(":")[0] for one in tables(together)] == ["rosenbrock", "Conformance"]
