"""Repeatability: whether a device gives the same result, to the bit, each time that it is asked.

Sums by atomic additions, as of repeated indices, come in the order in which threads happen to arrive.
"""

from collections.abc import Iterator, Sequence
from math import isfinite

import numpy as np

from ..structure import flatten
from .accuracy import derivative_in
from .case import Case, Method, brought_back, on_its_device
from .measurement import Measurement, missing
from .parity import difference, permitted
from .prepared import prepared
from .worker import Worker

SPREAD = "spread of ten runs"
RUNS = 10


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the largest difference of ten results of each method from the first; for devices other than the CPU."""
    if case.device == "cpu":
        return
    for method in methods:
        outcome = worker.call(differences, case, method)
        if not outcome.ok:
            yield from missing(case.cell(method), outcome.status, outcome.reason, SPREAD)
            continue
        yield _row(case, method, *outcome.value)


def _row(case: Case, method: Method, changed: int, found: Sequence[float]) -> Measurement:
    """Give the row of ten runs; it is `wrong` where they differ by more than two devices may."""
    cell = case.cell(method)
    spread = float(np.max(found))  # of which one that is not a number makes none
    same = spread <= permitted(case, method, cell.dtype)
    how = "by rounding" if same else "by more than rounding" if isfinite(spread) else "in shape, or in what is finite"
    reason = f"{changed} of {RUNS} runs differ from the first, {how}" if changed else ""
    samples = {"difference from the first run": found}
    return Measurement(cell, SPREAD, spread, "", "ok" if same else "wrong", reason, samples)


@on_its_device
def differences(case: Case, method: Method) -> tuple[int, Sequence[float]]:
    """Give how many of ten results differ from the first, and by how much of its size each; runs in the worker."""
    ready = prepared(case, method)
    runs = [derivative_in(brought_back(ready.call()), case.operator) for _ in range(RUNS)]
    leaves = [flatten(run)[0] for run in runs]
    same = [all(map(_same, each, leaves[0])) for each in leaves]
    return same.count(False), [difference(run, runs[0]) for run in runs]


def _same(one: object, other: object) -> bool:
    return np.asarray(one).tobytes() == np.asarray(other).tobytes()
