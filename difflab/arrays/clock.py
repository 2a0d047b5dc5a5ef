"""Waiting for a device, and how long it computed.

A call of CuPy returns when its kernel is queued, not when it has run. So a time is taken by two *events* in the queue,
which the device itself marks when it comes to them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from . import cuda


class Elapsed:
    """How long a block took, once it has been left."""

    seconds: float
    """By the clock of the device."""


def synchronize(device: str) -> None:
    """Wait until a device has computed all that it was asked for; the CPU always has."""
    if device != "cpu":
        with cuda.current(device):
            cuda.cupy().cuda.get_current_stream().synchronize()


@contextmanager
def timed(device: str) -> Iterator[Elapsed]:
    """Take the time of a block: of a CUDA device by events in its queue, of the CPU by the clock.

    >>> with timed("cpu") as elapsed:
    ...     total = sum(range(1000))
    >>> elapsed.seconds > 0
    True
    """
    elapsed = Elapsed()
    if device == "cpu":
        begin = perf_counter()
        yield elapsed
        elapsed.seconds = perf_counter() - begin
        return
    with cuda.current(device):
        first, last = _event(), _event()
        first.record()
        yield elapsed
        last.record()
        last.synchronize()
        elapsed.seconds = cuda.cupy().cuda.get_elapsed_time(first, last) / 1000  # of milliseconds


def _event() -> Any:
    return cuda.cupy().cuda.Event()
