"""Central differences: how much f changes between a step forward and a step back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from ..interface import Accuracy
from ..kernel import Leaves, require_scalar
from ..point import Point
from ..signature import Signature
from ..types import Array
from .differences import DifferenceKernel, difference
from .lines import Line
from .moves import HERE, Moves
from .steps import NumericalDifferentiator, stacked


@dataclass(frozen=True)
class CentralDifference(NumericalDifferentiator):
    """(f(x + t) − f(x − t)) / 2t, along each component.

    Error: t²·|f'''|/6 from truncation and ε·|f|/t from rounding, least near t = ε^(1/3), where it is
    of order ε^(2/3): 4e-11 in float64, 2e-5 in float32. Calls: 2n for a gradient or a Jacobian of n
    inputs, one more where the value is wanted; 3 for a jvp.

    Second derivatives come from values, by formula 25.3.27 of Abramowitz and Stegun, *Handbook of
    Mathematical Functions* (1964), whose points off the diagonal are only two for each pair:
    t = ε^(1/4), error of order ε^(1/2), 1.5e-8 in float64; n² + n + 1 calls for a Hessian, which is
    symmetric by construction, and 4n for a Hessian-vector product (25.3.26).

    >>> import numpy as np
    >>> prepared = CentralDifference().prepare(np.sin, 0.0)
    >>> abs(float(prepared.derivative(0.0)) - 1.0) < 1e-10
    True
    """

    name = "central_difference"
    summary = "the change of f between a step forward and a step back; error of order ε^(2/3)"
    accuracy = Accuracy(2 / 3, 1 / 2)

    def kernel(self, signature: Signature, at: Point) -> "CentralKernel":
        """Prepare nothing: the function is called as it is."""
        return CentralKernel(self)


class CentralKernel(DifferenceKernel):
    """Central differences of first and second order."""

    first_law = 1 / 3
    second_law = 1 / 4

    def slopes(self, at: Point, lines: Sequence[Line], steps: Sequence[float], value: bool) -> tuple[Leaves, Leaves]:
        """Compare the points ahead and behind."""
        pairs = (((line, sign * t),) for line, t in zip(lines, steps, strict=True) for sign in (1, -1))
        results = self.evaluate(at, chain([HERE] if value or not lines else [], pairs))
        first = next(results)
        rest = results if value else chain([first], results)
        slopes = (
            [change / (line.measured(t) - line.measured(-t)) for change in difference(next(rest), next(rest))]
            for line, t in zip(lines, steps, strict=True)
        )
        return first, stacked(slopes, first)

    def bends(self, at: Point, lines: Sequence[Line], steps: Sequence[float]) -> tuple[Leaves, Array]:
        """Take x, x ± t_i, and x ± (t_i + t_j) for i < j."""
        pairs = list(combinations(range(len(lines)), 2))
        results = self.evaluate(at, _around(lines, steps, pairs))
        centre = next(results)
        require_scalar(at, centre)
        changes = (difference(result, centre)[0] for result in results)
        single = np.array([next(changes) + next(changes) for _ in lines])
        matrix = np.diag(single)
        for i, j in pairs:
            matrix[i, j] = matrix[j, i] = (next(changes) + next(changes) - single[i] - single[j]) / 2
        exact = _lengths(lines, steps)
        return centre, matrix / np.multiply.outer(exact, exact)

    def mixed(
        self, at: Point, lines: Sequence[Line], others: Sequence[Line], steps: Sequence[float], leaps: Sequence[float]
    ) -> tuple[Leaves, Array]:
        """Take the four corners x ± t ± s, s along a tangent."""
        corners = (
            ((other, far * leap), (line, near * t))
            for other, leap in zip(others, leaps, strict=True)
            for line, t in zip(lines, steps, strict=True)
            for far, near in ((1, 1), (1, -1), (-1, 1), (-1, -1))
        )
        results = list(self.evaluate(at, corners))
        require_scalar(at, results[0])
        f = np.reshape(np.array([result[0] for result in results], float), (len(others), len(lines), 4))
        change = (f[..., 0] - f[..., 1]) - (f[..., 2] - f[..., 3])
        return results[0], change / (4 * np.multiply.outer(_lengths(others, leaps), _lengths(lines, steps)))


def _around(lines: Sequence[Line], steps: Sequence[float], pairs: Sequence[tuple[int, int]]) -> Iterator[Moves]:
    """Give x, then x ± t_i for each line, then x ± (t_i + t_j) for each pair of lines."""
    yield HERE
    for line, t in zip(lines, steps, strict=True):
        yield ((line, t),)
        yield ((line, -t),)
    for i, j in pairs:
        for sign in (1, -1):
            yield (lines[j], sign * steps[j]), (lines[i], sign * steps[i])


def _lengths(lines: Sequence[Line], steps: Sequence[float]) -> Array:
    """Give the half-distances between the points at ±t, as rounded."""
    return np.array([(line.measured(t) - line.measured(-t)) / 2 for line, t in zip(lines, steps, strict=True)])
