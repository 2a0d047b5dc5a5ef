"""Programs that are made in the background, and how long calls wait for them.

While code runs in this thread, Python lets the compiler's have every other turn at most, and both take twice as long.
So a call that comes again and again does better to wait. How long the compiler will take is not known, but it takes
some times as long as the trace did. So calls go on for twice as long as the trace took; then one waits, for up to twice
as long again. If that was in vain, calls go on for as long as it has all taken so far before another waits, the last:
the compiler may be busy with other programs.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Event
from time import perf_counter
from typing import Any

WAITS = 2


class Making:
    """A program that was begun at a time.

    Args:
        effort: seconds that the trace took.
    """

    def __init__(self, effort: float):
        self.begun = perf_counter()
        self.is_there = Event()
        self.due = 2 * effort
        """Seconds from the beginning on, after which a call waits."""
        self.waits = 0

    def waited(self) -> bool:
        """Wait for the program, if it is time to; says whether it is there now."""
        if self.waits == WAITS or perf_counter() - self.begun <= self.due:
            return False
        self.waits += 1
        found = self.is_there.wait(2 * self.due)
        self.due = 2 * (perf_counter() - self.begun)
        return found


def in_background(task: Callable[..., Any], *arguments: Any) -> "Future[Any]":
    """Have something done by the one thread that compiles, after all that was asked of it before."""
    return _compiler().submit(task, *arguments)


def wait_for_compiler() -> None:
    """Wait until all that was asked of the compiler in the background is done."""
    for _ in ("drafts", "what drafts are finished by, which they ask for"):
        in_background(lambda: None).result()


@cache
def _compiler() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "difflab-compiler")


os.register_at_fork(after_in_child=_compiler.cache_clear)
