"""How far a result is from the truth: absolute, relative and ULP error, and correct digits."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2, nan
from typing import Any

import mpmath
import numpy as np

from ..interface import Accuracy
from ..structure import flatten
from ..types import Array, Tree
from .measurement import Cell, Measurement

SECOND_ORDER = ("hessian", "hvp")

MARGIN = 500
"""The most that the constant of a method's law and the condition of a problem may come to; half of it has been met."""

DIGITS = 60
TRUTH = 1e-30
"""Relative error that the truth itself may have, with room to spare; what is nearer counts as exact."""


@dataclass(frozen=True, slots=True)
class Errors:
    """The errors of one derivative. `nan` throughout if an entry of it is not finite."""

    absolute: float
    """The largest error of an entry."""
    relative: float
    """The largest error over the largest entry of the truth (the error itself, if the truth is zero)."""
    ulp: float
    """The largest error of an entry in units in the last place of that entry's true value."""
    digits: float
    """Correct decimal digits of the largest entry: -log10(relative), at most what the dtype holds."""


def compare(result: Tree, truth: Tree) -> tuple[Errors, str]:
    """Compare a derivative with the truth (leaves: object arrays of `mpmath.mpf`, or floats).

    Gives the errors, and a sentence on what is wrong with the result whatever the tolerance (its
    structure, its shape, an entry that is not finite), empty if nothing is.
    """
    found, structure = flatten(result)
    expected, true_structure = flatten(truth)
    if structure != true_structure:
        return _no_errors(), f"has the structure [{structure}] instead of [{true_structure}]"
    for one, other in zip(found, expected, strict=True):
        if np.shape(one) != np.shape(other):
            return _no_errors(), f"has shape {np.shape(one)} instead of {np.shape(other)}"
    values = np.concatenate([np.ravel(np.asarray(leaf)) for leaf in found])
    exact = [number for leaf in expected for number in np.ravel(np.asarray(leaf, dtype=object))]
    if not np.all(np.isfinite(values)):
        bad = int(np.count_nonzero(~np.isfinite(values)))
        return _no_errors(), f"{bad} of {values.size} entries are not finite"
    return _errors(values, exact), ""


def tolerance(accuracy: Accuracy, operator: str, exact: float, dtype: str) -> float:
    """Give the relative error up to which a result counts as right, by the law that its method declares.

    `exact` is what the problem's condition allows a method without truncation error in float64; it grows with
    the ε of `dtype`. Others may err by `MARGIN` ε^p.

    >>> f"{tolerance(Accuracy(first=1 / 2), 'gradient', 1e-12, 'float64'):.1e}"
    '7.5e-06'
    """
    power = accuracy.second if operator in SECOND_ORDER else accuracy.first
    epsilon = float(np.finfo(coarsest(dtype)).eps)
    rounding = exact * epsilon / float(np.finfo(np.float64).eps)
    return rounding if power == 1 else max(rounding, MARGIN * epsilon**power)


def coarsest(dtype: str) -> str:
    """Give the least precise of the dtypes of a cell.

    >>> coarsest("float32+float64")
    'float32'
    """
    return max(dtype.split("+"), key=lambda part: float(np.finfo(part).eps))


def rows(cell: Cell, result: Tree, truth: Tree, allowed: float, note: str = "") -> Iterator[Measurement]:
    """Give the rows of one derivative; they are `wrong` if its relative error is above `allowed`, else have `note`."""
    errors, fault = compare(result, truth)
    if not fault and not errors.relative <= allowed:
        fault = f"relative error {errors.relative:.1e} is above the {allowed:.0e} expected"
    for metric, value, unit in (
        ("absolute error", errors.absolute, ""),
        ("relative error", errors.relative, ""),
        ("ulp error", errors.ulp, "ulp"),
        ("correct digits", errors.digits, "digits"),
    ):
        yield Measurement(cell, metric, value, unit, "wrong" if fault else "ok", fault or note)


def _errors(values: Array, exact: list[Any]) -> Errors:
    with mpmath.workdps(DIGITS):
        scale = max((abs(true) for true in exact), default=mpmath.mpf(0))
        differences = [_gap(value, true, TRUTH * scale) for value, true in zip(values, exact, strict=True)]
        absolute = max(differences, default=mpmath.mpf(0))
        relative = absolute / scale if scale else absolute
        ulps = [_ulps(gap, true, scale, values.dtype) for gap, true in zip(differences, exact, strict=True)]
        return Errors(float(absolute), float(relative), max(ulps, default=0.0), _digits(float(relative), values.dtype))


def _gap(value: Array, true: Any, negligible: Any) -> Any:
    gap = abs(mpmath.mpf(float(value)) - true)
    return gap if gap > negligible else mpmath.mpf(0)


def _ulps(gap: Any, true: Any, scale: Any, dtype: Any) -> float:
    """Count units in the last place; an entry that is truly zero is judged by the largest entry."""
    if not gap:
        return 0.0
    reference = dtype.type(abs(true) or scale)
    return float(gap / mpmath.mpf(float(np.spacing(reference))))


def _digits(relative: float, dtype: Any) -> float:
    most = (np.finfo(dtype).nmant + 1) / log2(10)
    return most if relative == 0 else max(0.0, min(most, -float(np.log10(relative))))


def _no_errors() -> Errors:
    return Errors(nan, nan, nan, nan)
