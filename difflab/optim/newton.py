"""Newton's method without the Hessian: products of it with vectors, and conjugate gradients."""

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any, final

import numpy as np

from ..eager import Tensor
from ..types import Array
from .objective import Objective, flat
from .optimizer import Closure, Optimizer, State, require_entries
from .settings import require_not_negative, require_whole


@final
class Newton(Optimizer):
    """Truncated Newton: x ← x + t d, where H d ≈ −g, for losses without noise that have second derivatives.

    Conjugate gradients, which need H only in products with vectors, go on until the residual is below
    min(½, √‖g‖) ‖g‖, which makes the convergence superlinear; where they meet a direction of no positive curvature they
    stop before it, or at the very first take −g. A strong-Wolfe line search chooses t. J. Nocedal, S. J. Wright,
    *Numerical Optimization* (2nd edition, 2006), algorithm 7.1; R. S. Dembo, T. Steihaug, "Truncated-Newton algorithms
    for large-scale unconstrained optimization", *Mathematical Programming* 26 (1983).

    Args:
        parameters: tensors that were made from data and require gradients.
        iterations: how many iterations a step makes at most.
        conjugate_iterations: how many products with the Hessian an iteration takes at most.
        tolerance: the largest entry of the gradient at which there is nothing left to do.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([3.0, -4.0], requires_grad=True)
    >>> optimizer = Newton([w])
    >>> loss = optimizer.step(lambda: ((w - 1) ** 4 + (w - 1) ** 2).sum())
    >>> w.data.round(6)
    array([1., 1.])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        iterations: int = 20,
        conjugate_iterations: int = 100,
        tolerance: float = 1e-10,
    ):
        super().__init__(parameters)
        require_whole(self.name, {"iterations": iterations, "conjugate_iterations": conjugate_iterations})
        require_not_negative(self.name, {"tolerance": tolerance})
        self.iterations, self.conjugate_iterations, self.tolerance = iterations, conjugate_iterations, tolerance

    def step(self, closure: Closure | None = None) -> float:
        """Make up to `iterations` iterations, fewer where the loss can be lowered no further.

        Args:
            closure: computes the loss from the parameters as they are, the same at the same parameters; calls no
                `backward`. It is needed here, as the loss is computed several times.

        Returns:
            the loss at the end.

        Raises:
            InvalidArgument: no closure, no loss from it, or one that is not finite where the step begins.
        """
        objective = Objective(self.parameters, closure, self.name)
        point = flat(self.parameters)
        here = objective.start(point)
        for _ in range(self.iterations):
            if np.max(np.abs(here.gradient)) <= self.tolerance:
                break
            direction = truncated_newton(here.gradient, objective.hessian_products(point), self.conjugate_iterations)
            found = objective.search(point, here, direction, 1.0)
            if found is None:
                break
            point, here = point + found.step * direction, found
        objective.move_to(point)
        return here.value

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: State) -> None:
        require_entries(self.name, state, ())


def truncated_newton(gradient: Array, times_hessian: Callable[[Array], Array], iterations: int) -> Array:
    """Solve H d = −g by conjugate gradients, roughly, to a direction d in which the loss falls.

    Args:
        gradient: g (n,), not 0.
        times_hessian: gives H v for a v (n,).
        iterations: how many products to take at most.

    >>> truncated_newton(np.array([4.0, 2.0]), np.diag([2.0, 2.0]).dot, 10)
    array([-2., -1.])
    >>> truncated_newton(np.array([4.0, 2.0]), np.diag([-2.0, 2.0]).dot, 10)
    array([-4., -2.])
    """
    solution = np.zeros_like(gradient)
    residual = gradient
    direction = -residual
    square = np.dot(residual, residual).item()
    target = min(0.5, square**0.25) * sqrt(square)
    for iteration in range(iterations):
        product = times_hessian(direction)
        curvature = np.dot(direction, product).item()
        if not curvature > 0:
            return -gradient if iteration == 0 else solution
        length = square / curvature
        solution = solution + length * direction
        residual = residual + length * product
        before, square = square, np.dot(residual, residual).item()
        if sqrt(square) <= target:
            break
        direction = square / before * direction - residual
    return solution
