"""The complex step: a step along the imaginary axis, which subtracts nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement
from typing import Self

import numpy as np

from ..arrays import explain, on_the_cpu, place_of
from ..errors import InvalidArgument
from ..interface import Accuracy
from ..kernel import Leaves, require_scalar, split
from ..object_arrays import object_arrays_explained
from ..point import Point, describe
from ..signature import Signature
from ..types import Array
from .analytic import AnalyticArray, one_run, plain
from .analytic_ufuncs import joined
from .lines import Along, Line, axes
from .moves import Displacement
from .steps import NumericalDifferentiator, StepKernel, stacked


@dataclass(frozen=True)
class ComplexStep(NumericalDifferentiator):
    """Im f(x + it) / t, along each component, for functions that are analytic piece by piece.

    Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review
    40 (1998), 110–112. Error: t²·|f'''|/6, and no rounding error from subtraction, so the step may be
    so small (1e-20 of the component's magnitude; 1e-12 in float32) that the result has the accuracy
    of f itself. Calls: n for a gradient or a Jacobian of n inputs, the value included; 1 for a jvp.

    The function runs on arrays that look real and carry the imaginary part behind them
    (`difflab.methods.analytic`). Functions that are not analytic but piecewise so (abs, maximum,
    sort, norm, …) act by the real part; at a kink they take one side (abs that of positive numbers,
    maximum and max the first of equals; norm and hypot are constant at 0). What would drop the
    imaginary part (float(x), math.sin(x), functions without a continuation, complex arithmetic of
    the function's own) raises `NotDifferentiable` or `UnsupportedFunction`. float16 is computed in
    float32, the value by one more call.

    Second derivatives are central differences, in a real step, of complex-step derivatives (Lai and
    Crassidis, *Journal of Computational and Applied Mathematics* 219, 2008): t = ε^(1/3), error of
    order ε^(2/3), 4e-11 in float64; n(n + 1) calls for a Hessian, which is symmetric by construction,
    and 2n for a Hessian-vector product.

    `step` is the imaginary step; `typical` the scale of components that are exactly 0.

    >>> prepared = ComplexStep().prepare(lambda x: x**3 * abs(x), -2.0)
    >>> float(prepared.derivative(-2.0))
    32.0
    """

    name = "complex_step"
    summary = "a step along the imaginary axis, which subtracts nothing; exact to rounding"
    accuracy = Accuracy(1.0, 2 / 3)

    def kernel(self, signature: Signature, at: Point) -> "ComplexKernel":
        """Prepare nothing: the function is called as it is."""
        return ComplexKernel(self)


class ComplexKernel(StepKernel):
    """Imaginary steps along lines; real steps across them for second derivatives."""

    def call(self, at: Point, leaves: Leaves) -> Leaves:
        """Say in our words what NumPy says of the objects that `np.array([x[0], x[1]])` is made of.

        The arrays in the function belong to this call alone, so that those of an outer derivative are told from them.
        """
        with object_arrays_explained(_OBJECT_ARRAYS), one_run():
            try:
                outputs = at.call(_renewed(leaves))
            except (TypeError, ValueError) as error:
                explain(describe(at.function), [plain(leaf) for leaf in leaves], error)
                raise
            plain(outputs)  # refuses those of an outer derivative
        return [AnalyticArray(on_the_cpu(y.data)) if isinstance(y, AnalyticArray) else y for y in outputs]

    def scales(self, leaves: Leaves) -> Leaves:
        """Give |x_i|, however small, as no subtraction asks for more; `typical` for zeros."""
        return [np.where(x == 0, x.dtype.type(self.settings.typical), np.abs(x)) for x in leaves]

    def steps(self, lines: Sequence[Line], law: float, noise: float) -> list[float]:
        """Choose imaginary steps whose square vanishes beside 1; powers of two, so that dividing by them is exact."""
        step = self.settings.step
        if step is None:
            return [2.0 ** np.floor(np.log2(_imaginary_step(line))) for line in lines]
        for line in lines:
            if step < _smallest(line):
                raise InvalidArgument(
                    f"An imaginary step of {step} is too small for the argument's dtype, which has no normal numbers "
                    f"below {_smallest(line):.0e}: use a larger step, or step=None to have it chosen."
                )
        return [step / line.largest for line in lines]

    def slopes(self, at: Point, lines: Sequence[Line], steps: Sequence[float], value: bool) -> tuple[Leaves, Leaves]:
        """Take the imaginary parts; the real parts are the value itself."""
        if not lines:
            outputs = self.value(at)
            return outputs, stacked([], outputs)
        lifted = (((Imaginary(line), t),) for line, t in zip(lines, steps, strict=True))
        results = self.evaluate(at, lifted)
        first = next(results)
        slopes = ([_slope(y, t) for y in result] for result, t in zip(chain([first], results), steps, strict=True))
        stack = stacked(slopes, first)
        if value and any(x.dtype == np.float16 for x in at.leaves):  # whose complex results are of single precision
            return self.value(at), stack
        return [y.data.real[()] if isinstance(y, AnalyticArray) else y for y in first], stack

    def hessian(self, at: Point) -> Leaves:
        """Step along one component and across it along another, for all pairs of them."""
        lines = self.axes(at)
        across = list(axes(at.leaves, super().scales(at.leaves)))
        pairs = list(combinations_with_replacement(range(len(lines)), 2))
        matrix = np.empty((len(lines), len(lines)))
        for (i, j), bend in zip(pairs, self._bends(at, [(lines[i], across[j]) for i, j in pairs]), strict=True):
            matrix[i, j] = matrix[j, i] = bend
        return split(matrix, at.leaves)

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Step along each component, and across it along each tangent."""
        lines = self.axes(at)
        scales = super().scales(at.leaves)
        across = [Along(at.leaves, scales, list(tangent)) for tangent in zip(*tangents, strict=True)]
        bends = self._bends(at, [(line, other) for other in across for line in lines])
        return split(np.reshape(np.array(bends, float), (len(across), len(lines))), at.leaves)

    def _bends(self, at: Point, pairs: Sequence[tuple[Line, Line]]) -> list[float]:
        """Give the second derivative along each pair: imaginary step along the first, real ones along the second."""
        if not pairs:
            require_scalar(at, self.value(at))
            return []
        return self.resolved(at, lambda noise: self._crossed(at, pairs, noise))[1]

    def _crossed(self, at: Point, pairs: Sequence[tuple[Line, Line]], noise: float) -> tuple[Leaves, list[float]]:
        steps = self.steps([line for line, _ in pairs], self.first_law, noise)
        leaps = [max(across.resolution, noise) ** (1 / 3) * across.scale for _, across in pairs]
        points = (
            ((across, sign * leap), (Imaginary(line), t))
            for (line, across), t, leap in zip(pairs, steps, leaps, strict=True)
            for sign in (1, -1)
        )
        results = self.evaluate(at, points)
        bends = []
        for (_, across), t, leap in zip(pairs, steps, leaps, strict=True):
            ahead, behind = next(results), next(results)
            require_scalar(at, ahead)
            span = across.measured(leap) - across.measured(-leap)
            bends.append((float(_slope(ahead[0], t)) - float(_slope(behind[0], t))) / span)
        return ahead, bends


_OBJECT_ARRAYS = (
    "np.array([x[0], x[1]]), np.asarray(x) and SciPy's functions that are no ufuncs make one of values under a complex "
    "step. Write np.stack([x[0], x[1]]), leave out np.asarray, and use NumPy's functions (np.logaddexp.reduce for "
    "logsumexp); loop over x.flat, not np.nditer(x)."
)


def _imaginary_step(line: Line) -> float:
    """Give a step whose square, in units of the scale, is far below the resolution, but which does not underflow."""
    relative = 1e-12 if _is_single(line) else 1e-20
    return max(relative * line.scale, _smallest(line))


def _smallest(line: Line) -> float:
    """Give the smallest normal number of the line's dtype."""
    return float(np.finfo(np.float32 if _is_single(line) else np.float64).tiny)


def _is_single(line: Line) -> bool:
    """Say whether the coarsest leaf that moves is of single (or half) precision."""
    return line.resolution > float(np.finfo(np.float64).eps)


class Imaginary(Displacement):
    """From x to x + i·t·v; half precision has no complex numbers, and becomes single."""

    def __init__(self, line: Line):
        self.line = line

    def move(self, leaves: Leaves, t: float) -> None:
        """Move zeros along the line."""
        imaginary = _zeros(leaves)
        self.line.move(imaginary, t)
        leaves[:] = _complex(leaves, imaginary)

    @classmethod
    def move_rows(cls, stacks: Leaves, rows: Sequence[tuple[int, Self, float]]) -> None:
        """Move zeros along the lines, which are all of one kind."""
        imaginary = _zeros(stacks)
        type(rows[0][1].line).move_rows(imaginary, [(row, each.line, t) for row, each, t in rows])
        stacks[:] = _complex(stacks, imaginary)


def _zeros(leaves: Leaves) -> Leaves:
    return [np.zeros(x.shape, np.result_type(x.dtype, np.float32), like=place_of(x)) for x in leaves]


def _complex(real: Leaves, imaginary: Leaves) -> Leaves:
    return [AnalyticArray(joined(x.astype(y.dtype), y)) for x, y in zip(real, imaginary, strict=True)]


def _renewed(leaves: Leaves) -> Leaves:
    return [AnalyticArray(x.data) if isinstance(x, AnalyticArray) else x for x in leaves]


def _slope(output: Array, t: float) -> Array:
    """Give Im y / t; what is not complex is constant."""
    if not isinstance(output, AnalyticArray):
        return np.zeros(np.shape(output))
    return np.divide(output.data.imag, t, dtype=np.result_type(output.dtype, float))
