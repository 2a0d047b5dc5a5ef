"""Which figures a report shows, and how they are written: a table for a metric, a column in a problem's own table."""

from collections.abc import Callable
from dataclasses import dataclass

from . import accuracy, kinks, parity, repeatability, runtime, speed_up
from .units import byte_size, scientific, seconds, significant


@dataclass(frozen=True, slots=True)
class View:
    """A table of one metric: a row for each problem, a column for each method."""

    metric: str
    title: str
    write: Callable[[float], str]
    caption: str = ""
    plots: str = ""
    own: tuple[str, Callable[[float], str]] | None = None
    """The metric of the plain function that stands beside, and how to write it; by default, the same."""


ACCURACY = View(
    accuracy.MAIN,
    "Accuracy: correct decimal digits",
    lambda digits: f"{digits:.1f}",
    "Of the largest entry, against the 60-digit truth; float64 holds 16.",
)
PARITY = View(
    parity.DIFFERENCE,
    "The same on both devices: difference from the CPU",
    scientific,
    "Of the largest entry, by the same method in the same precision. Allowed are 1e-12 in float64 and 1e-5 in float32, "
    "more where a method divides by a step.",
)
REPEATABILITY = View(
    repeatability.SPREAD,
    "The same each time: spread of ten runs",
    scientific,
    "The largest difference of ten results from the first, of its largest entry; 0 is the same to the bit.",
)
AT_KINKS = View(
    kinks.VALUE,
    "At a kink: what each method says",
    lambda value: f"{value:.4g}",
    "There is no derivative here to compare with; shown is the entry on which the methods differ most.",
)
AGREEMENT = (PARITY, REPEATABILITY)
RUN_TIME = View(
    "time ratio",
    "Run time: one derivative, in units of one call of the plain function",
    significant,
    "Steady state, median of the repeats. The column “function” is the function's own time.",
    "run-time",
    ("time", seconds),
)
SPEED_UP = View(
    speed_up.SPEED_UP,
    "How many times faster than the CPU",
    significant,
    "Steady state, arguments and results on the device. Below 1 the CPU is faster. Numerical methods take their points "
    "in one call on the device where they can, and one by one on the CPU.",
)
COSTS = (
    View(runtime.TRANSFER, "Time of transfer", seconds, "The arguments to the device, and the result back."),
    View("prepare", "Time to prepare", seconds, "Trace, derive, compile: once for a function."),
    View("first call", "Time of the first call", seconds, "After preparing."),
    View("peak memory", "Peak memory of one call", byte_size, "Allocated above the start.", "peak-memory"),
    View(
        "function calls",
        "Calls of the function for one result",
        lambda count: f"{count:.0f}",
        "Manual calls its closed form instead, symbolic its own expressions.",
    ),
    View("tape nodes", "Nodes of the tape", lambda count: f"{count:,.0f}", "Primitives that reverse mode records."),
)

CARD: dict[str, tuple[str, Callable[[float], str]]] = {
    accuracy.MAIN: ("correct digits", lambda digits: f"{digits:.1f}"),
    runtime.TRANSFER: ("transfer", seconds),
    "prepare": ("to prepare", seconds),
    "first call": ("first call", seconds),
    "time": ("steady state", seconds),
    "time ratio": ("× function", significant),
    speed_up.SPEED_UP: ("× CPU's speed", significant),
    parity.DIFFERENCE: ("from CPU's", scientific),
    repeatability.SPREAD: ("ten runs", scientific),
    "peak memory": ("peak memory", byte_size),
    "function calls": ("calls", lambda count: f"{count:.0f}"),
}
"""The columns of a problem's own table."""
