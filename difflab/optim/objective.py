"""The loss as a function of one vector, all parameters laid end to end: what methods with curvature see."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite, prod

import numpy as np

from ..eager import Tensor, grad
from ..errors import InvalidArgument
from ..types import Array
from .line_search import Trial, strong_wolfe
from .optimizer import Closure, loss_of


def flat(parameters: Sequence[Tensor]) -> Array:
    """Lay parameters end to end; gives a copy (n,)."""
    return np.concatenate([parameter.data.reshape(-1) for parameter in parameters])


class Objective:
    """A loss f at points x, which are written into the parameters.

    Args:
        parameters: those that the loss depends on.
        closure: computes the loss.
        by: who writes, for messages.

    Raises:
        InvalidArgument: there is no closure.
    """

    def __init__(self, parameters: Sequence[Tensor], closure: Closure | None, by: str):
        if closure is None:
            raise InvalidArgument(f"{by} computes the loss several times in a step: call step(closure).")
        self.parameters, self.closure, self.by = parameters, closure, by

    def move_to(self, point: Array) -> None:
        """Write a point into the parameters."""
        begin = 0
        for parameter in self.parameters:
            end = begin + prod(parameter.shape)
            parameter.data[...] = point[begin:end].reshape(parameter.shape)
            parameter.written(f"the step of {self.by}")
            begin = end

    def start(self, point: Array) -> Trial:
        """Move to a point where a search begins; raises `InvalidArgument` if the loss or its gradient is not finite."""
        value, gradient = self.value_and_gradient(point)
        if not (isfinite(value) and np.all(np.isfinite(gradient))):
            raise InvalidArgument(
                f"The loss given to {self.by} is {value} where it begins, {'with' if isfinite(value) else 'or has'} a "
                f"gradient that is not finite: begin at other parameters."
            )
        return Trial(0.0, value, 0.0, gradient)

    def value_and_gradient(self, point: Array) -> tuple[float, Array]:
        """Move to a point; give the loss and its gradient (n,) there."""
        self.move_to(point)
        loss = loss_of(self.closure, self.by)
        return loss.item(), self._flat(grad(loss, self.parameters, allow_unused=True))

    def hessian_products(self, point: Array) -> Callable[[Array], Array]:
        """Move to a point; give the function v ↦ H v, with the Hessian H there.

        H v is the gradient of g · v with v constant, one more sweep over the graph that gave the gradient g (B. A.
        Pearlmutter, "Fast exact multiplication by the Hessian", *Neural Computation* 6, 1994, in its reverse form).
        """
        self.move_to(point)
        slopes = grad(loss_of(self.closure, self.by), self.parameters, create_graph=True, allow_unused=True)
        curved = [number for number, slope in enumerate(slopes) if slope is not None and slope.requires_grad]

        def times_hessian(vector: Array) -> Array:
            if not curved:
                return np.zeros_like(vector)
            weights = self._parts(vector)
            outputs, seeds = [slopes[number] for number in curved], [weights[number] for number in curved]
            return self._flat(grad(outputs, self.parameters, seeds, retain_graph=True, allow_unused=True))

        return times_hessian

    def search(self, point: Array, here: Trial, direction: Array, first: float) -> Trial | None:
        """Search for a good step from a point, where f and its gradient are those of `here`, along a direction.

        Gives None where none is found, or where f does not fall along the direction.
        """
        slope = np.dot(here.gradient, direction).item()
        if not slope < 0:
            return None

        def evaluate(step: float) -> Trial:
            value, gradient = self.value_and_gradient(point + step * direction)
            return Trial(step, value, np.dot(gradient, direction).item(), gradient)

        return strong_wolfe(evaluate, replace(here, step=0.0, slope=slope), first)

    def _parts(self, vector: Array) -> list[Array]:
        ends = np.cumsum([parameter.size for parameter in self.parameters])[:-1].tolist()
        return [
            part.reshape(parameter.shape).astype(parameter.dtype)
            for part, parameter in zip(np.split(vector, ends), self.parameters, strict=True)
        ]

    def _flat(self, tensors: Sequence[Tensor | None]) -> Array:
        return np.concatenate(
            [
                (np.zeros_like(parameter.data) if tensor is None else tensor.data).reshape(-1)
                for tensor, parameter in zip(tensors, self.parameters, strict=True)
            ]
        )
