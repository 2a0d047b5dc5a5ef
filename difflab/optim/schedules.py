"""Learning rates that change from step to step, each a function of the number of steps done before.

An optimizer takes a schedule in place of a rate, `Adam(parameters, rate=CosineDecay(0.001, steps=1000))`, and its state
says how far it has come. For a schedule by epochs, give its settings in steps: epochs · len(loader).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import cos, pi, sqrt
from typing import final

from .settings import require_between, require_not_negative, require_positive, require_whole


class Schedule(ABC):
    """Gives the learning rate of each step."""

    @abstractmethod
    def __call__(self, step: int) -> float:
        """Give the rate of a step; the first is 0."""


@final
@dataclass(frozen=True)
class StepDecay(Schedule):
    """Multiplies the rate by a factor every so many steps: η · γ^⌊t / every⌋.

    >>> schedule = StepDecay(1.0, every=2, factor=0.5)
    >>> [schedule(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        require_not_negative("StepDecay", {"rate": self.rate})
        require_whole("StepDecay", {"every": self.every})
        require_positive("StepDecay", {"factor": self.factor})

    def __call__(self, step: int) -> float:
        return self.rate * self.factor ** (step // self.every)


@final
@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """Multiplies the rate by a factor at each step: η · γᵗ.

    >>> schedule = ExponentialDecay(1.0, factor=0.5)
    >>> [schedule(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """

    rate: float
    factor: float

    def __post_init__(self) -> None:
        require_not_negative("ExponentialDecay", {"rate": self.rate})
        require_positive("ExponentialDecay", {"factor": self.factor})

    def __call__(self, step: int) -> float:
        return self.rate * self.factor**step


@final
@dataclass(frozen=True)
class CosineDecay(Schedule):
    """Lets the rate fall along half a cosine: η₁ + (η − η₁) (1 + cos(π t / T)) / 2, and stay at η₁ after T steps.

    I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017), equation 5, without
    the restarts.

    >>> schedule = CosineDecay(1.0, steps=4, final=0.5)
    >>> [round(schedule(step), 4) for step in range(6)]
    [1.0, 0.9268, 0.75, 0.5732, 0.5, 0.5]
    """

    rate: float
    steps: int
    final: float = 0.0

    def __post_init__(self) -> None:
        require_not_negative("CosineDecay", {"rate": self.rate, "final": self.final})
        require_whole("CosineDecay", {"steps": self.steps})

    def __call__(self, step: int) -> float:
        return _along_cosine(self.rate, self.final, step / self.steps)


@final
@dataclass(frozen=True)
class WarmUp(Schedule):
    """Lets the rate rise in a line to that of another schedule, or to a fixed one, which then begins.

    Of n steps, the one after t others has (t + 1) / n of the rate. P. Goyal et al., "Accurate, large minibatch SGD"
    (2017), arXiv:1706.02677, section 2.2.

    >>> schedule = WarmUp(4, then=ExponentialDecay(1.0, factor=0.5))
    >>> [schedule(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 0.5]
    """

    steps: int
    then: Schedule | float

    def __post_init__(self) -> None:
        require_whole("WarmUp", {"steps": self.steps})
        if not isinstance(self.then, Schedule):
            require_not_negative("WarmUp", {"then": self.then})

    def __call__(self, step: int) -> float:
        share = min((step + 1) / self.steps, 1.0)
        return share * (self.then(max(step - self.steps, 0)) if isinstance(self.then, Schedule) else self.then)


@final
@dataclass(frozen=True)
class OneCycle(Schedule):
    """Lets the rate rise along half a cosine to a peak, then fall along another to almost nothing, where it stays.

    L. N. Smith, N. Topin, "Super-convergence: very fast training of neural networks using large learning rates" (2018),
    arXiv:1708.07120. The rate begins at peak / `start_divisor`, rises for the share `rising` of all steps, and ends,
    with the last of `steps`, at the first rate / `end_divisor`.

    >>> schedule = OneCycle(1.0, steps=11, rising=0.5, start_divisor=5, end_divisor=100)
    >>> [round(schedule(step), 3) for step in (0, 2, 4, 7, 10)]
    [0.2, 0.531, 0.976, 0.572, 0.002]
    """

    peak: float
    steps: int
    rising: float = 0.3
    start_divisor: float = 25.0
    end_divisor: float = 1e4

    def __post_init__(self) -> None:
        divisors = {"start_divisor": self.start_divisor, "end_divisor": self.end_divisor}
        require_not_negative("OneCycle", {"peak": self.peak})
        require_positive("OneCycle", divisors)
        require_whole("OneCycle", {"steps": self.steps})
        require_between("OneCycle", {"rising": self.rising})

    def __call__(self, step: int) -> float:
        top = self.rising * self.steps - 1
        first = self.peak / self.start_divisor
        if step < top:
            return _along_cosine(first, self.peak, step / top)
        return _along_cosine(self.peak, first / self.end_divisor, (step - top) / (self.steps - 1 - top))


def square_root_scaled(rate: float, batch_size: int, reference: int) -> float:
    """Scale a rate that suits batches of size `reference` to another size, by the square root: η √(batch / reference).

    So the noise that a step brings into the weights keeps its size: the variance of a mean over a batch falls with the
    batch's size. A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014),
    arXiv:1404.5997, section 5. Raises `InvalidArgument` if a number is out of range.

    >>> square_root_scaled(0.01, batch_size=400, reference=100)
    0.02
    """
    require_not_negative("square_root_scaled", {"rate": rate})
    require_whole("square_root_scaled", {"batch_size": batch_size, "reference": reference})
    return rate * sqrt(batch_size / reference)


def _along_cosine(begin: float, end: float, share: float) -> float:
    """Go a share of the way from one number to another, slowly at both ends; beyond, stay there."""
    return end + (begin - end) * (1 + cos(pi * min(share, 1.0))) / 2
