"""The logistic map, whose symbolic derivative swells."""

from fractions import Fraction

from ..types import Array
from .problem import Known, Problem


def logistic_map(x: Array, n: int) -> Array:
    """Iterate l(1) = x, l(k+1) = 4·l(k)·(1 − l(k)) up to l(n)."""
    value = x
    for _ in range(n - 1):
        value = 4 * value * (1 - value)
    return value


def _logistic_map_derivative(x: Array, n: int) -> Array:
    """Multiply the slopes 4 − 8·l(k) along the orbit."""
    value, slope = x, 1 + 0 * x
    for _ in range(n - 1):
        slope = (4 - 8 * value) * slope
        value = 4 * value * (1 - value)
    return slope


def _logistic_map_hessian(x: Array, n: int) -> Array:
    """Differentiate the recursion of the slopes: l″(k+1) = (4 − 8·l(k))·l″(k) − 8·l′(k)²."""
    value, slope, curvature = x, 1 + 0 * x, 0 * x
    for _ in range(n - 1):
        curvature = (4 - 8 * value) * curvature - 8 * slope**2
        slope = (4 - 8 * value) * slope
        value = 4 * value * (1 - value)
    return curvature


LOGISTIC_MAP = Problem(
    name="logistic_map",
    title="logistic map l(n+1) = 4·l(n)·(1 − l(n))",
    function=logistic_map,
    arguments=lambda size: (0.2, size),
    operator="derivative",
    source="A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, Automatic Differentiation in Machine "
    "Learning: a Survey, JMLR 18 (2018), table 1",
    sizes=(1, 2, 3, 4, 5, 6, 7, 8),
    size=4,
    closed_forms={"derivative": _logistic_map_derivative, "hessian": _logistic_map_hessian},
    known=(
        Known("value", float(Fraction(112896, 390625)), "exact arithmetic", size=4),
        Known("derivative", float(Fraction(708288, 78125)), "Baydin et al. (2018), table 1, at 0.2", size=4),
    ),
    tags=frozenset({"literature", "scalar", "polynomial", "swell", "loop"}),
    notes="Written out by substitution, l(n) doubles in length with every n, and its derivative grows faster still; "
    "the shared graph and the reverse sweep grow linearly. The map is chaotic: rounding errors double with "
    "every step, as the derivative itself does on average, so larger n lose relative accuracy.",
)
