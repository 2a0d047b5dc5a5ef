"""The error of a numerical derivative against its step: truncation on one side, rounding on the other."""

from collections.abc import Iterator, Sequence
from math import isfinite

import numpy as np

from ..methods import CentralDifference, ForwardDifference
from .accuracy import true_result
from .case import Case, Method, bound
from .deviation import compare
from .measurement import Measurement, missing
from .worker import Worker

STEPPED = {
    "forward_difference": (ForwardDifference, np.logspace(-16, 0, 65)),
    "central_difference": (CentralDifference, np.logspace(-16, 0, 65)),
}
"""The methods with a step, and the steps to take."""

MOST_VARIABLES = 16
"""More would take long, and show nothing new."""


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the smallest error over all steps and the step it is at; the whole curve is in the samples.

    For smooth functions of few variables whose truth is known; otherwise there are no rows.
    """
    few = sum(np.size(leaf) for leaf in case.moving) <= MOST_VARIABLES
    if not case.problem.smooth or not few or not worker.call(true_result, case).ok:
        return
    for method in methods:
        if not isinstance(method, str) or method not in STEPPED:
            continue
        cell = case.cell(method)
        outcome = worker.call(curve, case, method)
        if not outcome.ok:
            yield from missing(cell, "smallest error over steps", outcome.status, outcome.reason)
            continue
        steps, errors = outcome.value
        finite = [(error, step) for step, error in zip(steps, errors, strict=True) if isfinite(error)]
        if not finite:
            yield from missing(cell, "smallest error over steps", "wrong", "no step gives a finite derivative")
            continue
        error, step = min(finite)
        samples = {"step": steps, "absolute error": errors}
        yield Measurement(cell, "smallest error over steps", error, samples=samples)
        yield Measurement(cell, "best step", step)


def curve(case: Case, method: str) -> tuple[list[float], list[float]]:
    """Give the steps and the absolute error at each; runs in the worker."""
    kind, steps = STEPPED[method]
    truth = true_result(case)
    errors = [compare(bound(case, kind(step=float(step)))(), truth)[0].absolute for step in steps]
    return [float(step) for step in steps], errors
