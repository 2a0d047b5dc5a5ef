"""AdamW: Adam, with weight decay apart from the gradient."""

from collections.abc import Iterable
from typing import final

from ..eager import Tensor
from .adam import AdamFamily
from .schedules import Schedule


@final
class AdamW(AdamFamily):
    """Adam with decoupled weight decay: w ← (1 − η λ) w, then the step of `Adam` along the gradient alone.

    I. Loshchilov, F. Hutter, "Decoupled weight decay regularization" (ICLR 2019), algorithm 2.

    Args:
        parameters: tensors that were made from data and require gradients.
        rate: η, or a `Schedule`.
        smoothings: β₁ and β₂, from 0 up to 1.
        epsilon: ε, against a division by zero.
        weight_decay: λ.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.

    >>> w = Tensor([1.0, -4.0], requires_grad=True)
    >>> optimizer = AdamW([w], rate=0.1, weight_decay=1.0)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(6)
    array([ 0.8, -3.5])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        rate: float | Schedule = 0.001,
        smoothings: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(parameters, rate, smoothings, epsilon, weight_decay)

    def decays(self, rate: float) -> tuple[float, float]:
        return 0.0, 1 - rate * self.weight_decay
