"""The report: Markdown beside its plots, and one HTML file that holds everything and reads well on a phone."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from . import conformance, devices
from .measurement import Measurement
from .table import Entry, Table
from .tables import tables

TITLE = "difflab: derivatives compared"
PAGE = Template(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))


def summary(measurements: Sequence[Measurement]) -> str:
    """Say in a few sentences what was measured and what went wrong."""
    figures = [one for one in measurements if one.metric not in (conformance.FIGURE, devices.FIGURE)]
    sentences = [_on_problems(figures) if figures or not measurements else "", conformance.summary(measurements)]
    return " ".join(sentence for sentence in sentences if sentence)


def _on_problems(measurements: Sequence[Measurement]) -> str:
    cells = {one.cell for one in measurements}
    problems = {cell.problem for cell in cells}
    methods = {cell.method for cell in cells if cell.method != "function"}
    counts = {
        status: len({one.cell for one in measurements if one.status == status})
        for status in ("wrong", "refused", "timeout", "out of memory", "not measured", "error")
    }
    found = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return (
        f"{_plural(len(methods), 'method')} on {_plural(len(problems), 'problem')}: "
        f"{_plural(sum(one.status == 'ok' for one in measurements), 'figure')}. "
        + (f"Cells without one, or with a wrong one: {found}." if found else "Nothing failed.")
    )


def markdown(measurements: Sequence[Measurement], environment: Mapping[str, str], drawn: Mapping[str, str]) -> str:
    """Write the report as Markdown; the plots are files beside it."""
    parts = [f"# {TITLE}", summary(measurements)]
    for table in tables(measurements):
        parts.append(f"## {table.title}")
        if table.caption:
            parts.append(table.caption)
        parts += [f"![{name.replace('-', ' ')}]({name}.svg)" for name in _plots_of(table, drawn)]
        parts.append(markdown_table(table))
    parts += ["## Where this ran", "\n".join(f"- {name}: {value}" for name, value in environment.items())]
    return "\n\n".join(parts) + "\n"


def html(measurements: Sequence[Measurement], environment: Mapping[str, str], drawn: Mapping[str, str]) -> str:
    """Write the report as one HTML file, plots inside."""
    made = tables(measurements)
    return PAGE.substitute(
        title=TITLE,
        summary=escape(summary(measurements)),
        contents=" · ".join(f"<a href=#{_anchor(table)}>{escape(table.title.split(':')[0])}</a>" for table in made),
        sections="\n".join(_section(table, drawn) for table in made),
        environment="\n".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in environment.items()
        ),
    )


def _plots_of(table: Table, drawn: Mapping[str, str]) -> list[str]:
    return [name for name in drawn if table.plots and name.startswith(table.plots)]


def markdown_table(table: Table) -> str:
    """Write one table as Markdown."""
    header = "| " + " | ".join(table.columns) + " |"
    rule = "|" + "---|" + "---:|" * (len(table.columns) - 1)
    return "\n".join([header, rule, *("| " + " | ".join(map(_cell, row)) + " |" for row in table.rows)])


def _cell(entry: Entry) -> str:
    text = entry.text.replace("|", "\\|")
    return f"**{text}**" if entry.status == "wrong" else text


def _section(table: Table, drawn: Mapping[str, str]) -> str:
    kind = "prose" if table.prose else "figures"
    header = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "\n".join("<tr>" + "".join(map(_html_cell, row)) + "</tr>" for row in table.rows)
    caption = f"<p class=caption>{escape(table.caption)}</p>" if table.caption else ""
    figures = "\n".join(f"<figure>{drawn[name]}</figure>" for name in _plots_of(table, drawn))
    return (
        f"<section id={_anchor(table)}><h2>{escape(table.title)}</h2>{caption}\n"
        + (f"<div class=plots>{figures}</div>\n" if figures else "")
        + f"<div class=scroll><table class={kind}><thead><tr>{header}</tr></thead>\n"
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _anchor(table: Table) -> str:
    return re.sub(r"\W+", "-", table.title.lower())


def _html_cell(entry: Entry) -> str:
    status = entry.status.replace(" ", "-")
    return f"<td class={status}>{escape(entry.text)}</td>"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"
