"""Gradient descent, with momentum."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

from ..eager import Tensor
from ..errors import InvalidArgument
from ..types import Array
from .first_order import FirstOrder
from .schedules import Schedule
from .settings import require_below_one


@final
class SGD(FirstOrder):
    """Stochastic gradient descent: w ← w − η v, where v ← μ v + g.

    With `nesterov`, w ← w − η (g + μ v). With weight decay λ, g is the gradient plus λ w. B. Polyak, "Some methods of
    speeding up the convergence of iteration methods" (1964); I. Sutskever et al., "On the importance of initialization
    and momentum in deep learning" (ICML 2013), in the form in which the rate stands outside of the momentum.

    Args:
        parameters: tensors that were made from data and require gradients.
        rate: η, or a `Schedule`.
        momentum: μ, from 0 up to 1.
        nesterov: whether to look ahead.
        weight_decay: λ.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = SGD([w], rate=0.25)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([0.5, 1. ])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float | Schedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ):
        require_below_one("SGD", {"momentum": momentum})
        if nesterov and not momentum:
            raise InvalidArgument("nesterov=True of SGD without momentum does nothing: give momentum, such as 0.9.")
        self.momentum, self.nesterov = momentum, nesterov
        super().__init__(parameters, rate, weight_decay, buffers=("velocity",) if momentum else ())

    def numbers(self, rate: float, count: int) -> Sequence[Any]:
        return (rate, self.weight_decay, self.momentum, self.nesterov) if self.momentum else (rate, self.weight_decay)

    def update(self, parameter: Array, gradient: Array, *buffers_and_numbers: Any) -> None:
        (_momentum if self.momentum else _descent)(parameter, gradient, *buffers_and_numbers)

    def loop(self) -> Callable[..., None]:
        from ..native import optimizers

        return optimizers.momentum if self.momentum else optimizers.descent


def _descent(parameter: Array, gradient: Array, rate: float, decay: float) -> None:
    if decay:
        gradient = gradient + decay * parameter
    parameter -= rate * gradient


def _momentum(
    parameter: Array, gradient: Array, velocity: Array, rate: float, decay: float, friction: float, nesterov: bool
) -> None:
    if decay:
        gradient = gradient + decay * parameter
    velocity *= friction
    velocity += gradient
    parameter -= rate * (gradient + friction * velocity if nesterov else velocity)
