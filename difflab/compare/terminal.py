"""The tables in a terminal: coloured by verdict, and never wider than it."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace

import rich.table
from rich.console import Console
from rich.text import Text

from .measurement import Status
from .table import Table

STYLES: dict[Status, str] = {
    "ok": "",
    "wrong": "bold red",
    "refused": "dim",
    "timeout": "yellow",
    "out of memory": "yellow",
    "not measured": "dim",
    "error": "red",
}

EDGES = 2
GAP = 2
"""Characters at the sides of a table, and between its columns."""


def show(tables: Sequence[Table], console: Console) -> None:
    """Print tables; one that is too wide is printed in parts, each with the first column."""
    for table in tables:
        for part in _parts(table, console.width):
            console.print(Text(part.title, style="bold"))
            console.print(_drawn(part))
        if table.caption:
            console.print(Text(table.caption, style="dim"))
        console.print()


def _drawn(table: Table) -> rich.table.Table:
    drawn = rich.table.Table(
        box=rich.box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
    )
    for position, column in enumerate(table.columns):
        if table.prose:
            drawn.add_column(column, vertical="top", overflow="fold")
        else:
            heading = textwrap.fill(column, _width(table, position))
            drawn.add_column(heading, justify="right" if position else "left", vertical="bottom", no_wrap=True)
    for row in table.rows:
        drawn.add_row(*(Text(entry.text, STYLES[entry.status]) for entry in row))
    return drawn


def _parts(table: Table, width: int) -> Iterator[Table]:
    """Cut a table by columns so that each part fits."""
    if table.prose:
        yield table
        return
    widths = [EDGES + _width(table, 0), *(GAP + _width(table, position) for position in range(1, len(table.columns)))]
    start = 1
    while start < len(widths):
        stop, used = start, widths[0]
        while stop < len(widths) and (stop == start or used + widths[stop] <= width):
            used += widths[stop]
            stop += 1
        chosen = [0, *range(start, stop)]
        title = table.title if start == 1 else f"{table.title} (continued)"
        columns = tuple(table.columns[position] for position in chosen)
        rows = tuple(tuple(row[position] for position in chosen) for row in table.rows)
        yield replace(table, title=title, columns=columns, rows=rows)
        start = stop


def _width(table: Table, position: int) -> int:
    words = table.columns[position].split()
    return max(len(word) for word in (*words, *(row[position].text for row in table.rows)))
