"""Methods that compute on the CPU, of functions that run on a device."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from .arrays import array, device_of, is_on_gpu, to_host
from .kernel import Kernel, Leaves
from .point import Point
from .types import Array

Result = TypeVar("Result")


class HostKernel(Kernel):
    """Runs a kernel on the CPU, wherever the arguments are; each evaluation takes them to their device, results back.

    So numerical methods choose steps and take differences in one way, and the function sees arrays of its device.
    """

    def __init__(self, kernel: Kernel):
        self.kernel = kernel
        self.native = kernel.native

    def value(self, at: Point) -> Leaves:
        return Kernel.value(self, at)

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return self._there(at, lambda below: self.kernel.push(below, list(map(on_the_cpu, tangents))))

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
        return self._there(at, lambda below: self.kernel.curvature(below, list(map(on_the_cpu, tangents))))

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
    """Arguments copied to the CPU; the function is called with them on their device."""

    __slots__ = ()

    def __init__(self, at: Point):
        places = [device_of(leaf) if is_on_gpu(leaf) else "cpu" for leaf in at.leaves]

        def rebuild(leaves: Sequence[Array]) -> Sequence[Any]:
            pairs = zip(leaves, places, strict=True)
            return at.rebuild([leaf if place == "cpu" else array(leaf, device=place) for leaf, place in pairs])

        super().__init__(at.function, list(map(on_the_cpu, at.leaves)), at.constants, rebuild)

    def outputs(self, result: Any) -> list[Array]:
        """Split a result into leaves, copied to the CPU."""
        return list(map(on_the_cpu, super().outputs(result)))


def on_the_cpu(leaf: Array) -> Array:
    """Copy an array on a device to the CPU; one without axes becomes a number. Others are given as they are."""
    return to_host(leaf)[()] if is_on_gpu(leaf) else leaf


def _placing(at: Point) -> Callable[[Any], Any]:
    """Give what brings the arrays in nested lists and tuples to the device of the arguments."""
    place = next(device_of(leaf) for leaf in at.leaves if is_on_gpu(leaf))

    def there(nest: Any) -> Any:
        if isinstance(nest, (list, tuple)):
            return type(nest)(map(there, nest))
        return array(nest, device=place) if isinstance(nest, (np.ndarray, np.generic)) else nest

    return there
