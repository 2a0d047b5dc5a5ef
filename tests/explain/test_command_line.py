"""The command: what it writes, and one line and status 2 for what cannot be explained."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import difflab
from difflab.explain.command_line import main

SOURCE = """
import numpy as np

def waves(x):
    return np.sin(x[0]) * x[1] if x[0] > 0 else x[1]

def pair(a, b):
    return a * np.array([b, np.sin(b)])

def raising(x):
    return [0][7]

def printing(x):
    print("x")
    return np.sum(x)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(SOURCE)
    np.savez("named.npz", b=np.array(2.0), a=np.array(1.0))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "first", "words"),
    [
        (
            "own.py:waves --at 0.5,2",
            "The gradient of `waves` by reverse_compiled",
            "1. x[0] > 0 is True   (own.py, line 5:",
        ),
        (
            "own.py:waves --at -0.5,2",
            "The gradient of `waves` by reverse_compiled",
            "1. x[0] > 0 is False   (own.py, li",
        ),
        ("own.py:pair --at 0.5,2", "The jacobian of `pair` by reverse_compiled", "rows: one program"),
        ("own.py:pair --at named.npz", "The jacobian of `pair` by reverse_compiled", "b:  float64  b, differentiated"),
        (
            "own.py:waves --at 0.5,2 --method forward_compiled",
            "The gradient of `waves` by forward_compiled",
            "gradient:",
        ),
        ("own.py:waves --at 0.5,2 --operator jvp", "The jvp of `waves` by reverse_compiled", "push: one program"),
        ("own.py:waves --at 0.5,2 --show llvm", "The gradient of `waves` by reverse_compiled", "define i64 @run("),
        ("own.py:waves --at 0.5,2 --show source,passes", "The gradient of `waves`", "def gradient(x):"),
    ],
)
def test_what_is_written(arguments: str, first: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 0
    written = capsys.readouterr()
    assert written.out.startswith(first)
    assert words in written.out
    assert written.err == ""


def test_the_text_is_that_of_the_function(capsys: pytest.CaptureFixture[str]) -> None:
    from difflab.named_function import load

    assert main(["own.py:waves", "--at", "0.5,2", "--show", "graph,guards,stages,memory,source"]) == 0
    found = difflab.explain(load("own.py:waves"), np.array([0.5, 2.0]))
    shown = found.text(["graph", "guards", "stages", "memory", "source"], longest=None)
    written = capsys.readouterr().out.splitlines()
    assert [line for line in written if "Time: " not in line] == [
        line for line in shown.splitlines() if "Time: " not in line
    ]


def test_what_is_left_to_the_eager_method_is_explained_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["own.py:printing", "--at", "0.5,2"]) == 0
    assert "`printing` prints to sys.stdout: a replay would not." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("own.py:waves", "the following arguments are required: --at"),
        ("--at 1", "the following arguments are required: FUNCTION"),
        ("own.py:wave --at 1", "own.py has no function 'wave'; it has pair, printing, raising, waves"),
        ("nope.py:waves --at 1", "there is no file nope.py"),
        ("nope:waves --at 1", "there is no module nope here"),
        ("waves --at 1", "name a function as module:function or path/file.py:function"),
        ("own.py:waves --at a", "give numbers with commas between"),
        ("own.py:pair --at 1,2,3", "takes 2 numbers (a, b), and these are 3"),
        (
            "own.py:raising --at 1,2",
            "own.py:raising at 1,2: a call raised IndexError: list index out of range (own.py, li",
        ),
        ("own.py:waves --at 1,2 --method reverse", "invalid choice: 'reverse'"),
        ("own.py:waves --at 1,2 --operator slope", "invalid choice: 'slope'"),
        ("own.py:waves --at 1,2 --operator derivative", "derivative is for functions of one number"),
        ("own.py:pair --at 1,2 --operator gradient", "gradients and Hessians are for functions that return one number"),
        ("own.py:waves --at 1,2 --show graf", "there is no 'graf': choose from graph, guards, passes, stages, memory"),
        ("own.py:waves --at 1,2 --sho graph", "unrecognized arguments: --sho"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("difflab.explain: ")
    assert words in written.err
    assert written.err.count("\n") == 1


def test_the_command_runs_as_a_module(place: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "difflab.explain", "own:pair", "--at", "0.5,2"]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("The jacobian of `pair` by reverse_compiled\n")


@pytest.mark.parametrize("first", ["import difflab.explain.report", "from difflab.explain import Explanation", "pass"])
def test_the_package_is_its_function_whatever_was_imported_before(first: str) -> None:
    program = f"""
{first}
import difflab
print(type(difflab.explain(lambda x: x**2, 3.0)) is difflab.Explanation, difflab.explain.explain is not None)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr) == ("True True\n", "")


def test_gradients_do_not_load_it() -> None:
    program = """
import sys, difflab
difflab.gradient(lambda x: x**2, 3.0, method="reverse_compiled")
print([name for name in sys.modules if name.startswith("difflab.explain")])
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
