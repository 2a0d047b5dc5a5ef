"""The tables of a report, as data: the terminal, Markdown and HTML each draw them in their own way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from . import kinks
from .case import FUNCTION
from .growth import Growth
from .measurement import Measurement, Status
from .swell import COUNTS
from .units import byte_size, seconds, significant

Row = tuple[str, int, str, str, str]
"""What a row of a table is about: problem, size, operator, device, dtype."""

WORDS: dict[Status, str] = {
    "ok": "–",
    "wrong": "wrong",
    "refused": "refused",
    "timeout": "timeout",
    "out of memory": "memory",
    "not measured": "–",
    "error": "error",
}
"""What a table shows in place of a figure."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table."""

    text: str
    status: Status = "ok"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its first column names the rows."""

    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]


def tables(measurements: Sequence[Measurement]) -> list[Table]:
    """Give every table that the measurements fill."""
    made = [
        by_method(
            measurements,
            "correct digits",
            "Accuracy: correct decimal digits",
            "Of the largest entry, against the 60-digit truth; float64 holds 15.9.",
            lambda digits: f"{digits:.1f}",
        ),
        by_method(
            measurements,
            kinks.VALUE,
            "At a kink: what each method says",
            "There is no derivative here to compare with; shown is the entry on which the methods differ most.",
            lambda value: f"{value:.4g}",
        ),
        best_steps(measurements),
        swell(measurements),
        growth(measurements),
        run_time(measurements),
        by_method(measurements, "prepare", "Time to prepare", "Trace, derive, compile: once for a function.", seconds),
        by_method(measurements, "first call", "Time of the first call", "After preparing.", seconds),
        by_method(
            measurements,
            "peak memory",
            "Peak memory of one call",
            "Allocated by Python and NumPy, above the start.",
            byte_size,
        ),
        by_method(
            measurements,
            "function calls",
            "Calls of the function for one result",
            "By a method that is prepared: symbolic calls its own expressions instead.",
            lambda calls: f"{calls:.0f}",
        ),
        reasons(measurements),
    ]
    return [table for table in made if table.rows]


def by_method(
    measurements: Iterable[Measurement], metric: str, title: str, caption: str, write: Callable[[float], str]
) -> Table:
    """Lay out one metric with a row for each problem and a column for each method."""
    return _laid_out(
        title,
        caption,
        {(_row(one), one.cell.method): _entry(one, write) for one in measurements if one.metric == metric},
    )


def run_time(measurements: Sequence[Measurement]) -> Table:
    """Lay out the time of each method in units of the function's own time, which stands beside."""
    own = {_place(one): one for one in measurements if one.metric == "time" and one.cell.method == FUNCTION}
    entries: dict[tuple[Row, str], Entry] = {}
    for one in measurements:
        if one.metric == "time ratio":
            base = own.get(_place(one))
            entries[_row(one), FUNCTION] = _entry(base, seconds) if base else Entry(WORDS["not measured"])
            entries[_row(one), one.cell.method] = _entry(one, significant)
    return _laid_out(
        "Run time: one derivative, in units of one call of the plain function",
        "Steady state, median of the repeats. The column “function” is the function's own time.",
        entries,
    )


def best_steps(measurements: Sequence[Measurement]) -> Table:
    """Lay out the smallest error over all steps, and its step."""
    steps = {one.cell: one.value for one in measurements if one.metric == "best step"}
    entries = {}
    for one in measurements:
        if one.metric == "smallest error over steps":
            entry = _entry(one, lambda error: f"{error:.1e}")
            at = f" at {steps[one.cell]:.0e}" if one.cell in steps else ""
            entries[_row(one), one.cell.method] = Entry(entry.text + at, entry.status)
    return _laid_out(
        "Smallest absolute error over all steps, and its step",
        "With the step chosen knowing the truth: the best that each formula can do.",
        entries,
    )


def swell(measurements: Sequence[Measurement]) -> Table:
    """Lay out the operation counts, a row for each size."""
    entries: dict[tuple[str, int], dict[str, Entry]] = {}
    for one in measurements:
        if title := COUNTS.get((one.cell.method, one.metric)):
            line = entries.setdefault((one.cell.problem, one.cell.size), {})
            line[title] = _entry(one, lambda count: f"{count:,.0f}")
    return Table(
        "Expression swell: operations",
        "The function f and its symbolic derivative f′ as trees; f′ as a shared graph; f and f′ together after "
        "common subexpressions; against the reverse sweep, which computes both.",
        ("problem", "size", *COUNTS.values()),
        tuple(
            (Entry(problem), Entry(str(size)), *(line.get(title, Entry("")) for title in COUNTS.values()))
            for (problem, size), line in entries.items()
        ),
    )


def growth(measurements: Sequence[Measurement]) -> Table:
    """Lay out the fitted laws of growth."""
    titles = {(method, f"growth of {metric}"): title for (method, metric), title in COUNTS.items()}
    entries: dict[str, dict[str, Entry]] = {}
    for one in measurements:
        if title := titles.get((one.cell.method, one.metric)):
            entries.setdefault(one.cell.problem, {})[title] = Entry(str(Growth(one.unit, one.value)))
    return Table(
        "Growth of the operations with the size",
        "The law fitted to the larger sizes.",
        ("problem", *COUNTS.values()),
        tuple(
            (Entry(problem), *(line.get(title, Entry("")) for title in COUNTS.values()))
            for problem, line in entries.items()
        ),
    )


def reasons(measurements: Sequence[Measurement]) -> Table:
    """List what was not measured, or is wrong, and why; alike cells together."""
    grouped: dict[tuple[Status, str, str], list[str]] = {}
    for one in measurements:
        if one.status != "ok":
            problems = grouped.setdefault((one.status, one.cell.method, one.reason), [])
            if one.cell.problem not in problems:
                problems.append(one.cell.problem)
    return Table(
        "What has no figure, or a wrong one, and why",
        "",
        ("status", "method", "problem", "reason"),
        tuple(
            (Entry(status, status), Entry(method), Entry(_listed(problems)), Entry(reason))
            for (status, method, reason), problems in grouped.items()
        ),
    )


def row_labels(rows: Sequence[Row]) -> dict[Row, str]:
    """Name rows: the problem, and what tells rows of one problem apart (size, operator, device, dtype).

    >>> list(row_labels([("a", 2, "gradient", "cpu", "float64"), ("a", 4, "gradient", "cpu", "float64")]).values())
    ['a 2', 'a 4']
    """
    labels = {}
    for row in rows:
        alike = [other for other in rows if other[0] == row[0]]
        differing = [part for part in range(1, len(row)) if len({other[part] for other in alike}) > 1]
        labels[row] = " ".join([row[0], *(str(row[part]) for part in differing)])
    return labels


def _laid_out(title: str, caption: str, entries: Mapping[tuple[Row, str], Entry]) -> Table:
    labels = row_labels(list(dict.fromkeys(row for row, _ in entries)))
    columns = list(dict.fromkeys(column for _, column in entries))
    rows = [(Entry(label), *(entries.get((row, c), Entry("")) for c in columns)) for row, label in labels.items()]
    return Table(title, caption, ("problem", *(column.replace("_", " ") for column in columns)), tuple(rows))


def _row(one: Measurement) -> Row:
    cell = one.cell
    return cell.problem, cell.size, cell.operator, cell.device, cell.dtype


def _place(one: Measurement) -> tuple[str, int, str]:
    return one.cell.problem, one.cell.size, one.cell.device


def _entry(one: Measurement, write: Callable[[float], str]) -> Entry:
    shown = write(one.value) if one.status == "ok" and isfinite(one.value) else WORDS[one.status]
    return Entry(shown, one.status)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"
