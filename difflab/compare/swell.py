"""Expression swell: operations of the symbolic derivative, in three forms, against those of the reverse sweep."""

from collections.abc import Iterator, Sequence

from .case import FUNCTION, Case, Method
from .expressions import Swell, swell_of
from .growth import fit_growth
from .measurement import Cell, Measurement, missing
from .tape import sweep_operations
from .worker import Worker

OPERATIONS = "operations"
TREE = "operations as a tree"
GRAPH = "operations as a shared graph"
SHARED = "operations after common subexpressions"
SWEEP = "operations of the sweep"

COUNTS = {
    (FUNCTION, TREE): "f as tree",
    ("symbolic", TREE): "f′ as tree",
    ("symbolic", GRAPH): "f′ as graph",
    ("symbolic", SHARED): "f, f′ shared",
    ("reverse", SWEEP): "reverse sweep",
}
"""What is counted, by method and metric, and the short name of each count."""


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the counts of the methods `symbolic` and `reverse`, if chosen; the others have none."""
    if "symbolic" in methods:
        cell = case.cell("symbolic")
        outcome = worker.call(swell_of, case)
        if outcome.ok:
            yield from _symbolic(case.cell(FUNCTION), cell, outcome.value)
        else:
            yield from missing(case.cell(FUNCTION), outcome.status, outcome.reason, TREE)
            yield from missing(cell, outcome.status, outcome.reason, TREE, GRAPH, SHARED)
    if "reverse" in methods:
        cell = case.cell("reverse")
        outcome = worker.call(sweep_operations, case)
        if outcome.ok:
            yield Measurement(cell, SWEEP, outcome.value, OPERATIONS)
        else:
            yield from missing(cell, outcome.status, outcome.reason, SWEEP)


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


def _symbolic(function: Cell, derivative: Cell, found: Swell) -> Iterator[Measurement]:
    yield Measurement(function, TREE, found.function_tree, OPERATIONS)
    yield Measurement(derivative, TREE, found.derivative_tree, OPERATIONS)
    yield Measurement(derivative, GRAPH, found.derivative_graph, OPERATIONS)
    yield Measurement(derivative, SHARED, found.together_shared, OPERATIONS)
    yield Measurement(derivative, "time to derive", found.seconds, "s")
    yield Measurement(derivative, "generated code", found.code_bytes, "bytes")
