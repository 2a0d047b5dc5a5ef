"""A program that is being made in the background, and how long a call may wait for it.

While code runs in this thread, Python lets the compiler's have every other turn at most; both take twice as long. So a
call that comes again and again does better to wait. How long the compiler will take is not known, but it takes some
times as long as the trace did: when calls have gone on for as long as the trace took, the next one waits, and no longer
than `PATIENCE` times that. What was computed meanwhile, and the wait, are so never more than a few traces.
"""

from threading import Event
from time import perf_counter

PATIENCE = 4


class Making:
    """A program that was begun at a time.

    Args:
        effort: seconds that the trace took.
    """

    def __init__(self, effort: float):
        self.effort = effort
        self.begun = perf_counter()
        self.is_there = Event()
        self._may_wait = True

    def waited(self) -> bool:
        """Wait for the program, if it is time to, and for the first time; says whether it is there now."""
        if self._may_wait and perf_counter() - self.begun > self.effort:
            self._may_wait = False
            return self.is_there.wait(PATIENCE * self.effort)
        return False
