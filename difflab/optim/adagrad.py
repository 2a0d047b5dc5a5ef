"""Adagrad: each entry has a rate of its own, which falls as its gradients add up."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

import numpy as np

from ..eager import Tensor
from ..types import Array
from .first_order import FirstOrder
from .schedules import Schedule
from .settings import require_positive


@final
class Adagrad(FirstOrder):
    """Adagrad: w ← w − η g / (√G + ε), where G ← G + g², entry by entry.

    With weight decay λ, g is the gradient plus λ w. J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for
    online learning and stochastic optimization", *Journal of Machine Learning Research* 12 (2011), the diagonal form.

    Args:
        parameters: tensors that were made from data and require gradients.
        rate: η, or a `Schedule`.
        epsilon: ε, against a division by zero.
        weight_decay: λ.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([1.0, -4.0], requires_grad=True)
    >>> optimizer = Adagrad([w], rate=0.5)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([ 0.5, -3.5])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float | Schedule = 0.01,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
    ):
        require_positive("Adagrad", {"epsilon": epsilon})
        self.epsilon = epsilon
        super().__init__(parameters, rate, weight_decay, buffers=("total",))

    def numbers(self, rate: float, count: int) -> Sequence[Any]:
        return rate, self.weight_decay, self.epsilon

    def update(self, parameter: Array, gradient: Array, *buffers_and_numbers: Any) -> None:
        _update(parameter, gradient, *buffers_and_numbers)

    def loop(self) -> Callable[..., None]:
        from ..native.optimizers import adagrad

        return adagrad


def _update(parameter: Array, gradient: Array, total: Array, rate: float, decay: float, epsilon: float) -> None:
    if decay:
        gradient = gradient + decay * parameter
    total += gradient * gradient
    parameter -= rate * gradient / (np.sqrt(total) + epsilon)
