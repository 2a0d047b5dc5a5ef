"""How many times faster than the CPU a device is, by the same method on the same problem."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .measurement import Measurement

SPEED_UP = "times faster than the CPU"


def speed_up_rows(measurements: Sequence[Measurement]) -> Iterator[Measurement]:
    """Give the ratio of the steady times of one call, of each cell that was timed on the CPU and on a device."""
    times = {one.cell: one.value for one in measurements if one.metric == "time" and one.status == "ok"}
    for cell, seconds in times.items():
        on_cpu = times.get(replace(cell, device="cpu"))
        if cell.device != "cpu" and on_cpu is not None:
            yield Measurement(cell, SPEED_UP, on_cpu / seconds, "× CPU")
