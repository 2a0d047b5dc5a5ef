"""How long one row may take, and what of that goes in waiting."""

import time
from dataclasses import dataclass

PAUSE = 0.03
"""Seconds before a turn: threads of the engine before it spin for some 25 ms, on the processors that it needs."""
AT_REST = 0.2
"""The share of a pause that threads may still compute in."""


@dataclass(frozen=True)
class Budget:
    """How long to look at a row, in seconds and in turns."""

    row: float = 20.0
    """After half of it no further fresh objects are made; after all of it, no more rounds than the fewest are run."""
    fewest_rounds: int = 7
    rounds: int = 11
    burst: float = 0.02
    """Of calls in a turn."""
    trials: int = 3
    """Fresh objects of an engine."""
    start: float = 0.4
    """Of the first calls of one fresh object."""


QUICK = Budget(row=4.0, fewest_rounds=3, rounds=3, burst=0.01, trials=1, start=0.05)


class Clock:
    """The time of one row, of which at most half goes in waiting, beyond pauses, until other threads are at rest."""

    def __init__(self, budget: float):
        self.begin = time.perf_counter()
        self.waits = budget / 2
        self.budget = budget

    def is_past(self, share: float) -> bool:
        """Whether more than a share of the budget has gone."""
        return time.perf_counter() - self.begin > share * self.budget

    def rest(self) -> None:
        """Pause until no thread computes: those of the engine before spin, or compile for its later calls."""
        while True:
            begin = time.process_time()
            time.sleep(PAUSE)
            if time.process_time() - begin < AT_REST * PAUSE or self.waits <= 0:
                return
            self.waits -= PAUSE
