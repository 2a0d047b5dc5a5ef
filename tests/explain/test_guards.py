"""Guards as conditions, with the line that looked."""

import inspect
import re
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.explain import Condition
from tests.explain import functions


def conditions(function: Any, *args: Any) -> tuple[Condition, ...]:
    return difflab.explain(function, *args).compilations[0].conditions


def line(function: Any, text: str) -> str:
    lines, first = inspect.getsourcelines(function)
    number = next(n for n, each in enumerate(lines) if text in each)
    return f"functions.py, line {first + number}: {text}"


@pytest.mark.parametrize(("first", "outcome"), [(0.5, True), (-0.5, False)])
def test_a_branch_by_the_side_that_was_taken(first: float, outcome: bool) -> None:
    (found,) = conditions(functions.branch, np.array([first, 0.3]))
    assert found.text == f"x[0] > 0 is {outcome}"
    assert found.line == line(functions.branch, "if x[0] > 0:")


@pytest.mark.parametrize(("largest", "turns"), [(0.5, 0), (1.5, 1), (7.0, 3)])
def test_a_loop_by_its_turns(largest: float, turns: int) -> None:
    found = conditions(functions.halved, np.array([largest, 0.3]))
    assert [each.text.rpartition(" is ")[2] for each in found] == ["True"] * turns + ["False"]
    assert found[0].text.startswith("np.max(x) > 1 is ")
    assert {each.line for each in found} == {line(functions.halved, "while np.max(x) > 1:")}


def test_a_number_that_is_used_as_an_index() -> None:
    (found,) = conditions(functions.picked, np.array([1.4, 2.0]))
    assert found.text == "np.trunc(x[0]).astype('int64') is 1"
    assert found.line == line(functions.picked, "return x[int(x[0])] * x[1]")


def test_an_array_around_the_function() -> None:
    (found,) = conditions(functions.weighted, np.ones(3))
    assert found.text == "the entries of WEIGHTS are as they were"
    assert found.line == ""


def test_no_guards() -> None:
    assert conditions(functions.log_sum_exp, np.ones(3)) == ()


def test_what_is_long_goes_by_its_name() -> None:
    def function(x: Any) -> Any:
        y = np.sum(np.exp(x) * np.sin(x) * np.cos(x) + np.tanh(x) * np.log(x) - np.sqrt(x) * np.square(x))
        return y if y > 0.0 else -y

    (found,) = conditions(function, np.ones(3))
    assert re.fullmatch(r"np\.sum\(v\d+ - v\d+\) > 0\.0 is True", found.text)
