"""Symbolic differentiation: the formula of the derivative, by SymPy, as NumPy source.

The function is traced, the trace becomes expressions in the entries of its arguments, these are
differentiated, their common subexpressions are found, and straight-line NumPy source is written and
compiled. The expressions hold for the path that the code took, and for the values that the other
arguments had; for others they are derived again, and kept.

On a device, functions are traced there, and the source runs on its arrays. Constants are copied to the CPU, where
formulas are derived. Each call waits for the device: for the guards, and to see whether a derivative is undefined.
"""

import inspect
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..arrays import beside, place_of
from ..batch import Batch
from ..carrier import refuse_carriers
from ..interface import OPERATORS, Differentiator, OnDevices, Support
from ..kernel import Kernel, Leaves, Pull, by_output, require_scalar, split, times
from ..lowering.expressions import Expressions
from ..point import Point
from ..signature import Signature
from ..types import Array
from .symbolic_evaluation import evaluated, readable
from .symbolic_many import at_many_points
from .symbolic_paths import Path, constants_of, derived

KEPT = 64
"""How many paths a kernel remembers: constants that change with every call would fill the memory."""

NATIVE = ("derivative", "gradient", "value_and_gradient", "jacobian", "hessian")


@dataclass(frozen=True)
class Symbolic(Differentiator):
    """Formulas of the derivatives, derived by SymPy from a trace.

    >>> prepared = Symbolic().prepare(lambda x: x**2 * np.exp(x), 1.0)
    >>> prepared.kernel.expressions(prepared.signature.point([1.0])).jacobian
    [x**2*exp(x) + 2*x*exp(x)]
    """

    simplify: bool = False
    """Whether to call `sympy.simplify` on every derivative: slow, and seldom worth it in floating point."""

    name: ClassVar[str] = "symbolic"
    summary: ClassVar[str] = "the derivative's formula, by SymPy, as NumPy source"
    reads_rules: ClassVar[bool] = False
    on_devices: ClassVar[OnDevices] = "all"
    operators: ClassVar[Mapping[str, Support]] = {
        operator: "native" if operator in NATIVE else "derived" for operator in OPERATORS
    }

    def kernel(self, signature: Signature, at: Point) -> "SymbolicKernel":
        kernel = SymbolicKernel(_names(signature), self.simplify)
        kernel.compile(at)
        return kernel


class SymbolicKernel(Kernel):
    """Evaluates compiled expressions; derives them where none hold yet."""

    native = "push"

    def __init__(self, names: Sequence[str], simplify: bool):
        self.names = names
        self.simplify = simplify
        self.paths: list[Path] = []
        """The paths met so far, the latest first."""

    def compile(self, at: Point) -> None:
        """Derive and compile the first derivatives for the path at `at`."""
        with readable(at):
            self.expressions(at).function(1)

    def expressions(self, at: Point) -> Expressions:
        """Give the expressions that hold at `at`."""
        path = self._path(at)
        at.output_structure = path.output_structure
        return path.expressions

    def _path(self, at: Point) -> Path:
        refuse_carriers(at.leaves)
        constants = constants_of(at)
        for path in self.paths:
            if path.constants == constants and path.covers(at.leaves):
                return path
        return self.derive(at, constants)

    def derive(self, at: Point, constants: Hashable) -> Path:
        """Derive expressions for the path at `at`, and keep them."""
        with readable(at):
            path = derived(at, constants, lambda graph: Expressions(graph, self.names, self.simplify))
        self.paths = [path, *self.paths[: KEPT - 1]]
        return path

    def _outputs_and_jacobian(self, at: Point) -> tuple[Leaves, Array]:
        """Give the outputs, and the Jacobian of all outputs by all inputs, `(m, n)`."""
        expressions = self.expressions(at)
        values, jacobian = evaluated(expressions, 1, at, at.leaves)
        return expressions.outputs(values), jacobian

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        outputs, jacobian = self._outputs_and_jacobian(at)
        return outputs, split(times(_joined(tangents), jacobian), outputs)

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        outputs, jacobian = self._outputs_and_jacobian(at)
        return outputs, lambda cotangents: split(times(_joined(cotangents), jacobian.T), at.leaves)

    def jacobian(self, at: Point) -> list[Leaves]:
        outputs, jacobian = self._outputs_and_jacobian(at)
        return by_output(split(jacobian, at.leaves), outputs, at.leaves)

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        outputs, jacobian = self._outputs_and_jacobian(at)
        require_scalar(at, outputs)
        return outputs, [row[0] for row in split(jacobian, at.leaves)]

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        expressions = self.expressions(at)
        require_scalar(at, expressions.outputs(np.zeros(len(expressions.values))))
        directions = _joined(tangents)
        n = directions.shape[1]
        hessian = np.reshape(evaluated(expressions, 2, at, at.leaves)[1], (n, n))
        return split(times(directions, hessian), at.leaves)

    def many(self, operator: str, batch: Batch, tangents: Sequence[Array] = ()) -> Any:
        """Give an operator at all points, those on one path at once; None where results differ in kind."""
        return at_many_points(self, operator, batch, tangents)


def _joined(directions: Sequence[Array]) -> Array:
    """Join `(k, *shape)` of each leaf to `(k, n)`, on the device if one is there."""
    place = place_of(*directions)
    flat = [np.reshape(beside(each, place), (len(each), math.prod(each.shape[1:]))) for each in directions]
    return np.concatenate(flat, axis=1)


def _names(signature: Signature) -> list[str]:
    """Name the differentiated leaves after the function's own arguments."""
    try:
        names = list(inspect.signature(signature.function).parameters)
    except (TypeError, ValueError):
        names = []
    if len(names) < len(signature.structures):
        names = [f"x{number}" for number in range(1, len(signature.structures) + 1)]
    return [path for number in signature.moving for path in signature.structures[number].paths(names[number])]
