"""The law by which a cost grows with the size: fitted, and named."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EXACT = 0.02
"""Relative misfit below which a straight line is taken for the law, the others being richer."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A fitted law of growth: "constant", "linear", "polynomial" or "exponential".

    `rate` is the increase per unit of size (linear), the exponent p of size**p (polynomial), or
    the factor for each unit of size (exponential); 0 for a constant.
    """

    law: str
    rate: float

    def __str__(self) -> str:
        match self.law:
            case "constant":
                return "constant"
            case "linear":
                return f"linear, {self.rate:.3g} n"
            case "polynomial":
                return f"polynomial, n^{self.rate:.2g}"
            case _:
                return f"exponential, {self.rate:.3g}ⁿ"


def fit_growth(sizes: Sequence[float], costs: Sequence[float]) -> Growth | None:
    """Fit the law of growth of `costs` over growing `sizes`; None with fewer than 4 that are positive.

    A straight line is the law if it fits to 2%. Otherwise the better of two fits is: log(cost)
    against size (exponential) or against log(size) (polynomial), by their residuals. The law is
    about large sizes, so that only the larger half, at least five, is fitted.

    >>> print(fit_growth([2, 3, 4, 5, 6], [5, 7, 9, 11, 13]))
    linear, 2 n
    >>> print(fit_growth([2, 4, 8, 16, 32], [4, 16, 64, 256, 1024]))
    polynomial, n^2
    >>> print(fit_growth([2, 3, 4, 5, 6, 7, 8], [3, 8, 18, 38, 78, 158, 318]))
    exponential, 2.05ⁿ
    """
    points = [(size, cost) for size, cost in zip(sizes, costs, strict=True) if cost > 0]
    if len(points) < 4:
        return None
    kept = max(5, (len(points) + 1) // 2)
    size, cost = np.array(points[-kept:], float).T
    if np.ptp(cost) <= EXACT * cost.max():
        return Growth("constant", 0.0)
    slope, misfit = _line(size, cost, 1 / cost)
    if misfit < EXACT:
        return Growth("linear", slope)
    rate, of_exponential = _line(size, np.log(cost), np.ones_like(cost))
    exponent, of_polynomial = _line(np.log(size), np.log(cost), np.ones_like(cost))
    if of_exponential < of_polynomial:
        return Growth("exponential", float(np.exp(rate)))
    return Growth("polynomial", exponent)


def _line(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Give the slope of the weighted least-squares line, and the root mean square of its weighted residuals."""
    slope, offset = np.polyfit(x, y, 1, w=weights)
    residuals = weights * (slope * x + offset - y)
    return float(slope), float(np.sqrt(np.mean(residuals**2)))
