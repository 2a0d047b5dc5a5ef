"""What the numerical methods share: their settings, the choice of steps, and the calls of the function.

They treat the function as a black box: nothing here, nor in the methods built on it, reads a
derivative rule.

Steps. A formula whose truncation error grows as t^p and whose rounding error grows as ε/t^q is most
accurate near t = ε^(1/(p+q)); each method states its law. The unit of t along a component is its
scale max(|x_i|, typical), after Dennis and Schnabel, *Numerical Methods for Unconstrained
Optimization and Nonlinear Equations* (1996), section 5.4: |x_i| alone would step too little near
zero, where the rounding of f no longer shrinks with x_i. Along a tangent, t is the largest step
by which no component moves further than its own step. ε is the resolution of the coarsest dtype
among the moving leaves and the results.
"""

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from numbers import Real
from types import MappingProxyType
from typing import ClassVar, TypeVar

import numpy as np

from ..carrier import refuse_carriers
from ..errors import InvalidArgument
from ..interface import OPERATORS, Differentiator, OnDevices, Support
from ..kernel import Kernel, Leaves, by_input, floating, require_scalar
from ..point import Point, describe
from ..types import Array
from .lines import Along, Line, axes, resolution
from .moves import HERE, Moves, point_at, points_at

Result = TypeVar("Result")

BATCH_BYTES = 2**28
"""How much memory the points of one call take at most, unless a single one takes more; what the function makes of them
takes several times as much, and a GPU has a few gigabytes."""

NATIVE: MappingProxyType[str, Support] = MappingProxyType(
    {operator: "derived" if operator == "vjp" else "native" for operator in OPERATORS}
)
"""All operators follow from function values; a vjp takes the whole Jacobian."""


@dataclass(frozen=True)
class NumericalDifferentiator(Differentiator):
    """Settings of the methods that take steps.

    Args:
        step: the absolute step, in the units of the argument: the distance that each component is
            moved (along a tangent: that its fastest component is moved). None chooses it, and chooses
            larger ones for second derivatives, where a step of one's own serves both.
        typical: the magnitude below which a component counts as small, for the chosen steps; set it
            to the size of the argument where that is far below 1 (say 1e-9 for lengths in
            nanometres), or where the domain ends nearer than a step.
        batch: whether the function takes many points at once, stacked on a new leading axis of
            every differentiated array (its other arguments stay as they are), and returns as many
            results on a leading axis. It is then called once with all the points of a formula, in parts of
            `BATCH_BYTES` where they take more memory; points and values are made where the arguments are.

    A function value that is not finite gives derivatives that are not finite.
    """

    step: float | None = None
    typical: float = 1.0
    batch: bool = False

    reads_rules = False
    on_devices: ClassVar[OnDevices] = "function"
    operators = NATIVE

    def __post_init__(self) -> None:
        for name in ("step", "typical"):
            setting = getattr(self, name)
            if setting is not None and not (isinstance(setting, Real) and 0 < float(setting) < math.inf):
                raise InvalidArgument(f"{name}={setting!r} of {type(self).__name__}: use a positive number.")


class StepKernel(Kernel):
    """First derivatives from function values on lines through the point."""

    native = "push"
    first_law: ClassVar[float] = 0.0
    """The exponent of ε in the step for first derivatives."""

    def __init__(self, settings: NumericalDifferentiator):
        self.settings = settings

    @abstractmethod
    def slopes(self, at: Point, lines: Sequence[Line], steps: Sequence[float], value: bool) -> tuple[Leaves, Leaves]:
        """Give the outputs at the first point visited, which is x itself if `value`, and the derivatives.

        These are `(lines, *y.shape)` for each output leaf, in float64 at least.
        """

    def value(self, at: Point) -> Leaves:
        """Call the function at the point itself."""
        return next(self.evaluate(at, [HERE]))

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        """Take one line for each tangent."""
        return self._columns(at, self.along(at, tangents), value=True)

    def columns(self, at: Point) -> tuple[Leaves, Leaves]:
        """Take one line for each component."""
        return self._columns(at, self.axes(at), value=True)

    def jacobian(self, at: Point) -> list[Leaves]:
        """Spare the call for the value, where the formula does not use it."""
        outputs, columns = self._columns(at, self.axes(at), value=False)
        return by_input(columns, outputs, at.leaves)

    def gradient(self, at: Point) -> Leaves:
        """Spare the call for the value, where the formula does not use it."""
        outputs, columns = self._columns(at, self.axes(at), value=False)
        require_scalar(at, outputs)
        return by_input(columns, outputs, at.leaves)[0]

    def steps(self, lines: Sequence[Line], law: float, noise: float) -> list[float]:
        """Choose the step along each line, for results of resolution `noise`."""
        if self.settings.step is None:
            return [max(line.resolution, noise) ** law * line.scale for line in lines]
        return self.fixed_steps(lines, self.settings.step)

    def fixed_steps(self, lines: Sequence[Line], step: float) -> list[float]:
        """Take the same absolute step along every line; refuse one that rounding would swallow."""
        steps = [step / line.largest for line in lines]
        if any(line.measured(t) == 0 for line, t in zip(lines, steps, strict=True)):
            raise InvalidArgument(
                f"A step of {step} is lost in rounding: x + {step} equals x for a component of the point. "
                f"Use a larger step, or step=None to have it chosen."
            )
        return steps

    def evaluate(self, at: Point, points: Iterable[Moves]) -> Iterator[Leaves]:
        """Call the function at points, described by their moves: in turn, or with many in one call if it takes batches.

        Each call gets copies: a function that writes into its argument spoils no other point.
        """
        if self.settings.batch:
            return _alike(at, self._in_batches(at, points))
        return _alike(at, (self.call(at, point_at(at.origin, moves)) for moves in points))

    def _in_batches(self, at: Point, points: Iterable[Moves]) -> Iterator[Leaves]:
        refuse_carriers(at.leaves)
        remaining = iter(points)
        largest = max(1, BATCH_BYTES // max(1, sum(leaf.nbytes for leaf in at.origin)))
        while many := list(islice(remaining, largest)):
            outputs = self.call(at, points_at(at.origin, many))
            for output in outputs:
                if np.shape(output)[:1] != (len(many),):
                    raise InvalidArgument(
                        f"{describe(at.function)} was called with batch=True on {len(many)} points stacked on a "
                        f"leading axis and returned shape {np.shape(output)}: return one result for each point, on a "
                        f"leading axis of length {len(many)}, or leave batch=False."
                    )
            yield from map(list, zip(*outputs, strict=True))

    def call(self, at: Point, leaves: Leaves) -> Leaves:
        """Call the function once."""
        outputs = at.call(leaves)
        refuse_carriers(outputs)
        return outputs

    def resolved(self, at: Point, attempt: Callable[[float], tuple[Leaves, Result]]) -> tuple[Leaves, Result]:
        """Attempt with the arguments' resolution, and again if the results turn out to be coarser than that."""
        outputs, result = attempt(0.0)
        noise = max(resolution(y) for y in outputs)
        if self.settings.step is None and noise > min(resolution(x) for x in at.leaves):
            return attempt(noise)
        return outputs, result

    def _columns(self, at: Point, lines: Sequence[Line], value: bool) -> tuple[Leaves, Leaves]:
        def attempt(noise: float) -> tuple[Leaves, Leaves]:
            return self.slopes(at, lines, self.steps(lines, self.first_law, noise), value or not lines)

        outputs, slopes = self.resolved(at, attempt)
        return outputs, [slope.astype(floating(y)) for slope, y in zip(slopes, outputs, strict=True)]

    def axes(self, at: Point) -> list[Line]:
        """Give the line along each component."""
        refuse_carriers(at.leaves)
        return list(axes(at.leaves, self.scales(at.leaves)))

    def along(self, at: Point, tangents: Sequence[Array]) -> list[Line]:
        """Give the line along each of `k` tangents."""
        refuse_carriers([*at.leaves, *tangents])
        scales = self.scales(at.leaves)
        return [Along(at.leaves, scales, list(tangent)) for tangent in zip(*tangents, strict=True)]

    def scales(self, leaves: Leaves) -> Leaves:
        """Give the unit of the steps for each component, max(|x_i|, typical)."""
        return [np.maximum(np.abs(x), x.dtype.type(self.settings.typical)) for x in leaves]


def _alike(at: Point, results: Iterator[Leaves]) -> Iterator[Leaves]:
    """Pass results on, and refuse one whose shapes are not those of the first."""
    first: list[tuple[int, ...]] | None = None
    for result in results:
        shapes = [np.shape(y) for y in result]
        if first is not None and shapes != first:
            raise InvalidArgument(
                f"{describe(at.function)} returned shapes {first} at one point and {shapes} at another, a step away: "
                f"differences need results of one shape. Use np.where instead of selecting entries by their values."
            )
        first = shapes
        yield result


def stacked(slopes: Iterable[Leaves], outputs: Leaves) -> Leaves:
    """Join the derivatives along each line into `(lines, *y.shape)` for each output leaf."""
    by_line = list(slopes)
    columns = [np.array([slope[number] for slope in by_line]) for number in range(len(outputs))]
    return [np.reshape(c, (len(by_line), *np.shape(y))) for c, y in zip(columns, outputs, strict=True)]
