"""Forward differences: how much f changes in one small step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement

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
class ForwardDifference(NumericalDifferentiator):
    """(f(x + t) − f(x)) / t, along each component.

    Error: t·|f''|/2 from truncation and 2ε·|f|/t from rounding, least near t = ε^(1/2), where it is
    of order ε^(1/2): 1e-8 in float64, 3e-4 in float32. Calls: n + 1 for a gradient or a Jacobian of
    n inputs, the value included; 2 for a jvp.

    Second derivatives come from values (Dennis and Schnabel 1996, algorithm A5.6.2): t = ε^(1/3),
    error of order ε^(1/3), 6e-6 in float64; (n + 1)(n + 2)/2 calls for a Hessian, which is symmetric
    by construction, and 2n + 2 for a Hessian-vector product.

    >>> import numpy as np
    >>> prepared = ForwardDifference().prepare(np.exp, 0.0)
    >>> abs(float(prepared.derivative(0.0)) - 1.0) < 1e-7
    True
    """

    name = "forward_difference"
    summary = "the change of f in one small step forward; error of order ε^(1/2)"
    accuracy = Accuracy(1 / 2, 1 / 3)

    def kernel(self, signature: Signature, at: Point) -> "ForwardKernel":
        """Prepare nothing: the function is called as it is."""
        return ForwardKernel(self)


class ForwardKernel(DifferenceKernel):
    """Forward differences of first and second order."""

    first_law = 1 / 2
    second_law = 1 / 3

    def slopes(self, at: Point, lines: Sequence[Line], steps: Sequence[float], value: bool) -> tuple[Leaves, Leaves]:
        """Compare each moved point with x."""
        results = self.evaluate(at, chain([HERE], _ahead(lines, steps)))
        here = next(results)
        slopes = (
            [change / line.measured(t) for change in difference(there, here)]
            for there, line, t in zip(results, lines, steps, strict=True)
        )
        return here, stacked(slopes, here)

    def bends(self, at: Point, lines: Sequence[Line], steps: Sequence[float]) -> tuple[Leaves, Array]:
        """Take f(x + t_i + t_j) − f(x + t_i) − f(x + t_j) + f(x), for i ≤ j."""
        pairs = list(combinations_with_replacement(range(len(lines)), 2))
        doubles = (((lines[j], steps[j]), (lines[i], steps[i])) for i, j in pairs)
        results = self.evaluate(at, chain([HERE], _ahead(lines, steps), doubles))
        here = next(results)
        require_scalar(at, here)
        changes = (difference(there, here)[0] for there in results)
        single = np.array([next(changes) for _ in lines])
        matrix = np.empty((len(lines), len(lines)))
        for i, j in pairs:
            matrix[i, j] = matrix[j, i] = next(changes) - single[i] - single[j]
        exact = _lengths(lines, steps)
        return here, matrix / np.multiply.outer(exact, exact)

    def mixed(
        self, at: Point, lines: Sequence[Line], others: Sequence[Line], steps: Sequence[float], leaps: Sequence[float]
    ) -> tuple[Leaves, Array]:
        """Compare f(x + t + s) − f(x + s) with f(x + t) − f(x), s along a tangent."""
        bases = [HERE, *_ahead(others, leaps)]
        points = (base + further for base in bases for further in (HERE, *_ahead(lines, steps)))
        results = list(self.evaluate(at, points))
        require_scalar(at, results[0])
        f = np.reshape(np.array([result[0] for result in results], float), (len(bases), 1 + len(lines)))
        changes = f[:, 1:] - f[:, :1]
        lengths = np.multiply.outer(_lengths(others, leaps), _lengths(lines, steps))
        return results[0], (changes[1:] - changes[0]) / lengths


def _ahead(lines: Sequence[Line], steps: Sequence[float]) -> Iterator[Moves]:
    return (((line, t),) for line, t in zip(lines, steps, strict=True))


def _lengths(lines: Sequence[Line], steps: Sequence[float]) -> Array:
    return np.array([line.measured(t) for line, t in zip(lines, steps, strict=True)])
