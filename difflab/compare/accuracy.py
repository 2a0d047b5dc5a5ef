"""Accuracy: each method's result against the truth, in which no method under test has a part."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ..errors import UnsupportedFunction
from ..methods import get as get_method
from ..types import Tree
from . import kinks
from .case import Case, Method, brought_back, on_its_device
from .deviation import rows, tolerance
from .measurement import Measurement, missing
from .prepared import prepared
from .worker import Outcome, Worker

MAIN = "correct digits"
"""The metric that carries the reason when a method has no result."""


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the errors of each method; without a truth, rows that say why there are none."""
    if not case.problem.smooth:
        yield from _side_by_side(case, methods, worker)
        return
    truth = _truth(replace(case, device="cpu"), worker)
    for method in methods:
        cell = case.cell(method)
        if not truth.ok:
            yield from missing(cell, "not measured", f"there is no truth to compare with: {truth.reason}", MAIN)
            continue
        outcome = worker.call(result, case, method)
        if not outcome.ok:
            yield from missing(cell, outcome.status, outcome.reason, MAIN)
            continue
        allowed = tolerance(get_method(method).accuracy, case.operator, case.problem.tolerance, cell.dtype)
        yield from rows(cell, outcome.value, truth.value, allowed, truth.reason)


def _truth(case: Case, worker: Worker) -> Outcome:
    """Give the 60-digit truth; if it takes too long or too much memory, the closed form, with a reason that says so."""
    truth = worker.call(true_result, case)
    if truth.status not in ("timeout", "out of memory") or case.operator not in case.problem.closed_forms:
        return truth
    note = f"compared with the closed form, not with the 60-digit truth, which {truth.reason}"
    closed = worker.call(closed_result, case)
    return replace(closed, reason=note) if closed.ok else truth


@on_its_device
def result(case: Case, method: Method) -> Tree:
    """Compute what the method says, and bring it to the CPU; runs in the worker."""
    return derivative_in(brought_back(prepared(case, method).result), case.operator)


def derivative_in(outcome: Tree, operator: str) -> Tree:
    """Leave out the value that some operators give beside the derivative: a large one would hide the error."""
    return outcome[1] if operator in ("value_and_gradient", "jvp", "vjp") else outcome


@lru_cache(maxsize=32)
def true_result(case: Case) -> Tree:
    """Compute the truth to 60 digits, or by the closed form if the function cannot be lowered; runs in the worker."""
    from ..truth import true_derivative

    problem = case.problem
    try:
        truth = true_derivative(
            case.function, *case.arguments, operator=case.operator, argnums=problem.argnums, **case.directions()
        )
    except UnsupportedFunction:
        if case.operator not in problem.closed_forms:
            raise
        return closed_result(case)
    return derivative_in(truth, case.operator)


def closed_result(case: Case) -> Tree:
    """Evaluate the closed form; runs in the worker."""
    return case.problem.closed_forms[case.operator](*case.arguments)


def _side_by_side(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Show what the methods say at a kink, where there is no derivative to judge them by."""
    results = {}
    for method in methods:
        outcome = worker.call(result, case, method)
        if outcome.ok:
            results[case.cell(method)] = outcome.value
        else:
            yield from missing(case.cell(method), outcome.status, outcome.reason, kinks.VALUE)
    yield from kinks.rows(results)
