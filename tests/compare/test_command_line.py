"""The command: bad input is one clear line and status 2; Ctrl-C keeps what is measured; the report is written."""

import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from difflab.compare.command_line import main
from difflab.compare.worker import Worker

FUNCTIONS = """
import numpy as np

CONSTANT = 3

def vector(x):
    return np.sin(x[0]) * x[1] ** 2

def pair(a, b):
    return np.exp(a) * b

def outputs(x):
    return np.array([x[0] * x[1], np.cos(x[0])])

def raising(x):
    raise ValueError("x is too small")

def undefined(x):
    return np.log(x)

def text(x):
    return "hello"

def endless(x):
    while True:
        pass

def solving(x):
    return np.linalg.solve(x, 1)

def drawing(x):
    return x * np.random.rand()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(FUNCTIONS)
    (tmp_path / "broken.py").write_text("def f(x:\n    return x\n")
    (tmp_path / "importing.py").write_text("import nonexistent_thing\n")
    (tmp_path / "file").write_text("")
    np.save("point.npy", np.array([0.3, 1.2], np.float32))
    np.savez("named.npz", a=0.5, b=np.arange(3.0))
    np.savez("unnamed.npz", np.arange(3.0))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--problem rosenbrok", "no problem 'rosenbrok'. Did you mean 'rosenbrock'"),
        ("--method revers", "no method 'revers'. Did you mean reverse?"),
        ("--metric speed", "no metric 'speed'. There are: accuracy, runtime, memory, crossover, swell, conformance."),
        ("--operator gradiant", "no operator 'gradiant'. Did you mean gradient?"),
        ("--device gpu", "no device 'gpu': use cpu, cuda"),
        ("--device cuda:x", "no device 'cuda:x'"),
        ("--format pdf", "no format 'pdf'. There are: table, csv, json, md, html."),
        ("--size 7 --problem chain_rule", "fixed size 1"),
        ("--size 99999999999999999999 --problem rosenbrock", "'rosenbrock' cannot have size 99999999999999999999"),
        ("--metric crossover --device cpu", "a device other than the CPU (as in --device cuda)"),
        ("--metric swell --method forward --device cpu", "a swell that of the methods symbolic and reverse"),
        ("--size 3.5", "3.5 is not a size: use whole numbers"),
        ("--budget -3", "-3 is not a positive number"),
        ("--budget much", "much is not a positive number"),
        ("--seed a", "a is not a whole number"),
        ("--frobnicate", "unrecognized arguments: --frobnicate"),
        ("--output file --problem chain_rule", "--output file: cannot write there"),
        ("--at 1,2", "name a function too"),
        ("--function own.py:vector", "say where to differentiate it"),
        ("--function own.py --at 1", "name a function as module:function or path/file.py:function"),
        ("--function nope.py:f --at 1", "there is no file nope.py"),
        ("--function own.py:g --at 1", "own.py has no function 'g'; it has drawing, endless, outputs, pair"),
        ("--function own.py:CONSTANT --at 1", "own.py has no function 'CONSTANT'"),
        ("--function nomodule:f --at 1", "there is no module nomodule here"),
        ("--function broken.py:f --at 1", "is not Python: '(' was never closed"),
        ("--function importing.py:f --at 1", "ModuleNotFoundError: No module named 'nonexistent_thing'"),
        ("--function own.py:pair --at 1,2,3", "own.py:pair takes 2 numbers (a, b), and these are 3"),
        ("--function own.py:vector --at 1", "raised IndexError"),
        ("--function own.py:raising --at 1", "raised ValueError: x is too small (own.py, line 16, in raising)"),
        ("--function own.py:solving --at 1,2", "(own.py, line 29, in solving)"),
        ("--function own.py:drawing --at 1", "called twice at 1 it gives two values"),
        ("--function own.py:undefined --at -1", "its value at -1 is not finite: choose another point"),
        ("--function own.py:text --at 1", "returned 'hello' (str): return numbers or arrays"),
        ("--function own.py:endless --at 1 --budget 2", "took longer than the budget of 2 s"),
        ("--function own.py:vector --at a,b", "give numbers with commas between"),
        ("--function own.py:vector --at nope.npy", "there is no file nope.npy"),
        ("--function own.py:pair --at unnamed.npz", "takes a, b: save each array under its parameter's name"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(arguments, words, place, capsys):
    assert main(arguments.split()) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("difflab.compare: ")
    assert written.err.count("\n") == 1
    assert words in written.err


@pytest.mark.parametrize(
    ("arguments", "operator", "dtype"),
    [
        ("--function own.py:vector --at 0.3,1.2", "gradient", "float64"),
        ("--function own.py:vector --at point.npy", "gradient", "float32"),
        ("--function own.py:pair --at -0.3,1.2", "gradient", "float64"),
        ("--function own.py:pair --at named.npz", "jacobian", "float64"),
        ("--function own.py:outputs --at 1,2", "jacobian", "float64"),
        ("--function numpy:sin --at 0.5", "derivative", "float64"),
    ],
)
def test_ones_own_function_is_differentiated_without_a_closed_form(arguments, operator, dtype, place):
    options = [
        "--method",
        "reverse,central_difference,manual",
        "--metric",
        "accuracy",
        "--output",
        "out",
        "--format",
        "csv",
        "--device",
        "cpu",
    ]
    assert main([*arguments.split(), *options]) == 0
    frame = pd.read_csv("out/measurements.csv")
    assert set(frame["operator"]) == {operator}
    assert set(frame["dtype"]) == {dtype}
    assert set(frame.loc[frame["method"] != "manual", "status"]) == {"ok"}
    assert set(frame.loc[frame["method"] == "manual", "status"]) == {"refused"}


class Elements(HTMLParser):
    """Counts the elements of a page, and collects what it would load from elsewhere."""

    def __init__(self):
        super().__init__()
        self.names = []
        self.loaded = []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.loaded += [value for name, value in attrs if name in ("src", "href") and not value.startswith("#")]


def test_the_whole_report_is_written(place, capsys):
    assert main(["--problem", "logistic_map", "--size", "2,4", "--device", "cpu", "--output", "out"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Report: out/report.html"

    table = pd.read_csv("out/measurements.csv")
    document = json.loads((place / "out/measurements.json").read_text())
    assert len(document["measurements"]) == len(table) > 100
    assert document["environment"]["machine"]
    command = "python -m difflab.compare --problem logistic_map --size 2,4 --device cpu --output out"
    assert document["environment"]["command"] == command
    ratios = [row for row in document["measurements"] if row["metric"] == "time" and row["method"] == "function"]
    assert all(len(row["samples"]["seconds"]) >= 7 for row in ratios)
    assert set(table["status"]) == {"ok"}

    page = Elements()
    page.feed((place / "out/report.html").read_text())
    assert page.loaded == []
    assert page.names.count("svg") >= 2
    assert page.names.count("table") >= 4
    assert "viewport" in (place / "out/report.html").read_text()

    report = (place / "out/report.md").read_text()
    for plot in place.glob("out/*.svg"):
        assert f"({plot.name})" in report


@pytest.mark.parametrize("calls", [1, 12])
def test_an_interrupt_keeps_what_is_measured_and_writes_the_report(calls, place, monkeypatch, capsys):
    left = iter(range(calls))
    call = Worker.call

    def interrupted(worker, *arguments):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return call(worker, *arguments)

    monkeypatch.setattr(Worker, "call", interrupted)
    assert main(["--problem", "chain_rule", "--method", "forward,reverse", "--device", "cpu", "--output", "out"]) == 130
    frame = pd.read_csv("out/measurements.csv")
    assert (frame["status"] == "ok").sum() >= calls // 3
    assert set(frame.loc[frame["status"] != "ok", "reason"]) == {"interrupted"}
    assert "interrupted" in (place / "out/report.html").read_text()
    assert capsys.readouterr().out.splitlines()[-1] == "Report: out/report.html"


def test_a_report_without_figures_of_a_gpu_says_why(place, monkeypatch, capsys):
    monkeypatch.setattr("difflab.compare.devices.unavailable_reason", lambda device: f"no {device} <here>")
    assert main(["--problem", "chain_rule", "--method", "reverse", "--metric", "accuracy", "--output", "out"]) == 0
    frame = pd.read_csv("out/measurements.csv")
    (row,) = frame[frame["device"] == "cuda"].to_dict("records")
    assert (row["metric"], row["status"], row["reason"]) == ("device", "not measured", "no cuda <here>")
    report = (place / "out/report.md").read_text()
    assert "| not measured | cuda | every method | every problem | no cuda <here> |" in report
    assert "1 method on 1 problem: 4 figures. Nothing failed." in report


def test_what_there_is_can_be_listed(capsys):
    assert main(["--list"]) == 0
    written = capsys.readouterr().out
    for name in ("logistic_map", "central_difference", "hvp", "swell"):
        assert name in written
