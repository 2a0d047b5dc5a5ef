"""The extrapolation table of Richardson and Romberg, with Ridders' choice of the best entry."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..types import Array, Tree

CONTRACTION = 2.0
"""Each step of the ladder is the one before it divided by this; a power of two keeps steps exact."""
SAFETY = 2.0
"""Margin on error estimates."""


class Estimate(NamedTuple):
    """A derivative and a bound on its error, both of the same structure and shapes."""

    value: Tree
    error: Tree


def extrapolate(rungs: Sequence[Array], noises: Sequence[Array], order: int = 1) -> Estimate:
    """Extrapolate approximations A(t), with error series in t², t⁴, …, to t = 0, entry by entry.

    The table is A[i, j] = A[i, j-1] + (A[i, j-1] − A[i-1, j-1]) / (4^j − 1), in which entry (i, j)
    uses the steps i − j to i. Its error is estimated by its distance from the two entries it was made
    from (Ridders 1982; *Numerical Recipes*, third edition, section 5.7), plus the rounding that it
    carries. Each row gives its best entry; to its error comes the noise of the function itself, as seen
    between the last rows, and its distance from the rows of smaller steps, where theirs do not explain
    it, so that large steps which agree by accident (a sine sampled at whole periods) do not win.

    Args:
        rungs: A(t) at the steps t, t/2, t/4, …; those that are not finite are passed over.
        noises: the rounding error of each, if f is as accurate as its dtype.
        order: of the derivative: the noise of A grows as t^−order.
    """
    table = _table(rungs)
    seen = _noise_seen(table, order)
    values, errors = [], []
    for i, (row, carried) in enumerate(zip(table, _table(noises, signs=-1), strict=True)):
        best, error = np.full_like(row[0], np.nan), np.full_like(row[0], np.inf)
        for j in range(1, i + 1):
            made_from = row[j - 1], table[i - 1][j - 1]
            spread = np.maximum(*(np.abs(row[j] - entry) for entry in made_from)) + carried[j]
            best, error = np.where(spread < error, row[j], best), np.fmin(spread, error)
        values.append(best)
        errors.append(error + seen * CONTRACTION ** (order * i))
    return _most_trusted(values, errors)


def _table(rungs: Sequence[Array], signs: int = 1) -> list[list[Array]]:
    """Give the rows of the table; with `signs=-1` of the bounds on its noise, which add up where values cancel."""
    rows: list[list[Array]] = []
    for rung in rungs:
        row = [rung]
        for j, other in enumerate(rows[-1] if rows else (), 1):
            row.append(row[-1] + (row[-1] - signs * other) / (CONTRACTION ** (2 * j) - 1))
        rows.append(row)
    return rows


def _noise_seen(table: Sequence[Sequence[Array]], order: int) -> Array:
    """Estimate the noise of the first rung from the last rows, where steps are small and noise is large.

    In each row that is its smallest difference, in any column, from the row above, as truncation
    spoils the first columns; the larger of the last two rows counts, as one may be small by accident.
    """
    seen = np.zeros_like(table[0][0])
    for i in range(max(2, len(table) - 2), len(table)):
        differences = [np.abs(here - above) for here, above in zip(table[i][1:], table[i - 1][1:], strict=False)]
        seen = np.fmax(seen, np.fmin.reduce(differences) / CONTRACTION ** (order * i))
    return SAFETY * seen


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
