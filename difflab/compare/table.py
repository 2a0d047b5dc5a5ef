"""A table as data: the terminal, Markdown and HTML each draw it in their own way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from .measurement import Measurement, Status

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
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    caption: str = ""
    plots: str = ""
    """What the names of the plots that belong to it begin with, if there are any."""
    prose: bool = False
    """Whether its entries are sentences, which may wrap."""


def entry(one: Measurement, write: Callable[[float], str]) -> Entry:
    """Write a measurement's figure, or a word for why there is none."""
    shown = write(one.value) if one.status == "ok" and isfinite(one.value) else WORDS[one.status]
    return Entry(shown, one.status)


def laid_out(entries: Mapping[tuple[Any, str], Entry], labels: Mapping[Any, str]) -> tuple[tuple[Entry, ...], ...]:
    """Put entries, by row and column, into rows of the columns' order; missing ones stay empty."""
    columns = column_names(entries)
    return tuple(
        (Entry(label), *(entries.get((row, column), Entry("")) for column in columns)) for row, label in labels.items()
    )


def column_names(entries: Mapping[tuple[Any, str], Entry]) -> tuple[str, ...]:
    """Give the columns of entries by row and column, in the order in which they come."""
    return tuple(dict.fromkeys(column for _, column in entries))


def row_labels(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], str]:
    """Name rows by their first part, and by those parts that tell rows of the same first part apart.

    >>> list(row_labels([("a", 2, "cpu"), ("a", 4, "cpu"), ("b", 2, "cpu")]).values())
    ['a 2', 'a 4', 'b']
    """
    labels = {}
    for row in dict.fromkeys(rows):
        alike = [other for other in rows if other[0] == row[0]]
        differing = [part for part in range(1, len(row)) if len({other[part] for other in alike}) > 1]
        labels[row] = " ".join([row[0], *(str(row[part]) for part in differing)])
    return labels
