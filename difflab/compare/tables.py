"""The tables of a report, made from the measurements."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from . import accuracy, conformance, crossover, devices, steps
from .case import FUNCTION
from .growth import Growth
from .measurement import STATUSES, Measurement, Status
from .overview import overview
from .swell import COUNTS
from .table import Entry, Table, column_names, entry, laid_out, row_labels
from .units import significant
from .views import ACCURACY, AGREEMENT, AT_KINKS, CARD, COSTS, RUN_TIME, SPEED_UP, View

Row = tuple[str, int, str, str, str]
"""What a row is about: problem, size, operator, device, dtype."""

NO_PROBLEM = (conformance.FIGURE, devices.FIGURE)
"""What is not measured on problems."""

FEW = 3
"""Up to so many problems have a table each, with a row for each method."""


def tables(measurements: Sequence[Measurement], brief: bool = False) -> list[Table]:
    """Give every table that the measurements fill; if `brief`, only the main ones where there are many."""
    few = len({one.cell.problem for one in measurements if one.metric not in NO_PROBLEM}) <= FEW
    fewer = brief and not few
    here = _of_usable_devices(measurements)
    further = () if fewer else (best_steps(here),)
    costs = () if few else (RUN_TIME, SPEED_UP, *(() if fewer else COSTS))
    made = [
        *(cards(here) if few else [overview(here), *(by_method(here, view) for view in (ACCURACY, *AGREEMENT))]),
        by_method(here, AT_KINKS),
        *further,
        swell(here),
        growth(here),
        *(by_method(here, view) for view in costs),
        crossovers(here),
        conformance.table(here, brief),
        reasons(measurements),
    ]
    return [table for table in made if _has_figures(table)]


def _of_usable_devices(measurements: Sequence[Measurement]) -> list[Measurement]:
    """Leave out devices that cannot be used: the remarks say so, and why."""
    usable = {one.cell.device for one in measurements if one.status != "not measured"}
    return [one for one in measurements if one.cell.device in usable]


def cards(measurements: Sequence[Measurement]) -> list[Table]:
    """Lay out each problem by itself: a row for each method, a column for each figure."""
    figures = sorted((one for one in measurements if one.metric in CARD), key=lambda one: list(CARD).index(one.metric))
    return [_card(row, figures) for row in dict.fromkeys(map(row_of, figures)) if row[2] != "value"]


def _card(row: Row, figures: Sequence[Measurement]) -> Table:
    problem, size, operator, device, dtype = row
    own = (problem, size, "value", device, dtype)
    entries = {}
    for one in figures:
        if row_of(one) in (row, own):
            column, write = CARD[one.metric]
            shown = entry(one, write)
            entries[one.cell.method, column] = shown if one.metric == accuracy.MAIN else _short(shown)
    methods = sorted(dict.fromkeys(method for method, _ in entries), key=lambda method: method != FUNCTION)
    return Table(
        f"{problem}: {operator} at size {size}, {dtype} on {device}",
        ("method", *column_names(entries)),
        laid_out(entries, {method: method.replace("_", " ") for method in methods}),
        "Correct decimal digits against the 60-digit truth. Steady state: median of the repeats.",
    )


def _short(shown: Entry) -> Entry:
    """Leave the word for why there is no figure to the first column that says it."""
    return shown if shown.status == "ok" else replace(shown, text="–")


def by_method(measurements: Sequence[Measurement], view: View) -> Table:
    """Lay out one metric, with the plain function's own figure in the first column."""
    metric, write = view.own or (view.metric, view.write)
    own = {
        _place(one): entry(one, write) for one in measurements if one.metric == metric and one.cell.method == FUNCTION
    }
    entries: dict[tuple[Row, str], Entry] = {}
    for one in measurements:
        if one.metric == view.metric and one.cell.method != FUNCTION:
            if _place(one) in own:
                entries[row_of(one), FUNCTION] = own[_place(one)]
            entries[row_of(one), one.cell.method] = entry(one, view.write)
    return _table(view.title, entries, view.caption, view.plots)


def best_steps(measurements: Sequence[Measurement]) -> Table:
    """Lay out the smallest error over all steps, and its step."""
    best = {one.cell: f" at {one.value:.0e}" for one in measurements if one.metric == steps.STEP}
    entries = {}
    for one in measurements:
        if one.metric == steps.ERROR:
            shown = entry(one, lambda error: f"{error:.1e}" if error else "none")
            entries[row_of(one), one.cell.method] = replace(shown, text=shown.text + best.get(one.cell, ""))
    return _table(
        "Smallest absolute error over all steps, and its step",
        entries,
        "With the step chosen knowing the truth: the best that each formula can do. For smooth functions of at most "
        f"{steps.MOST_VARIABLES} variables; all curves are in measurements.json. Plots draw no error as 1e-17.",
        "error-against-step",
    )


def swell(measurements: Sequence[Measurement]) -> Table:
    """Lay out the operation counts, a row for each size."""
    entries = {
        ((one.cell.problem, one.cell.size), COUNTS[one.cell.method, one.metric]): entry(one, lambda n: f"{n:,.0f}")
        for one in measurements
        if (one.cell.method, one.metric) in COUNTS
    }
    return Table(
        "Expression swell: operations",
        ("problem and size", *column_names(entries)),
        laid_out(entries, {(problem, size): f"{problem} {size}" for (problem, size), _ in entries}),
        "The function f and its symbolic derivative f′ as trees; f′ as a shared graph; f and f′ together after "
        "common subexpressions; against the reverse sweep, which computes both.",
        "swell",
    )


def growth(measurements: Sequence[Measurement]) -> Table:
    """Lay out the fitted laws of growth."""
    titles = {(method, f"growth of {metric}"): title for (method, metric), title in COUNTS.items()}
    entries = {
        (one.cell.problem, titles[one.cell.method, one.metric]): Entry(str(Growth(one.unit, one.value)))
        for one in measurements
        if (one.cell.method, one.metric) in titles
    }
    return Table(
        "Growth of the operations with the size",
        ("problem", *column_names(entries)),
        laid_out(entries, {problem: problem for problem, _ in entries}),
        "The law that fits the larger sizes best, n being the size.",
    )


def crossovers(measurements: Sequence[Measurement]) -> Table:
    """Lay out from which size on a device is faster than the CPU."""
    found = [one for one in measurements if one.metric == crossover.CROSSOVER]
    entries = {(_growing(one), one.cell.method): _from_size_on(one) for one in found}
    return Table(
        "The size from which a device is faster than the CPU",
        ("problem", *(column.replace("_", " ") for column in column_names(entries))),
        laid_out(entries, row_labels([row for row, _ in entries])),
        "Steady state, arguments and results on the device; sizes are doubled, and between two of them the ratio is "
        "interpolated. Where the CPU is always faster, the largest size is given.",
        "time-against-size",
    )


def _from_size_on(one: Measurement) -> Entry:
    if one.status == "ok" and not isfinite(one.value):
        return Entry(f"above {one.cell.size:,}")
    return entry(one, significant)


def _growing(one: Measurement) -> tuple[str, str, str]:
    return one.cell.problem, one.cell.device, one.cell.dtype


def reasons(measurements: Sequence[Measurement]) -> Table:
    """List what was not measured, or is wrong, or has a remark, and why: the gravest first, alike cells together."""
    grouped: dict[tuple[Status, str], tuple[dict[str, None], ...]] = {}
    for one in measurements:
        if one.reason:
            about = grouped.setdefault((one.status, one.reason), ({}, {}, {}))
            for names, name in zip(about, (one.cell.device, one.cell.method, one.cell.problem), strict=True):
                names[name] = None
    ranked = sorted(grouped.items(), key=lambda item: STATUSES.index(item[0][0]))
    first = 0 if len({one.cell.device for one in measurements}) > 1 else 1
    return Table(
        "Remarks: what has no figure, or a wrong one, and why",
        ("status", *("device", "method", "problem")[first:], "reason"),
        tuple(
            (Entry(status, status), *(Entry(_listed(list(names))) for names in about[first:]), Entry(reason))
            for (status, reason), about in ranked
        ),
        prose=True,
    )


def _table(title: str, entries: Mapping[tuple[Row, str], Entry], caption: str, plots: str = "") -> Table:
    columns = ("problem", *(column.replace("_", " ") for column in column_names(entries)))
    return Table(title, columns, laid_out(entries, row_labels([row for row, _ in entries])), caption, plots)


def row_of(one: Measurement) -> Row:
    """Say which row a measurement belongs to."""
    cell = one.cell
    return cell.problem, cell.size, cell.operator, cell.device, cell.dtype


def _place(one: Measurement) -> tuple[str, int, str, str]:
    return one.cell.problem, one.cell.size, one.cell.device, one.cell.dtype


def _has_figures(table: Table) -> bool:
    return any(entry.status != "not measured" for row in table.rows for entry in row[1:])


def _listed(names: Sequence[str]) -> str:
    """Name the first three.

    >>> _listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    shown = ", ".join(name.replace("_", " ") for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
