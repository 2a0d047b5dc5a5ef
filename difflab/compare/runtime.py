"""Run time: prepare, first call and steady state, each by itself, and the ratio to the function's own time.

Methods are timed in rounds, one repeat of each in turn, so that a noisy machine hits all alike. A
repeat is a loop of calls long enough to be timed; quoted are the median and the quartiles over the
repeats, in seconds a call.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from .case import FUNCTION, Case, Method
from .measurement import Cell, Measurement, missing
from .prepared import prepared
from .worker import Outcome, Worker

FIGURES = ("time ratio", "prepare", "first call")
REPEATS = 7
LOOP_SECONDS = 0.003
"""How long a repeat should last: long against the clock's resolution, short against the budget."""


@dataclass(frozen=True, slots=True)
class Start:
    """What happens once: seconds to prepare, seconds of the first call, and calls in a repeat from then on."""

    prepare: float
    first: float
    loops: int


def measure(case: Case, methods: Sequence[Method], worker: Worker, repeats: int = REPEATS) -> Iterator[Measurement]:
    """Time the plain function and each method; rows come as the figures do."""
    timed: list[_Timed] = []
    for method in (FUNCTION, *methods):
        cell = case.cell(method)
        outcome = worker.call(start, case, method)
        if not outcome.ok:
            yield from missing(cell, outcome.status, outcome.reason, *_figures(method))
            continue
        timed.append(_Timed(cell, method, outcome.value.loops))
        if method != FUNCTION:
            yield Measurement(cell, "prepare", outcome.value.prepare, "s")
            yield Measurement(cell, "first call", outcome.value.first, "s")
    try:
        for _ in range(repeats):
            for one in timed:
                one.repeat(case, worker)
    except KeyboardInterrupt:
        yield from _rows(timed)
        raise
    yield from _rows(timed)


def start(case: Case, method: Method) -> Start:
    """Prepare, call once, and find how many calls make a repeat; runs in the worker."""
    ready = prepared(case, method)
    return Start(ready.prepare_seconds, ready.first_seconds, _loops(ready.call))


def repeat(case: Case, method: Method, loops: int) -> float:
    """Time one repeat, in seconds a call; runs in the worker."""
    return _seconds(prepared(case, method).call, loops) / loops


@dataclass(slots=True)
class _Timed:
    """A method under the clock: its samples so far, or why there will be no more."""

    cell: Cell
    method: Method
    loops: int
    samples: list[float] = field(default_factory=list)
    failed: Outcome | None = None

    def repeat(self, case: Case, worker: Worker) -> None:
        if self.failed is not None:
            return
        outcome = worker.call(repeat, case, self.method, self.loops)
        if outcome.ok:
            self.samples.append(outcome.value)
        else:
            self.failed = outcome


def _rows(timed: Sequence[_Timed]) -> Iterator[Measurement]:
    base = 0.0
    for one in timed:
        if one.failed is not None:
            yield from missing(one.cell, one.failed.status, one.failed.reason, _figures(one.method)[0])
        elif len(one.samples) < 2:
            yield from missing(one.cell, "not measured", "interrupted", _figures(one.method)[0])
        else:
            lower, median, upper = quantiles(one.samples, n=4, method="inclusive")
            yield Measurement(one.cell, "time", median, "s", samples={"seconds": tuple(one.samples)})
            yield Measurement(one.cell, "time, lower quartile", lower, "s")
            yield Measurement(one.cell, "time, upper quartile", upper, "s")
            if one.method == FUNCTION:
                base = median
            elif base:
                yield Measurement(one.cell, "time ratio", median / base, "× function")


def _figures(method: Method) -> tuple[str, ...]:
    """Name the metrics that carry the reason when there is no figure; the first is the steady state's."""
    return ("time",) if method == FUNCTION else FIGURES


def _loops(call: Callable[[], Any]) -> int:
    loops = 1
    while (seconds := _seconds(call, loops)) < LOOP_SECONDS / 2:
        loops = max(2 * loops, int(loops * LOOP_SECONDS / max(seconds, 1e-7)))
    return loops


def _seconds(call: Callable[[], Any], loops: int) -> float:
    clock = time.perf_counter
    rounds = range(loops)
    began = clock()
    for _ in rounds:
        call()
    return clock() - began
