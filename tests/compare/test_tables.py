"""The tables of a report: what they show for each verdict, and that they fit where they are shown."""

import io
import json
import math

import pandas as pd
import pytest
from rich.console import Console

from difflab.compare.measurement import STATUSES, Cell, Measurement
from difflab.compare.record import Record
from difflab.compare.report import html, markdown, summary
from difflab.compare.tables import tables
from difflab.compare.terminal import show

METHODS = ("manual", "forward_difference", "central_difference", "complex_step", "symbolic", "forward", "reverse")
PROBLEMS = tuple(f"a_problem_with_a_name_{number}" for number in range(5))


def digits(problem, method, value, status="ok", reason=""):
    return Measurement(Cell(problem, 3, method, "gradient"), "correct digits", value, "digits", status, reason)


@pytest.fixture
def measurements():
    rows = [digits(problem, method, 15.5) for problem in PROBLEMS for method in METHODS]
    for number, status in enumerate(STATUSES):
        rows[number] = digits(PROBLEMS[0], METHODS[number], math.nan, status, f"because of <{status}>")
    return rows


def entries(table):
    return {row[0].text: [entry.text for entry in row[1:]] for row in table.rows}


def test_each_verdict_is_seen_in_the_table_of_accuracy(measurements):
    accuracy = next(table for table in tables(measurements) if table.title.startswith("Accuracy"))
    assert entries(accuracy)[PROBLEMS[0]] == ["wrong", "error", "timeout", "memory", "refused", "–", "–"]
    assert entries(accuracy)[PROBLEMS[1]] == ["15.5"] * 7


def test_the_overview_counts_what_is_right(measurements):
    overview = tables(measurements)[0]
    assert entries(overview)["manual"][0] == "4 of 5"
    assert entries(overview)["reverse"][0] == "5 of 5"


def test_reasons_are_told_once_the_gravest_first(measurements):
    rows = tables(measurements)[-1].rows
    assert [row[0].text for row in rows] == list(STATUSES)
    assert rows[0][-1].text == "because of <wrong>"


def test_the_summary_counts_what_failed(measurements):
    assert "1 wrong" in summary(measurements)
    assert "Nothing failed" in summary(measurements[7:])


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_the_terminal(measurements, width):
    out = io.StringIO()
    show(tables(measurements), Console(file=out, width=width))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)
    for method in METHODS:
        assert method.split("_")[0] in out.getvalue()


def test_few_problems_have_a_table_each():
    rows = [digits(problem, method, 15.5) for problem in PROBLEMS[:2] for method in METHODS]
    titles = [table.title for table in tables(rows)]
    assert titles == [f"{problem}: gradient at size 3, float64 on cpu" for problem in PROBLEMS[:2]]


def test_html_escapes_what_it_is_told(measurements):
    page = html(measurements, {"machine": "<b>"}, {})
    assert "because of &lt;wrong&gt;" in page
    assert "<b>" not in page
    assert "class=wrong" in page


def test_markdown_marks_what_is_wrong(measurements):
    assert "| **wrong** |" in markdown(measurements, {}, {})


def test_rows_are_on_disk_as_soon_as_they_are_measured(tmp_path, measurements):
    record = Record({"machine": "here"}, tmp_path)

    def measured():
        yield measurements[-1]
        yield measurements[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record.add(measured())
    written = pd.read_csv(tmp_path / "measurements.csv")
    assert written["status"].tolist() == ["ok", "wrong"]
    assert written["value"].isna().tolist() == [False, True]
    record.close()


def test_json_has_no_figure_where_there_is_none(measurements):
    record = Record({"machine": "here"})
    record.add([*measurements, Measurement(measurements[0].cell, "curve", 1.0, samples={"error": (1.0, math.nan)})])
    document = json.loads(record.json())
    assert document["measurements"][0]["value"] is None
    assert document["measurements"][-1]["samples"] == {"error": [1.0, None]}
    assert len(record.frame()) == len(measurements) + 1
