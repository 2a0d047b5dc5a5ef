"""Timing engines in turn, round after round, so that a noisy machine hits all of them alike."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .rows import Row

Timed = Callable[[], float]
"""Runs one step; gives the seconds that it took."""
PAUSE = 0.1
"""Seconds before a turn: threads of the engine before it spin for some 25 ms, on the processors that it needs."""


@dataclass(frozen=True)
class Figure:
    """What one engine took for one step of one row, in milliseconds, and in units of PyTorch's.

    The ratio is the median, over rounds, of the ratio within a round; its quartiles say how far to trust it.
    """

    network: str
    batch: int
    engine: str
    fastest: float
    median: float
    ratio: float
    lower_quartile: float
    upper_quartile: float
    rounds: int


def timed(step: Callable[[], object]) -> Timed:
    """Give the step that says how long it took."""

    def run() -> float:
        start = time.perf_counter()
        step()
        return time.perf_counter() - start

    return run


def measure(row: Row, engines: Mapping[str, Timed], rounds: int, burst: int, unit: str) -> list[Figure]:
    """Time the steps of all engines in turn.

    Args:
        row: what they train.
        engines: the step of each, by name.
        rounds: how often each has its turn.
        burst: steps in a turn, of which the median counts, so that one engine's caches and threads are warm.
        unit: the engine that ratios are taken to.
    """
    taken: dict[str, list[float]] = {name: [] for name in engines}
    generator = np.random.default_rng(0)
    gc.collect()
    for number in range(rounds + 1):
        for name in generator.permutation(list(engines)):
            time.sleep(PAUSE)
            seconds = float(np.median([engines[name]() for _ in range(burst)]))
            if number:  # the first round warms up
                taken[name].append(seconds)
    return [_figure(row, name, np.array(seconds), np.array(taken[unit])) for name, seconds in taken.items()]


def _figure(row: Row, engine: str, seconds: np.ndarray, unit: np.ndarray) -> Figure:
    lower, middle, upper = np.quantile(seconds / unit, [0.25, 0.5, 0.75])
    return Figure(
        network=row.name,
        batch=row.batch,
        engine=engine,
        fastest=1e3 * float(seconds.min()),
        median=1e3 * float(np.median(seconds)),
        ratio=float(middle),
        lower_quartile=float(lower),
        upper_quartile=float(upper),
        rounds=len(seconds),
    )
