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
                return f"linear, +{self.rate:.3g} a step"
            case "polynomial":
                return f"polynomial, size^{self.rate:.2g}"
            case _:
                return f"exponential, ×{self.rate:.3g} a step"


def fit_growth(sizes: Sequence[float], costs: Sequence[float]) -> Growth | None:
    """Fit the law of growth of positive `costs` over growing `sizes`; None with fewer than 3 of them.

    A straight line is the law if it fits to 2%. Otherwise the better of two fits is: log(cost)
    against size (exponential) or against log(size) (polynomial), by their residuals. The law is
    about large sizes, so that only the larger half, at least five, is fitted.

    >>> print(fit_growth([2, 3, 4, 5, 6], [5, 7, 9, 11, 13]))
    linear, +2 a step
    >>> print(fit_growth([2, 4, 8, 16, 32], [4, 16, 64, 256, 1024]))
    polynomial, size^2
    >>> print(fit_growth([2, 3, 4, 5, 6, 7, 8], [3, 8, 18, 38, 78, 158, 318]))
    exponential, ×2.05 a step
    """
    if len(sizes) < 3:
        return None
    kept = max(5, (len(sizes) + 1) // 2)
    size = np.asarray(sizes[-kept:], float)
    cost = np.asarray(costs[-kept:], float)
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
