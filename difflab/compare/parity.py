"""Parity: whether a device gives what the CPU gives, by the same method in the same precision."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isnan, nan

import numpy as np

from ..methods import get as get_method
from ..structure import flatten
from ..types import Array, Tree
from .accuracy import result
from .case import Case, Method
from .deviation import coarsest, tolerance
from .measurement import Measurement, missing
from .worker import Worker

DIFFERENCE = "difference from the CPU"

ALLOWED = {"float64": 1e-12, "float32": 1e-5, "float16": 1e-2}
"""Of the largest entry: sums in another order, and functions that round in another way. For well-conditioned problems,
by methods that are exact to rounding."""
WELL_CONDITIONED = 1e-12
"""The tolerance of such a problem, see `problems.Problem`."""


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the largest difference of each method's result on a device from that on the CPU; none for the CPU itself."""
    if case.device == "cpu":
        return
    for method in methods:
        cell = case.cell(method)
        there = worker.call(result, case, method)
        if not there.ok:
            continue  # the reason is given with the accuracy
        here = worker.call(result, replace(case, device="cpu"), method)
        if not here.ok:
            yield from missing(cell, "not measured", f"there is no result on the CPU: {here.reason}", DIFFERENCE)
            continue
        found, allowed = difference(there.value, here.value), permitted(case, method, cell.dtype)
        fault = "" if found <= allowed else _fault(found, allowed)
        yield Measurement(cell, DIFFERENCE, found, "", "wrong" if fault else "ok", fault)


def _fault(found: float, allowed: float) -> str:
    if isnan(found):
        return "differs from the CPU in shape, or in which entries are infinite or not a number"
    return f"differs from the CPU by {found:.1e} of its size, above the {allowed:.0e} expected"


def difference(one: Tree, other: Tree) -> float:
    """Give the largest difference of an entry over the largest entry of `other`; `nan` if they are not alike.

    Entries that are infinite, or not a number, have to be so in both.

    >>> difference(np.array([1.0, np.inf]), np.array([1.5, np.inf]))
    0.3333333333333333
    """
    found, structure = flatten(one)
    expected, other_structure = flatten(other)
    if structure != other_structure or [np.shape(x) for x in found] != [np.shape(x) for x in expected]:
        return nan
    left, right = _joined(found), _joined(expected)
    finite = np.isfinite(right)
    if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return nan
    gap = float(np.max(np.abs(left[finite] - right[finite]), initial=0.0))
    scale = float(np.max(np.abs(right[finite]), initial=0.0))
    return gap / scale if scale else gap


def permitted(case: Case, method: Method, dtype: str) -> float:
    """Give the difference up to which two devices agree; methods that divide by a step magnify that of the function."""
    condition = max(case.problem.tolerance / WELL_CONDITIONED, 1.0)
    of_steps = tolerance(get_method(method).accuracy, case.operator, 0.0, dtype)
    return max(ALLOWED[coarsest(dtype)] * condition, of_steps)


def _joined(leaves: Sequence[Array]) -> Array:
    return np.concatenate([np.ravel(leaf).astype(float) for leaf in leaves])
