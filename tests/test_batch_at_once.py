"""Eager methods at many points: at once where the code allows it, one by one where not, with the same results."""

import sys
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.batch import Batch
from difflab.errors import InvalidArgument
from difflab.interface import Differentiator
from difflab.methods import Forward, Reverse
from difflab.methods.at_once import at_once
from difflab.problems import Problem, all_problems
from difflab.structure import flatten
from tests.vmap.loops import assert_same
from tests.vmap.test_vmap_problems import PARTING, points

POINTS = np.random.default_rng(0).standard_normal((12, 4))
METHODS = [Forward(), Forward(chunk=2), Reverse(), Reverse(second_order="reverse")]
OPERATORS = ["value", "gradient", "value_and_gradient", "jacobian", "hessian", "jvp"]
each_method = pytest.mark.parametrize("method", METHODS, ids=repr)


def in_turn(batch: Batch, operator: str, *tangents: Any) -> Any:
    """Give the results of a loop over the points."""
    return batch.one_by_one(operator, *([flatten(tangents[0])[0]] if tangents else []))


def smooth(x: Any) -> Any:
    return np.sum(np.sin(x[1:]) * x[:-1]) + x @ x / (1 + np.exp(-x[0]))


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that grows by the operator at each point that is taken by itself."""
    noted: list[str] = []
    alone = Batch.alone

    def noting(self: Batch, operator: str, *rest: Any) -> Any:
        noted.append(operator)
        return alone(self, operator, *rest)

    monkeypatch.setattr(Batch, "alone", noting)
    return noted


@each_method
@pytest.mark.parametrize("operator", OPERATORS)
def test_all_points_are_taken_at_once(operator: str, method: Differentiator, loops: list[str]) -> None:
    batch = method.prepare(smooth, POINTS[0]).batch(POINTS)
    tangents = (POINTS[::-1].copy(),) if operator == "jvp" else ()
    found = getattr(batch, operator)(*tangents)
    assert loops == [operator]  # at the first point, to see whether the function has side effects
    assert_same(found, in_turn(batch, operator, *tangents))


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
@pytest.mark.parametrize("method", [Forward(), Reverse()], ids=repr)
@pytest.mark.parametrize("spread", [1e-6, 3.0])
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_problems(problem: Problem, spread: float, method: Differentiator, loops: list[str]) -> None:
    args = points(problem, spread)
    prepared = method.prepare(problem.function, *problem.at(), argnums=problem.argnums)
    batch = prepared.batch(*args)
    operators = ["value", "jacobian"] if problem.operator == "jacobian" else ["value", "gradient", "value_and_gradient"]
    for operator in operators:
        loops.clear()
        found = getattr(batch, operator)()
        assert len(loops) == (5 if spread > 1 and problem.name in PARTING else 1)
        assert_same(found, in_turn(batch, operator), 1e-11)


@each_method
def test_blocks_cover_all_points_once(method: Differentiator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[at_once.__module__], "ENTRIES", 100)
    batch = method.prepare(smooth, POINTS[0]).batch(POINTS)
    for operator in OPERATORS[:-1]:
        assert_same(getattr(batch, operator)(), in_turn(batch, operator))


def test_several_arguments_in_nests() -> None:
    def function(scale: float, weights: dict[str, Any], name: str, x: Any) -> Any:
        assert name == "name"
        return scale * np.sum(weights["a"] * x) + weights["b"] ** 2

    weights = {"a": POINTS, "b": POINTS[:, 0]}
    first = {"a": POINTS[0], "b": POINTS[0, 0]}
    for argnums in ((3, 1), 1):
        prepared = Reverse().prepare(function, 2.0, first, "name", POINTS[0], argnums=argnums)
        batch = prepared.batch(2.0, weights, "name", POINTS if argnums != 1 else POINTS[0])
        for operator in OPERATORS[:-1]:
            assert_same(getattr(batch, operator)(), in_turn(batch, operator))
        along = (POINTS[::-1], weights) if argnums != 1 else weights
        values, slopes = batch.jvp(along)
        assert_same((values, slopes), in_turn(batch, "jvp", along))


# Side effects


def recorded(x: Any) -> Any:
    HISTORY.append(1)
    return np.sum(x**2)


HISTORY: list[int] = []
TOTAL = np.zeros(1)


def adding(x: Any) -> Any:
    TOTAL[0] += 1
    return np.sum(x) * TOTAL[0]


GENERATOR = np.random.default_rng(0)


def drawing(x: Any) -> Any:
    return np.sum(x * GENERATOR.standard_normal(4))


def printing(x: Any) -> Any:
    print("called")
    return np.sum(x**2)


@pytest.mark.parametrize("function", [recorded, adding, drawing, printing])
def test_functions_that_do_more_are_run_once_for_each_point(
    function: Any, loops: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    global GENERATOR  # noqa: PLW0603  (what the function draws from)
    HISTORY.clear()
    TOTAL[0] = 0
    GENERATOR = np.random.default_rng(0)
    found = Reverse().prepare(function, POINTS[0]).batch(POINTS).gradient()
    assert len(loops) == 12
    if function is recorded:
        assert len(HISTORY) == 12
    if function is adding:
        np.testing.assert_array_equal(found, np.repeat(np.arange(1.0, 13), 4).reshape(12, 4))
    if function is drawing:
        np.testing.assert_array_equal(found, np.random.default_rng(0).standard_normal((12, 4)))
    if function is printing:
        assert capsys.readouterr().out == "called\n" * 12


def test_functions_that_branch_are_run_one_by_one_and_refuse_nothing(loops: list[str]) -> None:
    def function(x: Any) -> Any:
        key = f"{float(x[0] > 0):.1f}"
        return np.sum(x**2) if key == "1.0" else x[1]

    found = Forward().prepare(function, POINTS[0]).batch(POINTS).gradient()
    assert len(loops) == 12
    assert_same(found, np.stack([difflab.gradient(function, x) for x in POINTS]))


def test_results_of_several_shapes_are_refused_as_before() -> None:
    with pytest.raises(InvalidArgument, match="take points of one kind at a time"):
        Reverse().prepare(lambda x: x[x > 0], POINTS[0]).batch(POINTS).value()


def test_an_error_at_one_point_is_that_of_the_code() -> None:
    with pytest.raises(ZeroDivisionError):
        Reverse().prepare(lambda x: x * (1 // int(x[0] > 0)), POINTS[0]).batch(POINTS).jacobian()


def test_one_point_is_taken_by_itself(loops: list[str]) -> None:
    assert_same(Reverse().prepare(smooth, POINTS[0]).batch(POINTS[:1]).value(), np.array([smooth(POINTS[0])]))
    assert len(loops) == 1
