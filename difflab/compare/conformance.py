"""Conformance: each method through the whole suite of `difflab.conformance`, and the table of what became of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from ..arrays import unavailable_reason
from ..conformance import Outcome, cases
from ..conformance.case import STATUSES as SUITE_STATUSES
from ..conformance.scenario import PRECISIONS
from ..conformance.suite import GROUPS
from ..interface import OPERATORS
from .case import Method
from .measurement import STATUSES, Cell, Measurement, Status
from .table import WORDS, Entry, Table, column_names
from .worker import COMPILING_SECONDS, Worker

METRIC = "conformance"
"""What is asked for."""

FIGURE = "cases that work"
"""What is measured, for each group, operator and dtype; the size of the cell is how many cases there are."""

STATUS: Mapping[str, Status] = {"works": "ok", "refuses": "refused", "wrong": "wrong", "error": "error"}
"""The suite's words in those of a report."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The suite put to several methods on one device."""

    methods: tuple[Method, ...]
    device: str
    operators: tuple[str, ...] = ()
    """The operators that are asked for; all by default."""
    dtypes: tuple[str, ...] = PRECISIONS

    def __str__(self) -> str:
        return METRIC

    def measure(self, worker: Worker, _: object = None) -> Iterator[Measurement]:
        """Give a row for each method, group, operator and dtype; the budget is for each group."""
        if reason := unavailable_reason(self.device):
            yield from self._unmeasured(self.methods, reason)
            return
        for method in self.methods:
            for group in GROUPS:
                for dtype in self.dtypes:
                    yield from self._measured(worker, method, group, dtype)

    def interrupted(self, measured: Collection[str] = ()) -> Iterator[Measurement]:
        """Give rows for the methods that were not `measured`."""
        yield from self._unmeasured([method for method in self.methods if _name(method) not in measured], "interrupted")

    def _measured(self, worker: Worker, method: Method, group: str, dtype: str) -> Iterator[Measurement]:
        answer = worker.call(
            outcomes, method, group, dtype, self.device, seconds=0.0 if self.device == "cpu" else COMPILING_SECONDS
        )
        if not answer.ok:
            cell = Cell(_problem(group), 0, _name(method), "value", self.device, dtype)
            yield Measurement(cell, FIGURE, status=answer.status, reason=answer.reason)
            return
        for operator, found in answer.value.items():
            if operator in self.operators or not self.operators:
                cell = Cell(_problem(group), len(found), _name(method), operator, self.device, dtype)
                yield _measurement(cell, found)

    def _unmeasured(self, methods: Sequence[Method], reason: str) -> Iterator[Measurement]:
        for method in methods:
            cell = Cell(METRIC, 0, _name(method), "value", self.device)
            yield Measurement(cell, FIGURE, status="not measured", reason=reason)


def outcomes(method: Method, group: str, dtype: str, device: str) -> dict[str, list[tuple[str, Outcome]]]:
    """Examine a method on a group's cases, by operator: the name and the outcome of each; runs in the worker."""
    by_operator: dict[str, list[tuple[str, Outcome]]] = {}
    for case in cases(method, devices=[device], dtypes=[dtype], groups=[group]):
        by_operator.setdefault(case.operator, []).append((case.name, case.outcome()))
    return by_operator


def table(measurements: Sequence[Measurement], brief: bool = False) -> Table:
    """Lay out the suite: a row for each group and operator, or if `brief` for each group, a column for each method."""
    grouped: dict[tuple[str, str], list[Measurement]] = {}
    for one in sorted((one for one in measurements if one.metric == FIGURE), key=_place):
        group = one.cell.problem.removeprefix(_problem(""))
        row = group if brief else f"{group}: {one.cell.operator}"
        grouped.setdefault((row, one.cell.method), []).append(one)
    methods = dict.fromkeys(one.cell.method for one in measurements)
    entries = {(row, method): _entry(grouped[row, method]) for row, method in grouped}
    columns = [method for method in methods if method in column_names(entries)]
    rows = dict.fromkeys(row for row, _ in entries)
    return Table(
        "Conformance: how many cases of the suite work",
        ("group" if brief else "group and operator", *(column.replace("_", " ") for column in columns)),
        tuple((Entry(row), *(entries.get((row, column), Entry("")) for column in columns)) for row in rows),
        "Scenarios that carry their answers, laws, kinks, and promises of the interface. Where fewer work than there "
        "are, the rest is refused with a reason, or cannot be judged as too few digits are left; faults are called so.",
    )


def summary(measurements: Sequence[Measurement]) -> str:
    """Say in a sentence how much of the suite works; empty where it was not asked for."""
    mine = [one for one in measurements if one.metric == FIGURE]
    if not mine:
        return ""
    works, total = sum(map(_works, mine)), sum(one.cell.size for one in mine)
    wrong = {one.cell.method: None for one in mine if one.status in ("wrong", "error")}
    faults = f"; {', '.join(wrong)} {'have' if len(wrong) > 1 else 'has'} faults" if wrong else ""
    return f"Conformance: {works:,} of {total:,} cases work{faults}."


def _measurement(cell: Cell, found: Sequence[tuple[str, Outcome]]) -> Measurement:
    """Count what works; the status and the reason are those of the gravest case that is judged."""
    works = sum(outcome.status == "works" for _, outcome in found)
    judged = [one for one in found if one[1].status in STATUS]
    if not judged:
        return Measurement(cell, FIGURE, 0.0, "cases", "not measured", found[0][1].reason)
    name, worst = min(judged, key=lambda one: SUITE_STATUSES.index(one[1].status))
    reason = f"{name}: {worst.reason}" if worst.reason else ""
    return Measurement(cell, FIGURE, float(works), "cases", STATUS[worst.status], reason)


def _entry(found: Sequence[Measurement]) -> Entry:
    status = min((one.status for one in found), key=STATUSES.index)
    works, total = sum(map(_works, found)), sum(one.cell.size for one in found)
    if not total:
        return Entry(WORDS[status], status)
    counted = f"{works}" if works == total else f"{works} of {total}"
    return Entry(f"{counted}, {WORDS[status]}" if status in ("wrong", "error", "timeout") else counted, status)


def _works(one: Measurement) -> int:
    return int(one.value) if isfinite(one.value) else 0


def _place(one: Measurement) -> tuple[int, int]:
    """Order by group and operator."""
    groups, operators = [_problem(group) for group in GROUPS], ("value", *OPERATORS)
    group = groups.index(one.cell.problem) if one.cell.problem in groups else -1
    return group, operators.index(one.cell.operator)


def _problem(group: str) -> str:
    return f"{METRIC}: {group}"


def _name(method: Method) -> str:
    return method if isinstance(method, str) else method.name
