"""The extrapolation table of Richardson and Romberg, with Ridders' choice of the best entry."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..types import Array, Tree

CONTRACTION = 2.0
"""Each step of the ladder is the one before it divided by this; a power of two keeps steps exact."""
SAFETY = 2.0
"""Margin on the error estimate."""


class Estimate(NamedTuple):
    """A derivative and a bound on its error, both of the same structure and shapes."""

    value: Tree
    error: Tree


def extrapolate(rungs: Sequence[Array], noises: Sequence[Array]) -> Estimate:
    """Extrapolate approximations A(t), with error series in t², t⁴, …, to t = 0, entry by entry.

    The table is A[i, j] = A[i, j-1] + (A[i, j-1] − A[i-1, j-1]) / (4^j − 1), in which entry (i, j)
    uses the steps i − j to i. Its error is estimated by its distance from the two entries it was made
    from (Ridders 1982; *Numerical Recipes*, third edition, section 5.7), plus the rounding that it
    carries. Each row gives its best entry; a row's error also covers its distance from the rows of
    smaller steps, where theirs do not explain it, so that large steps which agree by accident (a sine sampled
    at whole periods) do not win.

    Args:
        rungs: A(t) at the steps t, t/2, t/4, …; those that are not finite are passed over.
        noises: a bound on the rounding error of each.
    """
    values, errors = [], []
    row: list[Array] = []
    rounding: list[Array] = []
    for rung, noise in zip(rungs, noises, strict=True):
        above, above_rounding = row, rounding
        row, rounding = [rung], [noise]
        best, error = np.full_like(rung, np.nan), np.full_like(rung, np.inf)
        for j, (other, other_rounding) in enumerate(zip(above, above_rounding, strict=True), 1):
            weight = CONTRACTION ** (2 * j) - 1
            row.append(row[-1] + (row[-1] - other) / weight)
            rounding.append(rounding[-1] + (rounding[-1] + other_rounding) / weight)
            spread = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - other)) + rounding[-1]
            best, error = np.where(spread < error, row[-1], best), np.fmin(spread, error)
        values.append(best)
        errors.append(error)
    return _most_trusted(values, errors)


def _most_trusted(values: Sequence[Array], errors: Sequence[Array]) -> Estimate:
    """Choose among the rows, from the largest steps to the smallest, the one with the least error."""
    chosen, least = values[-1], errors[-1]
    for i in range(len(values) - 2, -1, -1):
        error = errors[i]
        for value, known in zip(values[i + 1 :], errors[i + 1 :], strict=True):
            error = np.fmax(error, np.abs(values[i] - value) - SAFETY * known)
        closer = error < least
        chosen, least = np.where(closer, values[i], chosen), np.where(closer, error, least)
    return Estimate(chosen, SAFETY * least)
