"""Python's search for cycles of references, put off while many objects are made that all stay.

A trace makes some five objects for each equation, and each search goes through all of them: a third of the time that
long traces took.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Let the garbage collector rest inside, in all threads, if it does not rest anyway.

    >>> with no_collections():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    was_enabled = gc.isenabled()
    gc.disable()
    _resting.append(was_enabled)
    try:
        yield
    finally:
        if _resting:  # a fork inside has forgotten it
            _resting.pop()
        if was_enabled:
            gc.enable()


_resting: list[bool] = []
"""Of each block that runs, in any thread, whether the collector worked before."""


def _wake() -> None:
    """Let the collector work in a forked process, in which the threads are not that would."""
    if any(_resting):
        _resting.clear()
        gc.enable()


os.register_at_fork(after_in_child=_wake)
