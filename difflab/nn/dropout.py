"""Dropout."""

from ..arrays import beside
from ..eager.observing import uniform
from ..eager.tensor import as_tensor
from ..errors import InvalidArgument
from ..primitives.network.dropout import dropout
from ..types import Array
from .checks import require_input
from .initializers import Rng, generator_of
from .module import Module


class Dropout(Module):
    """In training, each entry becomes 0 with probability `rate`, and the others are divided by 1 - rate.

    So the mean of an entry stays what it is; in evaluation nothing is changed (Srivastava et al., JMLR 15, 2014).

    Args:
        rate: from 0 to below 1.
        rng: a Generator or a seed for the draws.

    Raises:
        InvalidArgument: the rate is out of range.

    >>> import numpy as np
    >>> Dropout(0.5, rng=0)(np.ones(5))
    Tensor([2., 2., 2., 0., 0.])
    """

    def __init__(self, rate: float = 0.5, rng: Rng = None):
        if not 0 <= rate < 1:
            raise InvalidArgument(f"Dropout(rate={rate!r}): give a probability from 0 to below 1.")
        self.rate = rate
        self.generator = generator_of(rng)

    def forward(self, x: Array) -> Array:
        require_input(self, x, (...,))
        if not self.training or self.rate == 0:
            return x
        return dropout(x, as_tensor(beside(uniform(self.generator, x.shape) >= self.rate, x)), rate=self.rate)

    def settings(self) -> str:
        return str(self.rate)
