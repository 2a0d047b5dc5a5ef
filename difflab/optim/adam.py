"""Adam: smoothed gradients, divided by the root of their smoothed squares."""

from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from typing import Any, final

import numpy as np

from ..eager import Tensor
from ..types import Array
from .first_order import FirstOrder
from .schedules import Schedule
from .settings import require_below_one, require_positive


class AdamFamily(FirstOrder):
    """What Adam and AdamW share: all but what weight decay does."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float | Schedule,
        smoothings: tuple[float, float],
        epsilon: float,
        weight_decay: float,
    ):
        for number, smoothing in enumerate(smoothings):
            require_below_one(self.name, {f"smoothings[{number}]": smoothing})
        require_positive(self.name, {"epsilon": epsilon})
        self.smoothings, self.epsilon = smoothings, epsilon
        super().__init__(parameters, rate, weight_decay, buffers=("mean", "square"))

    def numbers(self, rate: float, count: int) -> Sequence[Any]:
        decay, shrinkage = self.decays(rate)
        of_mean, of_square = self.smoothings
        bias, correction = 1 - of_mean**count, 1 / sqrt(1 - of_square**count)
        return rate / bias, decay, shrinkage, (float(of_mean), float(of_square)), correction, self.epsilon

    def decays(self, rate: float) -> tuple[float, float]:
        """Give how much of the parameter is added to its gradient, and the factor that it is scaled by."""
        return self.weight_decay, 1.0

    def update(self, parameter: Array, gradient: Array, *buffers_and_numbers: Any) -> None:
        _update(parameter, gradient, *buffers_and_numbers)

    def loop(self) -> Callable[..., None]:
        from ..native.optimizers import adam

        return adam


@final
class Adam(AdamFamily):
    """Adam: w ← w − η m̂ / (√ŝ + ε), entry by entry.

    With the t-th gradient g, m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ).
    With weight decay λ, g is the gradient plus λ w. D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization"
    (ICLR 2015), algorithm 1.

    Args:
        parameters: tensors that were made from data and require gradients.
        rate: η, or a `Schedule`.
        smoothings: β₁ and β₂, from 0 up to 1.
        epsilon: ε, against a division by zero.
        weight_decay: λ.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([1.0, -4.0], requires_grad=True)
    >>> optimizer = Adam([w], rate=0.1)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(6)
    array([ 0.9, -3.9])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float | Schedule = 0.001,
        smoothings: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, rate, smoothings, epsilon, weight_decay)


def _update(
    parameter: Array,
    gradient: Array,
    mean: Array,
    square: Array,
    rate: float,
    decay: float,
    shrinkage: float,
    smoothings: tuple[float, float],
    correction: float,
    epsilon: float,
) -> None:
    if decay:
        gradient = gradient + decay * parameter
    mean *= smoothings[0]
    mean += (1 - smoothings[0]) * gradient
    square *= smoothings[1]
    square += (1 - smoothings[1]) * (gradient * gradient)
    parameter *= shrinkage
    parameter -= rate * mean / (correction * np.sqrt(square) + epsilon)
