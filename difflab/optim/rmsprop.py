"""RMSprop: gradients are divided by the root of the mean of their latest squares."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

import numpy as np

from ..eager import Tensor
from ..types import Array
from .first_order import FirstOrder
from .schedules import Schedule
from .settings import require_below_one, require_positive


@final
class RMSprop(FirstOrder):
    """RMSprop: w ← w − η g / (√s + ε), where s ← α s + (1 − α) g², entry by entry.

    With weight decay λ, g is the gradient plus λ w. T. Tieleman, G. Hinton, *Neural Networks for Machine Learning*,
    lecture 6.5 (2012).

    Args:
        parameters: tensors that were made from data and require gradients.
        rate: η, or a `Schedule`.
        smoothing: α, from 0 up to 1.
        epsilon: ε, against a division by zero.
        weight_decay: λ.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([1.0, -4.0], requires_grad=True)
    >>> optimizer = RMSprop([w], rate=0.1, smoothing=0.75)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(6)
    array([ 0.8, -3.8])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float | Schedule = 0.01,
        smoothing: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        require_below_one("RMSprop", {"smoothing": smoothing})
        require_positive("RMSprop", {"epsilon": epsilon})
        self.smoothing, self.epsilon = smoothing, epsilon
        super().__init__(parameters, rate, weight_decay, buffers=("square",))

    def numbers(self, rate: float, count: int) -> Sequence[Any]:
        return rate, self.weight_decay, self.smoothing, self.epsilon

    def update(self, parameter: Array, gradient: Array, *buffers_and_numbers: Any) -> None:
        _update(parameter, gradient, *buffers_and_numbers)

    def loop(self) -> Callable[..., None]:
        from ..native.optimizers import rmsprop

        return rmsprop


def _update(
    parameter: Array, gradient: Array, square: Array, rate: float, decay: float, smoothing: float, epsilon: float
) -> None:
    if decay:
        gradient = gradient + decay * parameter
    square *= smoothing
    square += (1 - smoothing) * (gradient * gradient)
    parameter -= rate * gradient / (np.sqrt(square) + epsilon)
