"""The figures as tables: rows down, engines across."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from .engines import OWN, PEERS
from .rows import ROWS
from .timing import CALLS, Figure, Timed

NONE = "–"
"""In the place of a figure that there is not; the table of reasons says why."""


def tables(found: Mapping[str, Timed]) -> dict[str, pd.DataFrame]:
    """Give the tables, by caption, of what was found of each row."""
    figures = [figure for each in found.values() for figure in each.figures]
    timed = {figure.engine for figure in figures}
    engines = [name for name in (*OWN, *PEERS) if name in timed]
    made = {
        "Steady state: one gradient in evaluations of the function, median (quartiles)": _wide(
            figures, engines, lambda one: f"{one.ratio:.3g} ({one.lower_quartile:.3g} to {one.upper_quartile:.3g})"
        ),
        "First call: with preparation, in milliseconds (in evaluations)": _wide(
            figures, engines, lambda one: f"{1e3 * one.first_call:.3g} ({one.first_call / one.evaluation:.3g})"
        ),
        "N calls: in milliseconds, preparation included; * beyond those that were run, as steady": _of_totals(
            figures, engines
        ),
        "All figures": _all(figures),
    }
    made["How peers are written: loops in JAX, the kind of graph in CasADi"] = _versions(figures)
    made["Not timed: engines, why, and where"] = _of_reasons(found)
    said = [(text, row) for row, each in found.items() for text in each.warnings]
    made["Warnings: what was said, and where"] = pd.DataFrame(said, columns=["warning", "row"])
    return {caption: frame for caption, frame in made.items() if len(frame)}


def _wide(figures: Sequence[Figure], engines: Sequence[str], text: Callable[[Figure], str]) -> pd.DataFrame:
    rows: dict[str, dict[str, str]] = {}
    for one in figures:
        cells = rows.setdefault(one.row, {"row": one.row, "evaluation, µs": f"{1e6 * one.evaluation:.3g}"})
        cells[one.engine] = text(one)
    return pd.DataFrame([*rows.values()], columns=["row", "evaluation, µs", *engines]).fillna(NONE)


def _of_totals(figures: Sequence[Figure], engines: Sequence[str]) -> pd.DataFrame:
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for one in figures:
        for number, total in zip(CALLS, one.totals, strict=True):
            cells = rows.setdefault((one.row, number), {"row": one.row, "N": f"{number:,}"})
            cells[one.engine] = f"{1e3 * total:.3g}{'*' if number > one.calls_run else ''}"
    order = dict.fromkeys(row for row, _ in rows)
    ordered = [rows[row, number] for row in order for number in CALLS]
    return pd.DataFrame(ordered, columns=["row", "N", *engines]).fillna(NONE)


def _all(figures: Sequence[Figure]) -> pd.DataFrame:
    """All that was measured, in seconds."""
    frame = pd.DataFrame([asdict(one) for one in figures])
    totals = pd.DataFrame(frame.pop("totals").tolist(), columns=[f"total of {number}" for number in CALLS])
    return frame.join(totals)


def _versions(figures: Sequence[Figure]) -> pd.DataFrame:
    """Say, for each function, what its loops have become in JAX, and which kind of graph CasADi takes."""
    timed = {(one.row, one.engine) for one in figures}
    rows = [row for row in ROWS if {(row.name, "jax"), (row.name, "casadi")} <= timed]
    if not rows:
        return pd.DataFrame()
    from . import in_casadi, in_jax

    names = dict.fromkeys(row.function.__name__ for row in rows)
    as_it_is = (None, "jax.numpy")
    ways = [(name, in_jax.WRITTEN.get(name, as_it_is)[1], in_casadi.WRITTEN[name][1]) for name in names]
    return pd.DataFrame(ways, columns=["function", "jax", "casadi"])


def _of_reasons(found: Mapping[str, Timed]) -> pd.DataFrame:
    rows: dict[tuple[str, str], list[str]] = {}
    for row, each in found.items():
        for engine, reason in each.reasons.items():
            rows.setdefault((engine, reason), []).append(row)
    return pd.DataFrame([(*key, "; ".join(named)) for key, named in rows.items()], columns=["engine", "why", "rows"])
