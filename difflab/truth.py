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
from typing import ClassVar

import mpmath
import numpy as np

from .errors import InvalidArgument
from .interface import OPERATORS, Differentiator, Support
from .kernel import Kernel, Leaves, Pull, require_scalar
from .lowering.precise import PreciseFunction
from .lowering.precise_differences import Differences, SecondDifferences
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
    if digits < 15:
        raise InvalidArgument(f"digits={digits} are fewer than floating point has: ask for 15 at least.")
    directions = {"jvp": {"tangents": tangents}, "hvp": {"tangents": tangents}, "vjp": {"cotangents": cotangents}}
    given = directions.get(operator, {})
    for name, value in given.items():
        if value is None:
            raise InvalidArgument(f"The operator {operator!r} needs {name}=…, in which to differentiate.")
    prepared = Truth(digits).prepare(function, *args, argnums=argnums)
    return _exported(getattr(prepared, operator)(*args, **given))


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
        return _outputs(differences), _shaped(slopes, differences.function.output_shapes)

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        differences = Differences(at, self.digits)
        jacobian = differences.jacobian()

        def pull(cotangents: Sequence[Array]) -> Leaves:
            rows = differences.function.arithmetic.lift(_joined(cotangents))
            return _shaped(np.dot(rows, jacobian), _shapes(at.leaves))

        return _outputs(differences), pull

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
        return _outputs(differences), table

    def hessian(self, at: Point) -> Leaves:
        differences = self._second_differences(at, None)
        return _shaped(differences.hessian(), _shapes(at.leaves))

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        directions = _joined(tangents)
        differences = self._second_differences(at, directions)
        products = np.stack([differences.hessian_times(direction) for direction in directions])
        return _shaped(products, _shapes(at.leaves))

    def _second_differences(self, at: Point, directions: Array | None) -> SecondDifferences:
        differences = SecondDifferences(at, self.digits, directions)
        require_scalar(at, _outputs(differences))
        return differences


def _shaped(rows: Array, shapes: Sequence[tuple[int, ...]]) -> Leaves:
    """Cut the last axis into one array for each shape."""
    pieces = []
    start = 0
    for shape in shapes:
        stop = start + math.prod(shape)
        pieces.append(np.reshape(rows[..., start:stop], rows.shape[:-1] + shape))
        start = stop
    return pieces


def _outputs(differences: Differences) -> Leaves:
    return _shaped(differences.function.value, differences.function.output_shapes)


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
