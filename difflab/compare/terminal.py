"""The tables in a terminal: coloured by verdict, and never wider than it."""

from collections.abc import Iterator, Sequence

import rich.table
from rich.console import Console
from rich.text import Text

from .measurement import Status
from .views import Table

STYLES: dict[Status, str] = {
    "ok": "",
    "wrong": "bold red",
    "refused": "dim",
    "timeout": "yellow",
    "out of memory": "yellow",
    "not measured": "dim",
    "error": "red",
}


def show(tables: Sequence[Table], console: Console) -> None:
    """Print tables; one that is too wide is printed in parts, each with the first column."""
    for table in tables:
        for part in _parts(table, console.width):
            console.print(_drawn(part))
        if table.caption:
            console.print(Text(table.caption, style="dim"))
        console.print()


def _drawn(table: Table) -> rich.table.Table:
    drawn = rich.table.Table(title=table.title, title_justify="left", title_style="bold", box=rich.box.SIMPLE_HEAD)
    prose = table.columns[-1] == "reason"
    drawn.pad_edge = False
    for position, column in enumerate(table.columns):
        left = position == 0 or prose
        drawn.add_column(column, justify="left" if left else "right", vertical="top", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(entry.text, STYLES[entry.status]) for entry in row))
    return drawn


def _parts(table: Table, width: int) -> Iterator[Table]:
    """Cut a table by columns so that each part fits; a column may wrap its heading, not its entries."""
    if table.columns[-1] == "reason":
        yield table
        return
    widths = [_width(table, position) for position in range(len(table.columns))]
    start = 1
    while start < len(widths):
        stop, used = start, widths[0]
        while stop < len(widths) and (stop == start or used + 2 + widths[stop] <= width):
            used += 2 + widths[stop]
            stop += 1
        chosen = [0, *range(start, stop)]
        title = table.title if start == 1 else f"{table.title} (continued)"
        columns = tuple(table.columns[position] for position in chosen)
        rows = tuple(tuple(row[position] for position in chosen) for row in table.rows)
        yield Table(title, table.caption, columns, rows)
        start = stop


def _width(table: Table, position: int) -> int:
    words = table.columns[position].split()
    return max(len(word) for word in (*words, *(row[position].text for row in table.rows)))
