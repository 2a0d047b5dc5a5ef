"""L-BFGS: steps that take the curvature into account, from the latest changes of the gradient."""

from collections.abc import Iterable
from typing import Any, final

import numpy as np

from ..arrays import host_copy
from ..eager import Tensor
from ..types import Array
from .objective import Objective, flat
from .optimizer import Closure, Optimizer, State, copied, require_entries
from .settings import require_not_negative, require_whole


@final
class LBFGS(Optimizer):
    """Limited-memory BFGS with a strong-Wolfe line search: x ← x − t H g, for losses without noise.

    H is the identity, scaled by sᵀy / yᵀy, after the updates of BFGS for the latest changes s of x and y of g,
    H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, ρ = 1 / yᵀs, which two loops over the pairs multiply by g. D. C. Liu, J.
    Nocedal, "On the limited memory BFGS method for large scale optimization", *Mathematical Programming* 45 (1989);
    J. Nocedal, S. J. Wright, *Numerical Optimization* (2006), algorithms 7.4 and 7.5.

    Args:
        parameters: tensors that were made from data and require gradients.
        history: how many pairs are kept.
        iterations: how many iterations a step makes at most.
        tolerance: the largest entry of the gradient at which there is nothing left to do.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([3.0, -4.0], requires_grad=True)
    >>> optimizer = LBFGS([w])
    >>> loss = optimizer.step(lambda: ((w - 1) ** 2 * np.array([1.0, 10.0])).sum())
    >>> w.data.round(6)
    array([1., 1.])
    """

    def __init__(self, parameters: Iterable[Tensor], history: int = 10, iterations: int = 20, tolerance: float = 1e-10):
        super().__init__(parameters)
        require_whole(self.name, {"history": history, "iterations": iterations})
        require_not_negative(self.name, {"tolerance": tolerance})
        self.history, self.iterations, self.tolerance = history, iterations, tolerance
        self._pairs: list[tuple[Array, Array]] = []
        """The latest changes of x and of g, the oldest first."""

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
            direction = self._direction(here.gradient)
            first = 1.0 if self._pairs else min(1.0, 1 / np.sum(np.abs(here.gradient)).item())
            found = objective.search(point, here, direction, first)
            if found is None and self._pairs:  # a direction that stale pairs have spoilt
                self._pairs = []
                continue
            if found is None:
                break
            change = found.step * direction
            self._remember(change, found.gradient - here.gradient)
            point, here = point + change, found
        objective.move_to(point)
        return here.value

    def _direction(self, gradient: Array) -> Array:
        """Give −H g by the two loops (algorithm 7.4)."""
        direction = -gradient
        shares = []
        for change, turn in reversed(self._pairs):
            share = np.dot(change, direction) / np.dot(change, turn)
            direction = direction - share * turn
            shares.append(share)
        if self._pairs:
            change, turn = self._pairs[-1]
            direction = direction * (np.dot(change, turn) / np.dot(turn, turn))
        for (change, turn), share in zip(self._pairs, reversed(shares), strict=True):
            direction = direction + (share - np.dot(turn, direction) / np.dot(change, turn)) * change
        return direction

    def _remember(self, change: Array, turn: Array) -> None:
        """Keep a pair, if it shows the positive curvature that keeps H positive definite."""
        if np.dot(change, turn) > np.finfo(turn.dtype).eps * np.dot(turn, turn):
            self._pairs = [*self._pairs, (change, turn)][-self.history :]

    def state_dict(self) -> dict[str, Any]:
        return {
            "changes": {str(number): host_copy(change) for number, (change, _) in enumerate(self._pairs)},
            "turns": {str(number): host_copy(turn) for number, (_, turn) in enumerate(self._pairs)},
        }

    def load_state_dict(self, state: State) -> None:
        require_entries(self.name, state, {"changes", "turns"})
        require_entries(f"{self.name}, at turns,", state["turns"], state["changes"])
        like = flat(self.parameters)
        self._pairs = [
            (
                copied(self.name, f"changes.{number}", state["changes"][number], like),
                copied(self.name, f"turns.{number}", state["turns"][number], like),
            )
            for number in map(str, range(len(state["changes"])))
        ]
