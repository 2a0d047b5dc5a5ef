"""Run time: transfer, prepare, first call and steady state, each by itself, and the ratio to the function's own time.

Methods are timed in rounds, one repeat of each in turn, so that a noisy machine hits all alike. A
repeat is a loop of calls long enough to be timed; quoted are the median and the quartiles over the
repeats, in seconds a call. On a device the arguments are there already, and results stay there: what it
takes to bring them there and back is the transfer. Its work is timed by its own clock (`arrays.timed`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from ..arrays import timed
from ..signature import placed
from ..types import Tree
from .case import FUNCTION, Case, Method, brought_back, on_its_device
from .measurement import Cell, Measurement, missing
from .prepared import prepared
from .worker import Outcome, Worker

FIGURES = ("time ratio", "prepare", "first call")
TRANSFER = "transfer"
REPEATS = 7
TRANSFERS = 5
LOOP_SECONDS = 0.003
"""How long a repeat should last: long against the clock's resolution, short against the budget."""


@dataclass(frozen=True, slots=True)
class Start:
    """What happens once."""

    prepare: float
    """Seconds."""
    first: float
    """Seconds of the first call."""
    transfer: float
    """Seconds to bring the arguments to the device and the result back; 0 for the CPU."""
    loops: int
    """Calls in a repeat from then on."""


def measure(case: Case, methods: Sequence[Method], worker: Worker, repeats: int = REPEATS) -> Iterator[Measurement]:
    """Time the plain function and each method; rows come as the figures do."""
    clocked: list[_Timed] = []
    for method in (FUNCTION, *methods):
        cell = case.cell(method)
        outcome = worker.call(start, case, method)
        if not outcome.ok:
            yield from missing(cell, outcome.status, outcome.reason, *_figures(method))
            continue
        clocked.append(_Timed(cell, method, outcome.value.loops))
        if case.device != "cpu":
            yield Measurement(cell, TRANSFER, outcome.value.transfer, "s")
        if method != FUNCTION:
            yield Measurement(cell, "prepare", outcome.value.prepare, "s")
            yield Measurement(cell, "first call", outcome.value.first, "s")
    try:
        for _ in range(repeats):
            for one in clocked:
                one.repeat(case, worker)
    except KeyboardInterrupt:
        yield from _rows(clocked)
        raise
    yield from _rows(clocked)


@on_its_device
def start(case: Case, method: Method) -> Start:
    """Prepare, call once, and find how many calls make a repeat; runs in the worker."""
    ready = prepared(case, method)
    transfer = 0.0 if case.device == "cpu" else _transfer(case, ready.result)
    return Start(ready.prepare_seconds, ready.first_seconds, transfer, _loops(ready.call, case.device))


@on_its_device
def repeat(case: Case, method: Method, loops: int) -> float:
    """Time one repeat, in seconds a call; runs in the worker."""
    return _seconds(prepared(case, method).call, loops, case.device) / loops


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


def _rows(clocked: Sequence[_Timed]) -> Iterator[Measurement]:
    base = 0.0
    for one in clocked:
        if one.failed is not None:
            yield from missing(one.cell, one.failed.status, one.failed.reason, _figures(one.method)[0])
        elif len(one.samples) < 2:
            yield from missing(one.cell, "not measured", "interrupted", _figures(one.method)[0])
        else:
            lower, middle, upper = quantiles(one.samples, n=4, method="inclusive")
            yield Measurement(one.cell, "time", middle, "s", samples={"seconds": tuple(one.samples)})
            yield Measurement(one.cell, "time, lower quartile", lower, "s")
            yield Measurement(one.cell, "time, upper quartile", upper, "s")
            if one.method == FUNCTION:
                base = middle
            elif base:
                yield Measurement(one.cell, "time ratio", middle / base, "× function")


def _figures(method: Method) -> tuple[str, ...]:
    """Name the metrics that carry the reason when there is no figure; the first is the steady state's."""
    return ("time",) if method == FUNCTION else FIGURES


def _transfer(case: Case, result: Tree) -> float:
    arguments, moving = case.arguments, case.signature.moving

    def there_and_back() -> None:
        placed(arguments, moving, case.device)
        brought_back(result)

    return median(_seconds(there_and_back, 1, case.device) for _ in range(TRANSFERS))


def _loops(call: Callable[[], Any], device: str) -> int:
    loops = 1
    while (seconds := _seconds(call, loops, device)) < LOOP_SECONDS / 2:
        loops = max(2 * loops, int(loops * LOOP_SECONDS / max(seconds, 1e-7)))
    return loops


def _seconds(call: Callable[[], Any], loops: int, device: str) -> float:
    rounds = range(loops)
    with timed(device) as elapsed:
        for _ in rounds:
            call()
    return elapsed.seconds
