"""The plots of a report, each an SVG of its own, narrow enough for a phone."""

import io
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from . import steps
from .case import FUNCTION
from .crossover import CROSSOVER, GROWING
from .measurement import Measurement
from .swell import COUNTS
from .table import row_labels
from .tables import FEW, row_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0b6e99", "#d9730d", "#0f7b6c", "#6940a5", "#ad1a72", "#e03e3e", "#64473a", "#37352f")
MARKERS = "osD^vP*X"
LINES = ("-", "--", ":")
WIDTH = 5.2
"""Inches: text of 9 points stays legible when the plot is shrunk to a phone's width."""
EXACT = 1e-17
"""What an error of 0 is drawn as, and the smallest step drawn."""
MOST_CURVES = 6


def plots(measurements: Sequence[Measurement]) -> dict[str, str]:
    """Draw every plot that the measurements fill: from file name (no suffix) to SVG text."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "difflab", "font.size": 9, "font.family": "DejaVu Sans"}):
        counts = [one for one in measurements if (one.cell.method, one.metric) in COUNTS and one.value > 0]
        drawn = {f"swell-{name}": _swell(name, chosen) for name, chosen in _by_problem(counts).items()}
        curves = _by_problem(_of_metric(measurements, steps.ERROR))
        drawn |= {f"error-against-step-{name}": _steps(name, curves[name]) for name in _telling(curves)}
        races = _by_problem([one for one in measurements if one.metric in (GROWING, CROSSOVER)])
        drawn |= {f"time-against-size-{name}": _race(name, chosen) for name, chosen in races.items() if len(chosen) > 1}
        for name, metric, label in (
            ("run-time", "time ratio", "time of one derivative / time of one function call"),
            ("peak-memory", "peak memory", "peak memory of one call, bytes"),
        ):
            chosen = _of_metric(measurements, metric)
            if len(_by_problem(chosen)) > FEW:
                drawn[name] = _dots(chosen, label)
        return {name.replace(":", "-"): _svg(figure) for name, figure in drawn.items()}


def _by_problem(measurements: Sequence[Measurement]) -> dict[str, list[Measurement]]:
    found: dict[str, list[Measurement]] = {}
    for one in measurements:
        found.setdefault(one.cell.problem, []).append(one)
    return found


def _telling(curves: dict[str, list[Measurement]]) -> list[str]:
    """Choose the problems whose curves are drawn: functions of one number first."""
    return sorted(curves, key=lambda name: curves[name][0].cell.operator != "derivative")[:MOST_CURVES]


def _steps(problem: str, measurements: Sequence[Measurement]) -> "Figure":
    figure, axes = _figure(3.4)
    dtypes = list(dict.fromkeys(one.cell.dtype for one in measurements))
    for one in measurements:
        curve = zip(one.samples["step"], one.samples["absolute error"], strict=True)
        points = [(step, max(error, EXACT)) for step, error in curve if step >= EXACT and isfinite(error)]
        method, dtype = one.cell.method, one.cell.dtype
        label = _name(method) + (f", {dtype}" if len(dtypes) > 1 else "")
        style = LINES[dtypes.index(dtype) % len(LINES)]
        axes.loglog(*zip(*points, strict=True), marker=".", ls=style, label=label, color=_colour(method), lw=1, ms=3)
    axes.set(xlabel="step", ylabel="absolute error", title=_name(problem))
    _legend(figure, axes, columns=3)
    return figure


def _swell(problem: str, measurements: Sequence[Measurement]) -> "Figure":
    figure, axes = _figure(3.4)
    lines: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for one in measurements:
        lines.setdefault((one.cell.method, one.metric), []).append((one.cell.size, one.value))
    for number, (key, title) in enumerate(COUNTS.items()):
        if points := lines.get(key):
            mark = MARKERS[number] + "-"
            axes.plot(*zip(*points, strict=True), mark, label=title, color=COLOURS[number], ms=4, lw=1.2)
    sizes = [one.cell.size for one in measurements]
    wide = "log" if max(sizes) > 10 * min(sizes) else "linear"
    axes.set(xlabel="size", ylabel="operations", xscale=wide, yscale="log", title=_name(problem))
    _legend(figure, axes, columns=3)
    return figure


def _race(problem: str, measurements: Sequence[Measurement]) -> "Figure":
    """Draw a line for each method on each device, and mark where a device overtakes the CPU."""
    figure, axes = _figure(3.4)
    methods = list(dict.fromkeys(one.cell.method for one in measurements))
    lines: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for one in measurements:
        if one.metric == GROWING:
            lines.setdefault((one.cell.method, one.cell.device, one.cell.dtype), []).append((one.cell.size, one.value))
        elif isfinite(one.value):
            axes.axvline(one.value, color=COLOURS[methods.index(one.cell.method)], lw=0.8, ls=":")
    several = len({dtype for *_, dtype in lines}) > 1
    for (method, device, dtype), points in lines.items():
        label = f"{_name(method)}, {device}{f', {dtype}' if several else ''}"
        colour, style = COLOURS[methods.index(method)], "-" if device == "cpu" else "--"
        mark = MARKERS[(device != "cpu") + 2 * (dtype != "float64")]
        axes.loglog(*zip(*points, strict=True), mark, ls=style, label=label, color=colour, ms=4, lw=1.2)
    axes.set(xlabel="size", ylabel="seconds of one call", title=_name(problem))
    _legend(figure, axes, columns=2)
    return figure


def _dots(measurements: Sequence[Measurement], label: str) -> "Figure":
    """Draw a row for each problem and a mark for each method, along a logarithmic axis."""
    rows = row_labels([row_of(one) for one in measurements])
    places = {row: place for place, row in enumerate(rows)}
    methods = list(dict.fromkeys(one.cell.method for one in measurements))
    figure, axes = _figure(1.3 + 0.24 * len(rows))
    for number, method in enumerate(methods):
        points = [(one.value, places[row_of(one)]) for one in measurements if one.cell.method == method]
        mark = MARKERS[number % len(MARKERS)]
        axes.plot(*zip(*points, strict=True), mark, label=_name(method), color=_colour(method), ms=4.5, alpha=0.85)
    axes.set(xscale="log", xlabel=label, yticks=range(len(rows)), ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticklabels(map(_name, rows.values()))
    axes.grid(axis="y", color="#eeeeee")
    _legend(figure, axes, columns=4)
    return figure


def _legend(figure: "Figure", axes: "Axes", columns: int) -> None:
    """Put the legend above the axes, where it hides no point."""
    handles = axes.get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=columns, frameon=False, fontsize=8)


def _figure(height: float) -> "tuple[Figure, Axes]":
    """Make a figure without pyplot, whose state all threads and notebooks share."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: "Figure") -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]


def _of_metric(measurements: Sequence[Measurement], metric: str) -> list[Measurement]:
    """Give the figures of the methods, the plain function's aside."""
    return [one for one in measurements if one.metric == metric and one.status == "ok" and one.cell.method != FUNCTION]


def _colour(method: str) -> str:
    known = ("forward_difference", "central_difference", "complex_step", "richardson", "symbolic", "reverse", "forward")
    return COLOURS[known.index(method)] if method in known else COLOURS[-1]


def _name(method: str) -> str:
    return method.replace("_", " ")
