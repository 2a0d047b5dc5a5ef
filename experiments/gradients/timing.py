"""Timing the gradients of a row: the first calls of fresh objects, then all engines in turn."""

import gc
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from difflab.lowering.making import wait_for_compiler
from difflab.types import Array

from .budget import Budget, Clock
from .engines import Build, why_wrong
from .rows import Call, NotApplicable, Row

Start = Mapping[int, float]
"""Seconds from before a fresh object's preparation to after so many of its calls."""

CALLS = (1, 10, 100, 1_000, 10_000)
"""After how many calls of a fresh object its time is noted."""
FUNCTION = "the function"
RUN_FOR_SURE = 10
"""So many calls are run, however long they take; more if the budget allows."""


@dataclass(frozen=True)
class Figure:
    """What one engine took for one row: in seconds, and its steady state in evaluations of the function.

    The ratio is the median, over rounds, of the ratio within a round.
    """

    row: str
    engine: str
    evaluation: float
    steady: float
    ratio: float
    lower_quartile: float
    upper_quartile: float
    rounds: int
    very_first_call: float
    """Of the first fresh object."""
    calls_run: int
    """So many calls of each fresh object were measured; what totals go beyond that, they go as steady."""
    totals: list[float]
    """Of as many calls as `CALLS` says, with their preparation: the median of the fresh objects."""

    @property
    def first_call(self) -> float:
        """The seconds of preparing and of one call."""
        return self.totals[0]


@dataclass(frozen=True)
class Timed:
    """What was found of a row."""

    figures: list[Figure]
    reasons: dict[str, str]
    """Of each engine that was not timed."""
    warnings: list[str]
    """What engines said meanwhile: that they fell back on something slower, for example."""


def timed(row: Row, engines: Mapping[str, Build], reference: str, budget: Budget) -> Timed:
    """Time one row.

    Args:
        row: the function and its point.
        engines: by name.
        reference: the engine whose gradient the others are held against; it must not raise.
        budget: how long.
    """
    clock = Clock(budget.row)
    arguments = row.draw()
    expected = row.leaves(engines[reference](row, arguments)())
    generator = np.random.default_rng(0)
    reasons: dict[str, str] = {}
    starts: dict[str, list[Start]] = {name: [] for name in engines}
    calls: dict[str, Call] = {}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        gc.collect()
        for trial in range(budget.trials):
            for name in map(str, generator.permutation([*engines])):
                if name in reasons or (trial and clock.is_past(0.5)):
                    continue
                clock.rest()
                started = start(partial(engines[name], row, arguments), row, expected, budget.start)
                if isinstance(started, str):
                    reasons[name] = started
                else:
                    calls[name] = started[0]
                    starts[name].append(started[1])
        wait_for_compiler()  # which has drafts of programs to finish
        ran = {name: calls[name] for name in engines if name not in reasons}
        seconds = in_turn({FUNCTION: lambda: row.function(*arguments)} | ran, budget, clock, generator)
        wrong = {name: why_wrong(row.leaves(call()), expected) for name, call in ran.items()}
    reasons |= {name: reason for name, reason in wrong.items() if reason}
    figures = [_figure(row.name, name, starts[name], seconds) for name in engines if name not in reasons]
    ordered = {name: reasons[name] for name in engines if name in reasons}
    return Timed(figures, ordered, [*dict.fromkeys(str(each.message) for each in said)])


def start(build: Callable[[], Call], row: Row, expected: Sequence[Array], budget: float) -> tuple[Call, Start] | str:
    """Time the first calls of a fresh object; gives the object and its times, or why it is not timed."""
    try:
        call, first, seconds = first_calls(build, budget)
        reason = why_wrong(row.leaves(first), expected)
    except NotApplicable as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 (whatever stops an engine is a row that says so)
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return reason or (call, seconds)


def first_calls(build: Callable[[], Call], budget: float) -> tuple[Call, Any, Start]:
    """Build a fresh object, and call it up to `CALLS` times or, beyond `RUN_FOR_SURE`, until the budget is spent.

    Gives the object, its first gradient, and the times.
    """
    begin = time.perf_counter()
    call = build()
    first = call()
    seconds = {1: time.perf_counter() - begin}
    count = 1
    for upto in CALLS[1:]:
        while count < upto:
            if count >= RUN_FOR_SURE and seconds[count] > budget:
                return call, first, seconds
            part = upto // 10
            for _ in range(part):
                call()
            count += part
            seconds[count] = time.perf_counter() - begin
    return call, first, seconds


def in_turn(
    calls: Mapping[str, Call], budget: Budget, clock: Clock, generator: np.random.Generator
) -> dict[str, np.ndarray]:
    """Give the seconds of one call, by name, in each round; all have a turn in each, in random order."""
    many = {name: _calibrated(call, budget.burst) for name, call in calls.items()}
    taken: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    for number in range(budget.rounds + 1):
        if number > budget.fewest_rounds and clock.is_past(1):
            break
        for name in map(str, generator.permutation([*calls])):
            clock.rest()
            seconds = _burst(calls[name], many[name]) / many[name]
            if number:  # the first round warms up
                taken[name].append(seconds)
    return {name: np.array(seconds) for name, seconds in taken.items()}


def _calibrated(call: Call, burst: float) -> int:
    """Give how many calls take as long as a burst."""
    number = 1
    while (seconds := _burst(call, number)) < burst / 4:
        number *= 2
    return max(1, round(number * burst / seconds))


def _burst(call: Call, number: int) -> float:
    begin = time.perf_counter()
    for _ in range(number):
        call()
    return time.perf_counter() - begin


def _total(start: Start, number: int, steady: float) -> float:
    """Give the seconds for a number of calls: as measured, and as steady beyond."""
    last = max(start)
    return start[number] if number <= last else start[last] + (number - last) * steady


def _figure(row: str, engine: str, starts: Sequence[Start], seconds: Mapping[str, np.ndarray]) -> Figure:
    own, unit = seconds[engine], seconds[FUNCTION]
    lower, ratio, upper = np.quantile(own / unit, [0.25, 0.5, 0.75])
    steady = float(np.median(own))
    return Figure(
        row=row,
        engine=engine,
        evaluation=float(np.median(unit)),
        steady=steady,
        ratio=float(ratio),
        lower_quartile=float(lower),
        upper_quartile=float(upper),
        rounds=len(own),
        very_first_call=starts[0][1],
        calls_run=min(map(max, starts)),
        totals=[float(np.median([_total(start, number, steady) for start in starts])) for number in CALLS],
    )
