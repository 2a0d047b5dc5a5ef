"""Methods that compute on the CPU, of functions that run on a device."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from .arrays import array, device_of, is_on_gpu, on_the_cpu
from .kernel import Kernel, Leaves
from .point import Point
from .types import Array

Result = TypeVar("Result")


class HostKernel(Kernel):
    """Runs a kernel on the CPU, wherever the arguments are, of a function that runs where they are.

    So numerical methods choose steps and take differences in one way. The kernel reads a copy of the leaves, and calls
    the function with arrays that it makes from `HostPoint.origin`, on the device; tangents are given as they are there.
    """

    def __init__(self, kernel: Kernel):
        self.kernel = kernel
        self.native = kernel.native

    def value(self, at: Point) -> Leaves:
        return Kernel.value(self, at)

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return self._there(at, lambda below: self.kernel.push(below, tangents))

    def pullback(self, at: Point) -> tuple[Leaves, Callable[[Sequence[Array]], Leaves]]:
        outputs, pull = self._below(at, self.kernel.pullback)
        place = _placing(at)
        return place(outputs), lambda cotangents: place(pull(list(map(on_the_cpu, cotangents))))

    def jacobian(self, at: Point) -> list[Leaves]:
        return self._there(at, self.kernel.jacobian)

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        return self._there(at, self.kernel.value_and_gradient)

    def gradient(self, at: Point) -> Leaves:
        return self._there(at, self.kernel.gradient)

    def hessian(self, at: Point) -> Leaves:
        return self._there(at, self.kernel.hessian)

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        return self._there(at, lambda below: self.kernel.curvature(below, tangents))

    def _there(self, at: Point, run: Callable[[Point], Result]) -> Result:
        """Give results where the arguments are."""
        found: Result = _placing(at)(self._below(at, run))
        return found

    def _below(self, at: Point, run: Callable[[Point], Result]) -> Result:
        below = HostPoint(at)
        result = run(below)
        at.output_structure = below.output_structure
        return result


class HostPoint(Point):
    """Arguments copied to the CPU, to be read there; the function is called with others, on their device."""

    __slots__ = ("_origin",)

    def __init__(self, at: Point):
        super().__init__(at.function, list(map(on_the_cpu, at.leaves)), at.constants, at.rebuild)
        self._origin = at.leaves

    @property
    def origin(self) -> list[Array]:
        return self._origin

    def outputs(self, result: Any) -> list[Array]:
        """Split a result into leaves, copied to the CPU."""
        return list(map(on_the_cpu, super().outputs(result)))


def _placing(at: Point) -> Callable[[Any], Any]:
    """Give what brings the arrays in nested lists and tuples to the device of the arguments."""
    place = next(device_of(leaf) for leaf in at.leaves if is_on_gpu(leaf))

    def there(nest: Any) -> Any:
        if isinstance(nest, (list, tuple)):
            return type(nest)(map(there, nest))
        return array(nest, device=place) if isinstance(nest, (np.ndarray, np.generic)) else nest

    return there
