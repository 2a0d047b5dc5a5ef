"""The truth to measure methods against: differences taken in arithmetic of 60 digits and more.

A function is traced, its trace is run on mpmath numbers, and central differences are taken there:
with steps of 1e-20, relative to the arguments, their truncation error is of order 1e-40, and the
working precision is raised until rounding is smaller still. Of the table of rules, only what
functions do to values is read, never a derivative; so a wrong rule cannot hide here.

>>> import numpy as np
>>> float(true_derivative(np.exp, 1.0, operator="derivative"))
2.718281828459045
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import mpmath
import numpy as np

from .errors import InvalidArgument, NotDifferentiable
from .interface import OPERATORS, Differentiator, Support
from .kernel import Kernel, Leaves, Pull, require_scalar
from .lowering.precise import PreciseFunction
from .point import Point
from .signature import ArgumentNumbers, Signature
from .structure import flatten
from .types import Array, Function, Tree


def true_value(function: Function, *args: Tree, digits: int = 60) -> Tree:
    """Evaluate a function in arithmetic of many digits, along the path that its code takes in floating point.

    Args:
        function: plain NumPy code.
        args: arguments, taken exactly: the float 0.1 is 3602879701896397/2**55.
        digits: decimal digits to be right, where nothing cancels.

    Returns:
        The structure of the function's result; its leaves are `mpmath.mpf`, or object arrays of them.

    Raises:
        NotDifferentiable: the value is not finite.
        UnsupportedFunction: a function has no counterpart in mpmath.
    """
    moving = [number for number, arg in enumerate(args) if _is_floating(arg)]
    return _exported(Truth(digits).prepare(function, *args, argnums=moving[0] if moving else 0).value(*args))


def true_derivative(
    function: Function,
    *args: Tree,
    operator: str = "gradient",
    argnums: ArgumentNumbers = 0,
    digits: int = 60,
    tangents: Tree = None,
    cotangents: Tree = None,
) -> Tree:
    """Differentiate a function by central differences in arithmetic of many digits.

    Args:
        function: plain NumPy code.
        args: its arguments, taken exactly.
        operator: "derivative", "gradient", "value_and_gradient", "jacobian", "hessian", "jvp", "vjp" or "hvp".
        argnums: which arguments to differentiate.
        digits: two thirds of these are right in the result.
        tangents: for "jvp" and "hvp".
        cotangents: for "vjp".

    Returns:
        What the operator gives (see `Derivatives`); its leaves are `mpmath.mpf`, or object arrays of them.
        Arithmetic on them rounds to mpmath's own precision: compare within `mpmath.workdps(60)`.

    Raises:
        NotDifferentiable: the point lies on a kink, a jump or the edge of the domain.
        UnsupportedFunction: a function has no counterpart in mpmath.

    >>> squire_trapp = lambda x: np.exp(x) / (np.sin(x) ** 3 + np.cos(x) ** 3)
    >>> mpmath.nprint(true_derivative(squire_trapp, 1.5, operator="derivative"), 30)
    3.62203370071632...
    """
    if operator not in OPERATORS:
        raise InvalidArgument(f"There is no operator {operator!r}: use one of {', '.join(OPERATORS)}.")
    directions = {"jvp": {"tangents": tangents}, "hvp": {"tangents": tangents}, "vjp": {"cotangents": cotangents}}
    prepared = Truth(digits).prepare(function, *args, argnums=argnums)
    return _exported(getattr(prepared, operator)(*args, **directions.get(operator, {})))


@dataclass(frozen=True)
class Truth(Differentiator):
    """Central differences in arithmetic of many digits."""

    digits: int = 60
    """Two thirds of these are right in the results."""

    name: ClassVar[str] = "truth"
    summary: ClassVar[str] = "central differences in arithmetic of 60 digits and more"
    reads_rules: ClassVar[bool] = False
    operators: ClassVar[Mapping[str, Support]] = dict.fromkeys(OPERATORS, "native")

    def kernel(self, signature: Signature, at: Point) -> "TruthKernel":
        return TruthKernel(self.digits)


class TruthKernel(Kernel):
    """Differences of first and second order; results are object arrays of numbers of an mpmath context."""

    native = "push"

    def __init__(self, digits: int):
        self.digits = digits

    def value(self, at: Point) -> Leaves:
        function = PreciseFunction(at, self.digits + 15)
        return _shaped(function.value, function.output_shapes)

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        directions = _joined(tangents)
        differences = Differences(at, self.digits, directions)
        slopes = np.stack([differences.slope(direction) for direction in directions])
        return differences.outputs(), _shaped(slopes, differences.function.output_shapes)

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        differences = Differences(at, self.digits)
        jacobian = differences.jacobian()

        def pull(cotangents: Sequence[Array]) -> Leaves:
            rows = differences.function.arithmetic.lift(_joined(cotangents))
            return _shaped(np.dot(rows, jacobian), _shapes(at.leaves))

        return differences.outputs(), pull

    def jacobian(self, at: Point) -> list[Leaves]:
        return self._outputs_and_jacobian(at)[1]

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        outputs, table = self._outputs_and_jacobian(at)
        require_scalar(at, outputs)
        return outputs, table[0]

    def _outputs_and_jacobian(self, at: Point) -> tuple[Leaves, list[Leaves]]:
        differences = Differences(at, self.digits)
        columns = _shaped(differences.jacobian().T, differences.function.output_shapes)
        table = [_shaped(np.moveaxis(column, 0, -1), _shapes(at.leaves)) for column in columns]
        return differences.outputs(), table

    def hessian(self, at: Point) -> Leaves:
        differences = SecondDifferences(at, self.digits)
        return _shaped(differences.hessian(), _shapes(at.leaves))

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        directions = _joined(tangents)
        differences = SecondDifferences(at, self.digits, directions)
        products = np.stack([differences.hessian_times(direction) for direction in directions])
        return _shaped(products, _shapes(at.leaves))


class Differences:
    """Central differences of first order, refused where the one-sided ones disagree.

    A component moves by 10^(−digits/3) of itself (of 1 if it is zero), a direction by as much as
    suits each of its components. Rounding is kept below truncation by working with 15 digits
    more, and with as many again as the shortest step is shorter than that.

    Args:
        at: the point.
        digits: as many digits as `true_derivative` was asked for.
        directions: `(k, n)`, the directions to move in; by default, along each component.
    """

    extra_digits = 15

    def __init__(self, at: Point, digits: int, directions: Array | None = None):
        vector = np.concatenate([np.ravel(leaf) for leaf in at.leaves]).astype(float)
        self.scales = np.where(vector == 0, 1.0, np.abs(vector))
        shortest = min(
            [float(np.min(self.scales, initial=1.0)), *map(self._length, () if directions is None else directions)]
        )
        self.function = PreciseFunction(at, digits + self.extra_digits + self._missing_digits(shortest))
        self.context = self.function.arithmetic.context
        self.step = self.context.mpf(10) ** -(digits // 3)

    @staticmethod
    def _missing_digits(shortest: float) -> int:
        return max(0, -math.floor(math.log10(shortest)))

    def _length(self, direction: Array) -> float:
        """Give how far to go along a direction so that no component moves by more than its scale."""
        used = direction != 0
        return float(np.min(self.scales[used] / np.abs(direction[used]), initial=1.0)) if used.any() else 1.0

    def outputs(self) -> Leaves:
        """Give the outputs at the point, leaf by leaf."""
        return _shaped(self.function.value, self.function.output_shapes)

    def jacobian(self) -> Array:
        """Give all slopes along components, `(m, n)`."""
        return np.stack([self.slope(axis) for axis in np.eye(len(self.scales))], axis=1)

    def slope(self, direction: Array) -> Array:
        """Give the derivative along a direction, `(m,)`.

        Raises `NotDifferentiable` at a kink or a jump: there, the slopes ahead and behind do not approach each other,
        or the slope grows without bound, as the step shrinks.
        """
        length = self.step * self._length(direction)
        ahead, behind = self._one_sided(direction, length)
        slope = (ahead + behind) / 2
        gap = np.abs(ahead - behind)
        suspicious = (gap > 1e-5 * np.abs(slope)) | (np.abs(slope) > 1e10 * (1 + np.abs(self.function.value)))
        if suspicious.any():
            self._inspect(direction, length, slope, gap, suspicious)
        return slope

    def _one_sided(self, direction: Array, length: Any) -> tuple[Array, Array]:
        displacement = self.function.arithmetic.lift(direction) * length
        here = self.function.value
        return (self.function(displacement) - here) / length, (here - self.function(-displacement)) / length

    def _inspect(self, direction: Array, length: Any, slope: Array, gap: Array, suspicious: Array) -> None:
        """Shrink the step: a gap due to curvature shrinks with it, one due to a kink does not."""
        ahead, behind = self._one_sided(direction, length / 1000)
        nearer = np.abs(ahead - behind)
        negligible = 1e-25 * (1 + np.abs(self.function.value))
        kink = (nearer > gap / 10) & (nearer > negligible)
        jump = np.abs((ahead + behind) / 2) > 2 * np.abs(slope) + negligible
        found = np.flatnonzero(suspicious & (kink | jump))
        if found.size:
            one, other = (self.context.nstr(side[found[0]], 8) for side in (behind, ahead))
            raise NotDifferentiable(
                f"{self.function.name} has no derivative at this point: its slope is {one} on one side and {other} on "
                f"the other (a kink or a jump). Move the point, or ask for the derivative on one side of it."
            )


class SecondDifferences(Differences):
    """Central differences of second order of a function with one output."""

    def __init__(self, at: Point, digits: int, directions: Array | None = None):
        self.extra_digits = 15 + digits // 3  # the divisor holds one more step
        super().__init__(at, digits, directions)
        require_scalar(at, self.outputs())
        self.lengths = self.function.arithmetic.lift(self.scales) * self.step

    @staticmethod
    def _missing_digits(shortest: float) -> int:
        return 2 * Differences._missing_digits(shortest)

    def hessian(self) -> Array:
        """Give all second derivatives, `(n, n)`, by n² + n evaluations beside the value.

        ∂²f/∂x∂y = (f(s, t) − f(s, 0) − f(0, t) + 2f − f(−s, 0) − f(0, −t) + f(−s, −t)) / 2st + O(s² + t²).
        """
        n = len(self.lengths)
        moves = np.diag(self.lengths) + self.context.zero
        alone = [self._both_sides(move) for move in moves]
        hessian = np.empty((n, n), object)
        here = 2 * self.function.value[0]
        for i in range(n):
            hessian[i, i] = (alone[i] - here) / self.lengths[i] ** 2
            for j in range(i):
                mixed = self._both_sides(moves[i] + moves[j]) - alone[i] - alone[j] + here
                hessian[i, j] = hessian[j, i] = mixed / (2 * self.lengths[i] * self.lengths[j])
        return hessian

    def hessian_times(self, direction: Array) -> Array:
        """Give the Hessian times a direction, `(n,)`, by 4n evaluations."""
        length = self.step * self._length(direction)
        along = self.function.arithmetic.lift(direction) * length
        product = []
        for axis, step in enumerate(self.lengths):
            move = np.full(len(self.lengths), self.context.zero)
            move[axis] = step
            difference = self._both_sides(along + move) - self._both_sides(along - move)
            product.append(difference / (4 * length * step))
        return np.array(product, object)

    def _both_sides(self, displacement: Array) -> Any:
        return self.function(displacement)[0] + self.function(-displacement)[0]


def _shaped(rows: Array, shapes: Sequence[tuple[int, ...]]) -> Leaves:
    """Cut the last axis into one array for each shape."""
    pieces = []
    start = 0
    for shape in shapes:
        stop = start + math.prod(shape)
        pieces.append(np.reshape(rows[..., start:stop], rows.shape[:-1] + shape))
        start = stop
    return pieces


def _shapes(leaves: Sequence[Array]) -> list[tuple[int, ...]]:
    return [np.shape(leaf) for leaf in leaves]


def _joined(directions: Sequence[Array]) -> Array:
    """Join `(k, *shape)` of each leaf to `(k, n)`."""
    return np.concatenate([np.reshape(d, (len(d), -1)) for d in directions], axis=1).astype(float)


def _exported(tree: Tree) -> Tree:
    """Turn the numbers of a context into `mpmath.mpf`, keeping all digits."""
    leaves, structure = flatten(tree)
    export = np.frompyfunc(lambda number: mpmath.mp.make_mpf(number._mpf_), 1, 1)
    return structure.unflatten([export(leaf) for leaf in leaves])


def _is_floating(arg: Tree) -> bool:
    leaves, _ = flatten(arg)
    return bool(leaves) and all(np.result_type(leaf).kind == "f" for leaf in leaves)
