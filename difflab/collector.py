"""Python's search for cycles of references, put off while many objects are made that all stay.

A trace makes some five objects for each equation, and each search goes through all of them: a third of the time that
long traces took.
"""

import gc
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
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
