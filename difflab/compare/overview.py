"""Each method at a glance: the medians over all problems, and the worst of its accuracy."""

from collections.abc import Callable, Sequence
from statistics import median

from . import accuracy
from .case import FUNCTION
from .measurement import Measurement
from .table import Entry, Table, column_names, laid_out, row_labels
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
    kinds = dict.fromkeys(_kind(one) for one in measurements if one.cell.method != FUNCTION)
    entries: dict[tuple[tuple[str, str], str], Entry] = {}
    for method in kinds:
        mine = [one for one in measurements if _kind(one) == method]
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
        laid_out(entries, {kind: label.replace("_", " ") for kind, label in row_labels(list(kinds)).items()}),
        "How many results are right, the worst correct digits, and medians. Times are in units of one call of the "
        "plain function, or for preparing once.",
    )


def _kind(one: Measurement) -> tuple[str, str]:
    return one.cell.method, one.cell.device
