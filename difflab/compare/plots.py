"""The plots of a report, each an SVG of its own, narrow enough for a phone."""

import io
from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from . import steps
from .measurement import Measurement
from .swell import COUNTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0b6e99", "#d9730d", "#0f7b6c", "#6940a5", "#ad1a72", "#e03e3e", "#64473a", "#37352f")
MARKERS = "osD^vP*X"
WIDTH = 5.2
"""Inches: text of 9 points stays legible when the plot is shrunk to a phone's width."""


def plots(measurements: Sequence[Measurement]) -> dict[str, str]:
    """Draw every plot that the measurements fill: from file name (no suffix) to SVG text."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "difflab", "font.size": 9, "font.family": "DejaVu Sans"}):
        drawn = {
            **_each_problem("swell", [one for one in measurements if _is_count(one)], _swell),
            **_each_problem("error-against-step", _of_metric(measurements, steps.ERROR), _steps),
        }
        for name, metric, label in (
            ("run-time", "time ratio", "time of one derivative / time of one function call"),
            ("peak-memory", "peak memory", "peak memory of one call, bytes"),
        ):
            if chosen := _of_metric(measurements, metric):
                drawn[name] = _svg(_dots(chosen, label))
    return drawn


def _each_problem(
    name: str, measurements: Sequence[Measurement], draw: "Callable[[Axes, Sequence[Measurement]], bool]"
) -> dict[str, str]:
    """Draw one plot for each problem."""
    drawn = {}
    by_problem: dict[str, list[Measurement]] = {}
    for one in measurements:
        by_problem.setdefault(one.cell.problem, []).append(one)
    for problem, chosen in by_problem.items():
        figure, axes = _figure(3.4)
        axes.set_title(problem.replace("_", " "))
        if draw(axes, chosen):
            drawn[f"{name}-{problem.replace(':', '-')}"] = _svg(figure)
    return drawn


def _steps(axes: "Axes", measurements: Sequence[Measurement]) -> bool:
    for one in measurements:
        curve = zip(one.samples["step"], one.samples["absolute error"], strict=True)
        points = [(step, max(error, 1e-17)) for step, error in curve if step >= 1e-17 and isfinite(error)]
        method = one.cell.method
        axes.loglog(*zip(*points, strict=True), ".-", label=_name(method), color=_colour(method), lw=1, ms=3)
    axes.set(xlabel="step", ylabel="absolute error")
    axes.legend(frameon=False)
    return True


def _swell(axes: "Axes", measurements: Sequence[Measurement]) -> bool:
    lines: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for one in measurements:
        lines.setdefault((one.cell.method, one.metric), []).append((one.cell.size, one.value))
    for number, (key, title) in enumerate(COUNTS.items()):
        if points := lines.get(key):
            axes.plot(
                *zip(*points, strict=True), MARKERS[number] + "-", label=title, color=COLOURS[number], ms=4, lw=1.2
            )
    axes.set(xlabel="size", ylabel="operations", yscale="log")
    axes.legend(frameon=False)
    return max(map(len, lines.values())) > 2


def _dots(measurements: Sequence[Measurement], label: str) -> "Figure":
    """Draw a row for each problem and a mark for each method, along a logarithmic axis."""
    problems = list(dict.fromkeys(one.cell.problem for one in measurements))
    methods = list(dict.fromkeys(one.cell.method for one in measurements))
    figure, axes = _figure(1.3 + 0.24 * len(problems))
    for number, method in enumerate(methods):
        points = [(one.value, problems.index(one.cell.problem)) for one in measurements if one.cell.method == method]
        mark = MARKERS[number % len(MARKERS)]
        axes.plot(*zip(*points, strict=True), mark, label=_name(method), color=_colour(method), ms=4.5, alpha=0.85)
    axes.set(xscale="log", xlabel=label, yticks=range(len(problems)), ylim=(len(problems) - 0.5, -0.5))
    axes.set_yticklabels([problem.replace("_", " ") for problem in problems])
    axes.grid(axis="y", color="#eeeeee")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False, fontsize=8)
    return figure


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
    return [one for one in measurements if one.metric == metric and one.status == "ok"]


def _is_count(one: Measurement) -> bool:
    return one.status == "ok" and (one.cell.method, one.metric) in COUNTS


def _colour(method: str) -> str:
    known = ("forward_difference", "central_difference", "complex_step", "richardson", "symbolic", "reverse", "forward")
    return COLOURS[known.index(method)] if method in known else COLOURS[-1]


def _name(method: str) -> str:
    return method.replace("_", " ")
