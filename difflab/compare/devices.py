"""The devices that a report is about, where none is asked for."""

from collections.abc import Iterator

from ..arrays import unavailable_reason
from .measurement import Cell, Measurement

FIGURE = "device"
"""The metric of the row that says why a device has been left out."""
GPU = "cuda"


def usual_devices() -> tuple[str, ...]:
    """Give the CPU, and the GPU where it can be used.

    >>> usual_devices()[0]
    'cpu'
    """
    return ("cpu",) if unavailable_reason(GPU) else ("cpu", GPU)


def left_out() -> Iterator[Measurement]:
    """Give a row that says why there are no figures of a GPU, if there are none."""
    if reason := unavailable_reason(GPU):
        cell = Cell("every problem", 0, "every method", "value", GPU)
        yield Measurement(cell, FIGURE, status="not measured", reason=reason)
