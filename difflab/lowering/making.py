"""A program that is being made in the background, and how long calls wait for it.

While code runs in this thread, Python lets the compiler's have every other turn at most, and both take twice as long.
So a call that comes again and again does better to wait. How long the compiler will take is not known, but it takes
some times as long as the trace did. So calls go on for twice as long as the trace took; then one waits, for up to twice
as long again. If that was in vain, calls go on for as long as it has all taken so far before another waits.
"""

from threading import Event
from time import perf_counter


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

    def waited(self) -> bool:
        """Wait for the program, if it is time to; says whether it is there now."""
        if perf_counter() - self.begun <= self.due:
            return False
        found = self.is_there.wait(2 * self.due)
        self.due = 2 * (perf_counter() - self.begun)
        return found
