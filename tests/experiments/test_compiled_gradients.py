"""The experiment about gradients: rows are right, what is wrong is not timed, totals add up, claims can fail."""

import doctest
import math
import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from difflab.problems.linear_algebra import log_sum_exp
from difflab.types import Array
from experiments import compiled_gradients
from experiments.gradients import budget, engines, gains, retarget, tables, timing
from experiments.gradients.budget import QUICK, Budget, Clock
from experiments.gradients.claims import claims
from experiments.gradients.engines import OWN, PEERS, why_wrong
from experiments.gradients.functions import gaussian_log_density
from experiments.gradients.retarget import retargeted
from experiments.gradients.rows import ROWS, NotApplicable, Row
from experiments.gradients.settings import same_for_all
from experiments.gradients.timing import CALLS, Figure, Timed, first_calls, timed
from tests.conftest import peer
from tests.experiments.test_experiments import check_written

BY_NAME = {row.name: row for row in ROWS}
REST = Clock.rest
PARABOLA = Row("parabola", lambda x: np.sum(x**2), lambda: (np.array([1.0, -2.0]),))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "rest", lambda self: None)


def engine(gradient: Callable[[Array], Any]) -> Any:
    return lambda row, arguments: lambda: gradient(*arguments)


# Rows


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_gradient_that_others_are_held_against_is_right(row: Row) -> None:
    """Along one direction, by central differences of the function itself, extrapolated."""
    arguments = row.draw()
    generator = np.random.default_rng(1)
    points = arguments[: row.moving]
    direction = [generator.normal(size=np.shape(point)) for point in points]
    function = row.of_moving(row.function, arguments)

    def moved(step: float) -> Any:
        return function(*(point + step * along for point, along in zip(points, direction, strict=True)))

    wide, narrow = ((moved(step) - moved(-step)) / (2 * step) for step in (4e-7, 2e-7))
    gradient = row.leaves(OWN["reverse"](row, arguments)())
    slope = sum(float(np.sum(leaf * along)) for leaf, along in zip(gradient, direction, strict=True))
    assert slope == pytest.approx((4 * narrow - wide) / 3, rel=1e-6)
    assert [leaf.shape for leaf in gradient] == [np.shape(point) for point in points]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_arguments_are_the_same_each_time(row: Row) -> None:
    for one, other in zip(row.draw(), row.draw(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_loops_run_as_often_as_rows_say() -> None:
    counted = 0

    def sine(x: float) -> float:
        nonlocal counted
        counted += 1
        return math.sin(x)

    row = BY_NAME["pendulum, 1,000 steps"]
    retargeted(row.function, SimpleNamespace(sin=sine))(*row.draw())
    assert counted == row.loop_steps == 1000


def test_the_cholesky_by_loops_is_the_density() -> None:
    covariance, deviation = BY_NAME["Cholesky by loops n=10"].draw()
    expected = -np.linalg.slogdet(covariance)[1] / 2 - deviation @ np.linalg.solve(covariance, deviation) / 2
    assert gaussian_log_density(covariance, deviation) == pytest.approx(expected, rel=1e-13)


# The same code with another module


def outer(x: Array) -> Array:
    return sum(np.exp(each) for each in x) + log_sum_exp(x)


def test_all_that_a_function_calls_is_retargeted() -> None:
    called: list[str] = []

    def noted(name: str) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            called.append(name)
            return getattr(np, name)(*args, **kwargs)

        return run

    stand_in = SimpleNamespace(**{name: noted(name) for name in ("exp", "log", "sum", "max")})
    x = np.array([0.5, 1.5])
    assert retargeted(outer, stand_in)(x) == outer(x)
    assert called == ["exp", "exp", "max", "exp", "sum", "log"]
    called.clear()
    outer(x)
    assert called == []


# The check


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([[1.0, 2.0]], ""),
        ([[1.0, 2.0 + 1e-12]], ""),
        ([[1.0, 2.0 + 1e-8]], "a wrong gradient: off by 5e-09"),
        ([[1.0, np.nan]], "a wrong gradient: off by nan"),
        ([[1.0]], "a wrong gradient: of shapes"),
        ([[1.0, 2.0], [3.0]], "a wrong gradient: of shapes"),
        ([], "a wrong gradient: of shapes"),
    ],
)
def test_a_wrong_gradient_is_told(found: list[list[float]], reason: str) -> None:
    told = why_wrong([np.array(leaf) for leaf in found], [np.array([1.0, 2.0])])
    assert told.startswith(reason)
    assert bool(told) == bool(reason)


def failing(row: Row, arguments: tuple[Any, ...]) -> Any:
    raise ValueError("no such thing\nas this")


def not_applicable(row: Row, arguments: tuple[Any, ...]) -> Any:
    raise NotApplicable("it has no loop")


def wrong_later(calls: int) -> Any:
    """Make an engine that is right so many times, and then wrong: as one that compiles behind its first calls."""

    def build(row: Row, arguments: tuple[Any, ...]) -> Any:
        left = calls

        def call() -> Array:
            nonlocal left
            left -= 1
            return 2 * arguments[0] * (1 if left >= 0 else 1.001)

        return call

    return build


def test_what_is_wrong_is_not_timed_and_says_why() -> None:
    tried = {
        "reverse": engine(lambda x: 2 * x),
        "wrong": engine(lambda x: 2.1 * x),
        "wrong later": wrong_later(10_000),
        "failing": failing,
        "inapplicable": not_applicable,
        "right": engine(lambda x: x + x),
    }
    found = timed(PARABOLA, tried, "reverse", QUICK)
    assert [figure.engine for figure in found.figures] == ["reverse", "right"]
    assert found.reasons == {
        "wrong": "a wrong gradient: off by 0.05 of its largest entry",
        "wrong later": "a wrong gradient: off by 0.001 of its largest entry",
        "failing": "ValueError: no such thing",
        "inapplicable": "it has no loop",
    }
    assert found.warnings == []


def test_warnings_are_kept() -> None:
    def slow(x: Array) -> Array:
        warnings.warn("it fell back", stacklevel=1)
        return 2 * x

    found = timed(PARABOLA, {"reverse": engine(lambda x: 2 * x), "slow": engine(slow)}, "reverse", QUICK)
    assert found.warnings == ["it fell back"]
    assert found.reasons == {}


# Times


class FakeClock:
    """Seconds that pass only where something says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now

    def building(self, preparation: float, first: float, steady: float) -> Callable[[], Callable[[], int]]:
        def build() -> Callable[[], int]:
            self.now += preparation
            count = 0

            def call() -> int:
                nonlocal count
                count += 1
                self.now += first if count == 1 else steady
                return count

            return call

        return build


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    monkeypatch.setattr(timing, "time", fake)
    return fake


@pytest.mark.parametrize(("longest", "last"), [(0.0, 10), (400.0, 400), (1e6, 10_000)])
def test_first_calls_are_timed_until_the_budget_is_spent(clock: FakeClock, longest: float, last: int) -> None:
    _, first, seconds = first_calls(clock.building(preparation=5.0, first=2.0, steady=1.0), longest)
    assert first == 1
    assert max(seconds) == last
    assert seconds == {number: 7.0 + number - 1 for number in seconds}
    assert set(range(1, 11)) <= set(seconds)


def test_totals_go_on_as_steady(clock: FakeClock) -> None:
    seconds = {timing.FUNCTION: np.array([0.5, 0.25, 0.5]), "an engine": np.array([2.0, 2.0, 3.0])}
    starts = [{1: 7.0, 10: 30.0}, {1: 9.0, 10: 50.0, 20: 60.0}, {1: 8.0, 10: 40.0}]
    figure = timing._figure("a row", "an engine", starts, seconds)
    assert (figure.evaluation, figure.steady, figure.ratio, figure.rounds) == (0.5, 2.0, 6.0, 3)
    assert figure.totals == [8.0, 40.0, 40.0 + 90 * 2.0, 40.0 + 990 * 2.0, 40.0 + 9990 * 2.0]
    assert (figure.first_call, figure.very_first_call, figure.calls_run) == (8.0, 7.0, 10)


def test_everyone_has_a_turn_in_each_round() -> None:
    turns: list[str] = []
    calls = {name: lambda name=name: turns.append(name) for name in "abc"}
    short = Budget(row=0.0, fewest_rounds=2, rounds=5, burst=1e-9)
    seconds = timing.in_turn(calls, short, Clock(short.row), np.random.default_rng(0))
    assert {len(each) for each in seconds.values()} == {2}  # the time is up: no more than the fewest
    rounds = [sorted(turns[start : start + 3]) for start in range(len(turns) - 9, len(turns), 3)]
    assert rounds == [["a", "b", "c"]] * 3


@pytest.mark.parametrize(("computing", "pauses"), [(0.0, 1), (0.02, 11)])
def test_a_rest_lasts_until_threads_are_at_rest_or_half_the_time_is_up(
    computing: float, pauses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    fake = SimpleNamespace(
        perf_counter=lambda: 0.0,
        process_time=lambda: computing * len(slept),
        sleep=lambda seconds: slept.append(seconds),
    )
    monkeypatch.setattr(budget, "time", fake)
    REST(Clock(19 * budget.PAUSE))
    assert slept == [budget.PAUSE] * pauses


# Claims


def figure_of(engine: str, ratio: float, first: float = 1.0, totals: list[float] | None = None) -> Figure:
    following = totals or [first + ratio * number for number in CALLS[1:]]
    return Figure("row", engine, 1.0, ratio, ratio, ratio, ratio, 7, first, 10, [first, *following])


EVERYONE = [
    figure_of("reverse", 3.0),
    figure_of("reverse_compiled", 0.5, first=0.5),
    figure_of("autograd", 9.5, first=0.9),
    figure_of("torch", 3.1),
    figure_of("casadi", 0.6),
]


def unmet(*changed: Figure, reasons: dict[str, str] | None = None) -> list[str]:
    by_engine = {figure.engine: figure for figure in [*EVERYONE, *changed]}
    found = {"row": Timed([*by_engine.values()], reasons or {}, [])}
    return [sentence for sentence, holds in claims(found) if not holds]


def test_claims_that_hold_do() -> None:
    assert unmet() == []
    assert len(list(claims({"row": Timed(EVERYONE, {}, [])}))) == 5


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (figure_of("autograd", 8.9), "row: reverse takes 0.34 of autograd's time, at most a third asked for"),
        (figure_of("torch", 2.9), "row: reverse takes 1.03 of PyTorch's time, at most 1 asked for"),
        (
            replace(figure_of("casadi", 0.6), ratio=0.4),
            "row: reverse_compiled takes 0.5 evaluations, the best peer, casadi, 0.4",
        ),
        (replace(EVERYONE[2], totals=[0.45, *EVERYONE[2].totals[1:]]), "row: its first call 500 ms, autograd's 450 ms"),
        (
            figure_of("casadi", 0.6, totals=[4.0, 60.0, 600.0, 6000.0]),
            "row: N calls of reverse_compiled take less than the best peer's, of which they take 0.56 (N=1), 1.38",
        ),
    ],
)
def test_a_claim_that_does_not_hold_is_seen(changed: Figure, sentence: str) -> None:
    found = unmet(changed)
    assert any(each.startswith(sentence) for each in found)
    assert len(found) <= 2


def test_a_method_that_is_not_timed_is_an_unmet_claim_and_a_peer_is_none() -> None:
    found = {"row": Timed(EVERYONE[2:], {"reverse": "a wrong gradient", "torch": "not installed"}, [])}
    assert [each for each, holds in claims(found) if not holds] == ["reverse is not timed on row: a wrong gradient"]


# Tables


def test_tables_show_what_was_measured_and_what_was_not() -> None:
    others = Timed([replace(EVERYONE[0], row="other")], {"torch": "no"}, ["fell back"])
    made = {
        caption.split(":")[0]: frame
        for caption, frame in tables.tables({"row": Timed(EVERYONE, {}, []), "other": others}).items()
    }
    assert list(made["Steady state"].columns[2:]) == ["reverse", "reverse_compiled", "autograd", "torch", "casadi"]
    assert made["Steady state"].iloc[1].tolist()[2:] == ["3 (3 to 3)", *[tables.NONE] * 4]
    assert made["N calls"]["casadi"].tolist() == [
        "1e+03",
        "7e+03",
        "6.1e+04*",
        "6.01e+05*",
        "6e+06*",
        *[tables.NONE] * 5,
    ]
    assert made["Not timed"].values.tolist() == [["torch", "no", "other"]]
    assert made["Warnings"].values.tolist() == [["fell back", "other"]]


# Settings, passes, the whole


def test_settings_are_taken_back() -> None:
    def state() -> list[Any]:
        return [os.environ.get("DIFFLAB_CACHE"), os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None]

    before = state()
    with same_for_all() as words:
        assert "threads" in words
        assert os.environ["DIFFLAB_CACHE"] == ""
        assert not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) <= 2
    assert state() == before


@pytest.mark.parametrize("name", gains.PASSES)
def test_a_pass_that_spoils_a_program_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(*args: Any) -> Any:
        raise ArithmeticError("spoilt")

    monkeypatch.setitem(gains.PASSES, name, (*gains.PASSES[name][:2], spoilt))
    short = Budget(fewest_rounds=1, rounds=1, burst=1e-6)
    (row,) = gains.gains([BY_NAME["log loss n=10^5"]], short).to_dict("records")
    assert row.pop(f"no {name}") == "ArithmeticError: spoilt"
    assert all(float(cell) > 0 for column, cell in row.items() if column != "row")


@pytest.mark.parametrize("module", [engines, retarget])
def test_examples_run(module: Any) -> None:
    results = doctest.testmod(module)
    assert results.failed == 0
    assert results.attempted > 0


@pytest.mark.slow
@pytest.mark.peers
def test_every_engine_is_timed(tmp_path: Any) -> None:
    """What the times are is for a machine that does nothing else."""
    for name in PEERS:
        peer(name.partition(",")[0])
    findings = compiled_gradients.run(quick=True)
    frame = findings.tables["All figures"]
    assert set(frame.engine) == {*OWN, *PEERS}
    assert frame.groupby("engine").row.nunique()["reverse"] == 5
    assert len(findings.claims) == 5 * 5
    check_written(findings, tmp_path)
