"""A measurement: one figure of one cell of the comparison, or the reason why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Literal

Status = Literal["ok", "wrong", "refused", "timeout", "out of memory", "not measured", "error"]
"""What became of a cell.

`wrong`: a derivative came, and it disagrees with the truth. `refused`: the method says that it
cannot do this. `not measured`: something is missing here (a GPU, a package, an interrupted run).
"""

STATUSES: tuple[Status, ...] = ("wrong", "error", "timeout", "out of memory", "refused", "not measured", "ok")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is measured: one method, asked for one operator of one problem of one size, on one device."""

    problem: str
    size: int
    method: str
    operator: str
    device: str = "cpu"
    dtype: str = "float64"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the frame: a figure with its unit, or `nan` with the reason."""

    cell: Cell
    metric: str
    value: float = nan
    unit: str = ""
    status: Status = "ok"
    reason: str = ""
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """The raw figures behind `value`, by name (seconds of each repeat, error at each step)."""

    def row(self) -> dict[str, Any]:
        """Give the row of the tidy frame (the raw samples aside)."""
        cell = {name: getattr(self.cell, name) for name in Cell.__slots__}
        rest = ("metric", "value", "unit", "status", "reason")
        return cell | {name: getattr(self, name) for name in rest}


COLUMNS = (*Cell.__slots__, "metric", "value", "unit", "status", "reason")
"""The columns of the tidy frame, in order."""


def missing(cell: Cell, status: Status, reason: str, *metrics: str) -> Iterator[Measurement]:
    """Give a row for each metric that says why there is no figure."""
    for metric in metrics:
        yield Measurement(cell, metric, status=status, reason=reason)
