"""The error of a numerical derivative against its step: truncation on one side, rounding on the other."""

from collections.abc import Iterator, Sequence
from math import isfinite, nan

import numpy as np

from ..errors import InvalidArgument
from ..methods import CentralDifference, ComplexStep, ForwardDifference
from ..types import Tree
from .accuracy import derivative_in, true_result
from .case import Case, Method, bound, prepare
from .deviation import compare
from .measurement import Measurement, missing
from .worker import Worker

STEPPED = {
    "forward_difference": (ForwardDifference, tuple(map(float, np.logspace(-16, -1, 61)))),
    "central_difference": (CentralDifference, tuple(map(float, np.logspace(-16, -1, 61)))),
    "complex_step": (ComplexStep, tuple(map(float, np.logspace(-31, -1, 61)))),
}
"""The methods with a step, and the steps to take."""

ERROR = "smallest error over steps"
STEP = "best step"

MOST_VARIABLES = 4
"""More would take long, and show nothing new."""


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the smallest error over all steps and the step it is at; the whole curve is in the samples.

    For smooth functions of few variables whose truth is known, on the CPU; otherwise there are no rows.
    """
    if case.device != "cpu":
        return
    few = sum(np.size(leaf) for leaf in case.moving) <= MOST_VARIABLES
    if not case.problem.smooth or not few or not worker.call(true_result, case).ok:
        return
    for method in methods:
        if not isinstance(method, str) or method not in STEPPED:
            continue
        cell = case.cell(method)
        outcome = worker.call(curve, case, method)
        if not outcome.ok:
            yield from missing(cell, outcome.status, outcome.reason, ERROR)
            continue
        steps, errors = outcome.value
        finite = [(error, step) for step, error in zip(steps, errors, strict=True) if isfinite(error)]
        if not finite:
            yield from missing(cell, "wrong", "no step gives a finite derivative", ERROR)
            continue
        error, step = min(finite)
        samples = {"step": steps, "absolute error": errors}
        yield Measurement(cell, ERROR, error, samples=samples)
        yield Measurement(cell, STEP, step)


def curve(case: Case, method: str) -> tuple[Sequence[float], Sequence[float]]:
    """Give the steps, and the absolute error at each, `nan` where there is none; runs in the worker."""
    kind, steps = STEPPED[method]
    truth = true_result(case)
    return steps, [_error(case, kind(step=step), truth) for step in steps]


def _error(case: Case, method: Method, truth: Tree) -> float:
    try:
        return compare(derivative_in(bound(case, prepare(case, method))(), case.operator), truth)[0].absolute
    except InvalidArgument:  # The step is lost in rounding: x + step equals x.
        return nan
