"""What the differences of real function values share: the shape of their second derivatives."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..kernel import Leaves, require_scalar, split
from ..point import Point
from ..types import Array
from .lines import Line
from .steps import StepKernel


class DifferenceKernel(StepKernel):
    """Second derivatives of scalar functions, from values alone."""

    second_law: ClassVar[float]
    """The exponent of ε in the step for second derivatives."""

    @abstractmethod
    def bends(self, at: Point, lines: Sequence[Line], steps: Sequence[float]) -> tuple[Leaves, Array]:
        """Give some outputs, and the symmetric matrix of second derivatives along all pairs of lines."""

    @abstractmethod
    def mixed(
        self, at: Point, lines: Sequence[Line], others: Sequence[Line], steps: Sequence[float], leaps: Sequence[float]
    ) -> tuple[Leaves, Array]:
        """Give some outputs, and second derivatives `(others, lines)`; `leaps` are the steps along `others`."""

    def hessian(self, at: Point) -> Leaves:
        """Ask for all pairs of components at once."""
        lines = self.axes(at)

        def attempt(noise: float) -> tuple[Leaves, Array]:
            return self.bends(at, lines, self.steps(lines, self.second_law, noise))

        return split(self.resolved(at, attempt)[1], at.leaves)

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Pair each component with each tangent."""
        lines, others = self.axes(at), self.along(at, tangents)
        if not lines:
            require_scalar(at, self.value(at))
            return split(np.zeros((len(others), 0)), at.leaves)

        def attempt(noise: float) -> tuple[Leaves, Array]:
            steps, leaps = (self.steps(some, self.second_law, noise) for some in (lines, others))
            return self.mixed(at, lines, others, steps, leaps)

        return split(self.resolved(at, attempt)[1], at.leaves)


def difference(left: Leaves, right: Leaves) -> Leaves:
    """Subtract outputs leaf by leaf, in float64 at least, so that narrow and integer results lose nothing."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is an honest NaN
        return [np.subtract(y, z, dtype=np.result_type(y, float)) for y, z in zip(left, right, strict=True)]
