"""Each method at a glance: the medians over all problems, and the worst of its accuracy."""

from collections.abc import Callable, Sequence
from statistics import median

from . import accuracy
from .case import FUNCTION
from .measurement import Measurement
from .table import Entry, Table, column_names, laid_out
from .units import byte_size, seconds, significant

COLUMNS: tuple[tuple[str, str, Callable[[Sequence[float]], float], Callable[[float], str]], ...] = (
    ("fewest digits", accuracy.MAIN, min, lambda digits: f"{digits:.1f}"),
    ("digits", accuracy.MAIN, median, lambda digits: f"{digits:.1f}"),
    ("× function", "time ratio", median, significant),
    ("to prepare", "prepare", median, seconds),
    ("peak memory", "peak memory", median, byte_size),
)


def overview(measurements: Sequence[Measurement]) -> Table:
    """Lay out a row for each method: how many results are right, and the figures over all problems."""
    methods = dict.fromkeys(one.cell.method for one in measurements if one.cell.method != FUNCTION)
    entries: dict[tuple[str, str], Entry] = {}
    for method in methods:
        mine = [one for one in measurements if one.cell.method == method]
        judged = [one for one in mine if one.metric == accuracy.MAIN]
        if judged:
            wrong = any(one.status == "wrong" for one in judged)
            right = f"{sum(one.status == 'ok' for one in judged)} of {len(judged)}"
            entries[method, "right"] = Entry(right, "wrong" if wrong else "ok")
        for title, metric, summarize, write in COLUMNS:
            if values := [one.value for one in mine if one.metric == metric and one.status == "ok"]:
                entries[method, title] = Entry(write(summarize(values)))
    return Table(
        "Each method over all problems",
        ("method", *column_names(entries)),
        laid_out(entries, {method: method.replace("_", " ") for method in methods}),
        "How many results are right, the worst correct digits, and medians. Times are in units of one call of the "
        "plain function, or for preparing once.",
    )
