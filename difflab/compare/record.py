"""What was measured: kept as it comes, written as CSV and JSON, and given as a tidy pandas frame."""

import csv
import json
from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .measurement import COLUMNS, Measurement

if TYPE_CHECKING:
    import pandas as pd


class Record:
    """All measurements of one run, in order.

    With an output directory, each one is appended to `measurements.csv` as it is added, so that
    whatever ends the run, what was measured is there.
    """

    def __init__(self, environment: Mapping[str, str], output: Path | None = None):
        self.environment = dict(environment)
        self.measurements: list[Measurement] = []
        self._stream: TextIO | None = None
        if output is not None:
            self._stream = (output / "measurements.csv").open("w", newline="", encoding="utf-8")
            self._write(COLUMNS)

    def add(self, measurements: Iterable[Measurement]) -> None:
        """Keep measurements, each at once."""
        for measurement in measurements:
            self.measurements.append(measurement)
            row = measurement.row()
            row["value"] = row["value"] if isfinite(row["value"]) else ""
            self._write(row.values())

    def close(self) -> None:
        """Close `measurements.csv`."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def frame(self) -> "pd.DataFrame":
        """Give the tidy frame: one row a figure; the environment is in its `attrs`."""
        import pandas as pd

        frame = pd.DataFrame([one.row() for one in self.measurements], columns=list(COLUMNS))
        frame.attrs["environment"] = self.environment
        return frame

    def json(self) -> str:
        """Give everything, the environment and the raw samples too, as JSON (no figure: null)."""
        document = {"environment": self.environment, "measurements": [_plain(one) for one in self.measurements]}
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)

    def _write(self, row: Iterable[Any]) -> None:
        if self._stream is not None:
            csv.writer(self._stream).writerow(row)
            self._stream.flush()


def _plain(measurement: Measurement) -> dict[str, Any]:
    row = measurement.row()
    row["value"] = _finite(row["value"])
    if measurement.samples:
        row["samples"] = {name: [_finite(x) for x in values] for name, values in measurement.samples.items()}
    return row


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
