"""Where a device overtakes the CPU: the size of a problem from which it is the faster one.

A small function is over on the CPU before a device has been asked; a large one keeps all of the device busy. Sizes
are doubled until the device has been faster twice in a row, or a call takes too long.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log
from statistics import median

from .case import FUNCTION, Case, Method
from .measurement import Measurement
from .runtime import repeat, start
from .worker import Worker

CROSSOVER = "size from which the device is faster"
GROWING = "time while growing"
"""The seconds of one call, at each size, on either device."""
REPEATS = 3
TWICE = 2
"""How many sizes in a row, the device being faster, settle it."""
LARGEST = 2**24
SHARE = 1 / 8
"""Of the budget, that one call may take: the next size takes more, and a few calls are made of each."""


@dataclass
class Race:
    """What one method took on the CPU and on a device, at growing sizes."""

    sizes: list[int] = field(default_factory=list)
    on_cpu: list[float] = field(default_factory=list)
    on_device: list[float] = field(default_factory=list)

    def add(self, size: int, on_cpu: float, on_device: float) -> None:
        """Note the seconds of one call at a size."""
        self.sizes.append(size)
        self.on_cpu.append(on_cpu)
        self.on_device.append(on_device)

    def leads(self) -> int:
        """Count the sizes, from the largest down, at which the device was faster."""
        slower = [n for n, pair in enumerate(zip(self.on_cpu, self.on_device, strict=True)) if pair[1] >= pair[0]]
        return len(self.sizes) - 1 - max(slower, default=-1)

    def crossover(self) -> float | None:
        """Give the size from which the device is faster at all sizes measured; None if it is not at the largest.

        Between two sizes the logarithm of the ratio of the times is taken to grow as that of the size.

        >>> Race([16, 64], on_cpu=[1.0, 8.0], on_device=[2.0, 4.0]).crossover()
        32.0
        """
        first = len(self.sizes) - self.leads()
        if first == len(self.sizes):
            return None
        if first == 0:
            return float(self.sizes[0])
        behind, ahead = (log(self.on_device[n] / self.on_cpu[n]) for n in (first - 1, first))
        share = behind / (behind - ahead)
        below, above = log(self.sizes[first - 1]), log(self.sizes[first])
        return round(exp(below + share * (above - below)), 9)


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Race the function and each method on the CPU against a device; none for the CPU itself."""
    if case.device == "cpu":
        return
    for method in (FUNCTION, *methods):
        race = Race()
        ended = yield from _grown(case, method, worker, race)
        yield _result(case, method, race, ended)


def _grown(case: Case, method: Method, worker: Worker, race: Race) -> Generator[Measurement, None, str]:
    """Double the size; give the times as they come, and in the end say why it was the end."""
    size = case.size
    while size <= LARGEST:
        sized = [replace(case, size=size, device=device) for device in ("cpu", case.device)]
        seconds, fault = _times(sized, method, worker)
        if fault:
            return f"at size {size:,}, {fault}"
        race.add(size, *seconds)
        for one, took in zip(sized, seconds, strict=True):
            yield Measurement(one.cell(method), GROWING, took, "s")
        if race.leads() >= TWICE:
            return ""
        if max(seconds) > SHARE * worker.budget.seconds:
            return f"a call takes {max(seconds):.1g} s there"
        size *= 2
    return "larger ones are not tried"


def _times(cases: Sequence[Case], method: Method, worker: Worker) -> tuple[list[float], str]:
    """Give the seconds of one call of each case, repeats in turn; and, where one cannot be timed, why."""
    loops: list[int] = []
    samples: list[list[float]] = [[] for _ in cases]
    for case in cases:
        outcome = worker.call(start, case, method)
        if not outcome.ok:
            return [], f"on {case.device}: {outcome.reason}"
        loops.append(outcome.value.loops)
    for _ in range(REPEATS):
        for case, count, sample in zip(cases, loops, samples, strict=True):
            outcome = worker.call(repeat, case, method, count)
            if not outcome.ok:
                return [], f"on {case.device}: {outcome.reason}"
            sample.append(outcome.value)
    return [median(sample) for sample in samples], ""


def _result(case: Case, method: Method, race: Race, ended: str) -> Measurement:
    if not race.sizes:
        return Measurement(case.cell(method), CROSSOVER, status="not measured", reason=ended)
    largest = race.sizes[-1]
    cell = replace(case, size=largest).cell(method)
    found = race.crossover()
    if found is None:
        return Measurement(cell, CROSSOVER, unit="size", reason=f"the CPU is faster up to size {largest:,}: {ended}")
    notes = ["faster at all sizes measured"] if race.leads() == len(race.sizes) else []
    if race.leads() < TWICE:
        notes.append(f"seen at size {largest:,} alone: {ended}")
    return Measurement(cell, CROSSOVER, found, "size", reason="; ".join(notes))
