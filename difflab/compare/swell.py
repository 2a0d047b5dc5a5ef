"""Expression swell: operations of the symbolic derivative, in three forms, against those of the reverse sweep."""

from collections.abc import Iterator, Sequence

from .case import Case, Method
from .growth import fit_growth
from .measurement import Cell, Measurement
from .worker import Worker

OPERATIONS = "operations"

COUNTS = {
    ("function", "operations as tree"): "f as tree",
    ("symbolic", "operations as tree"): "f′ as tree",
    ("symbolic", "operations as shared graph"): "f′ as graph",
    ("symbolic", "operations after common subexpressions"): "f, f′ shared",
    ("reverse", "operations of the sweep"): "reverse sweep",
}
"""What is counted, by method and metric, and the short name of each count."""


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the counts."""
    yield from ()


def growth_rows(measurements: Sequence[Measurement]) -> Iterator[Measurement]:
    """Fit the law of growth of every count over the sizes it was measured at.

    The value is the law's rate (see `Growth`), the unit the law's name, the size the largest one fitted.
    """
    series: dict[tuple[str, str, str, str], dict[int, tuple[Cell, float]]] = {}
    for one in measurements:
        if one.unit == OPERATIONS and one.status == "ok":
            key = (one.cell.problem, one.cell.method, one.cell.operator, one.metric)
            series.setdefault(key, {})[one.cell.size] = one.cell, one.value
    for (*_, metric), found in series.items():
        sizes = sorted(found)
        growth = fit_growth(sizes, [found[size][1] for size in sizes])
        if growth is not None:
            yield Measurement(found[sizes[-1]][0], f"growth of {metric}", growth.rate, growth.law)
