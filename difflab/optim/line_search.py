"""How far to go along a direction: as far as the strong Wolfe conditions ask.

J. Nocedal, S. J. Wright, *Numerical Optimization* (2nd edition, 2006), algorithms 3.5 and 3.6, with the cubic
interpolation of equation 3.59. With φ(t) = f(x + t d), a step t is long enough and not too long if

    φ(t) ≤ φ(0) + c₁ t φ′(0)   and   |φ′(t)| ≤ c₂ |φ′(0)|.

Differences of φ below its rounding say nothing, and the slopes decide (W. W. Hager, H. Zhang, "A new conjugate gradient
method with guaranteed descent and an efficient line search", *SIAM Journal on Optimization* 16, 2005, section 4): so
minima are found to all digits of the gradient, not to half of those of f.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from ..types import Array

SUFFICIENT = 1e-4
"""c₁: the share of the promised decrease that must come about."""
CURVATURE = 0.9
"""c₂: the share of the slope that may be left, for directions that know the curvature."""
EVALUATIONS = 25
"""How often f is evaluated before the best point found so far must do."""
ROUNDING = 16
"""The rounding of f, in units of the dtype's resolution at the value where the line begins."""
_MARGIN = 0.1
"""How near to the end of its interval, as a share of it, a trial step may come."""


@dataclass(frozen=True)
class Trial:
    """A step along the direction, with f, the slope of f along the direction, and the gradient there."""

    step: float
    value: float
    slope: float
    gradient: Array


def strong_wolfe(evaluate: Callable[[float], Trial], start: Trial, first: float) -> Trial | None:
    """Find a step that fulfils the strong Wolfe conditions.

    Args:
        evaluate: from a step t > 0 to the trial there; its value need not be finite.
        start: the trial at step 0, of finite value and negative slope.
        first: the step to try first.

    Returns:
        the trial found; after `EVALUATIONS` trials the one of least value, if that is below the start's; else None, as
        where rounding hides any decrease.

    >>> import numpy as np
    >>> def along(t):
    ...     return Trial(t, (t - 3) ** 2, 2 * (t - 3), np.array([2 * (t - 3)]))
    >>> 0 < strong_wolfe(along, along(0.0), first=1.0).step < 6
    True
    """
    search = _Search(evaluate, start)
    found = search.bracketed(first)
    if found is None and search.best.value < start.value:
        return search.best
    return found


class _Search:
    def __init__(self, evaluate: Callable[[float], Trial], start: Trial):
        self.evaluate, self.start, self.best = evaluate, start, start
        self.left = EVALUATIONS
        self.noise = ROUNDING * float(np.finfo(start.gradient.dtype).eps) * abs(start.value)

    def trial(self, step: float) -> Trial:
        self.left -= 1
        trial = self.evaluate(step)
        if trial.value < self.best.value:
            self.best = trial
        return trial

    def falls_short(self, trial: Trial) -> bool:
        """Say whether f decreases less than is sufficient; so it does where it is NaN."""
        return not trial.value <= self.start.value + SUFFICIENT * trial.step * self.start.slope + self.noise

    def is_flat(self, trial: Trial) -> bool:
        return abs(trial.slope) <= -CURVATURE * self.start.slope

    def bracketed(self, step: float) -> Trial | None:
        """Go on in growing steps until one is good, or an interval must hold a good one (algorithm 3.5)."""
        before = self.start
        while self.left:
            trial = self.trial(step)
            if self.falls_short(trial) or trial.value > before.value + self.noise:
                return self.zoomed(before, trial)
            if self.is_flat(trial):
                return trial
            if trial.slope >= 0:
                return self.zoomed(trial, before)
            before, step = trial, 2 * step
        return None

    def zoomed(self, low: Trial, high: Trial) -> Trial | None:
        """Narrow an interval that holds a good step; `low` is the better of its ends (algorithm 3.6)."""
        while self.left:
            trial = self.trial(_between(low, high))
            if self.falls_short(trial) or trial.value > low.value + self.noise:
                high = trial
                continue
            if self.is_flat(trial):
                return trial
            if trial.slope * (high.step - low.step) >= 0:
                high = low
            low = trial
        return None


def _between(low: Trial, high: Trial) -> float:
    """Give the minimum of the cubic through values and slopes at two ends, or the middle where that is none."""
    width = high.step - low.step
    middle = low.step + width / 2
    if not (isfinite(high.value) and isfinite(high.slope)):
        return middle
    shape = low.slope + high.slope - 3 * (low.value - high.value) / -width
    discriminant = shape**2 - low.slope * high.slope
    if not discriminant >= 0:
        return middle
    root = sqrt(discriminant) if width > 0 else -sqrt(discriminant)
    bottom = high.slope - low.slope + 2 * root
    if bottom == 0:
        return middle
    share = 1 - (high.slope + root - shape) / bottom
    return low.step + width * min(max(share, _MARGIN), 1 - _MARGIN) if isfinite(share) else middle
