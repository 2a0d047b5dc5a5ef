"""The fully connected layer."""

from typing import Any

import numpy as np

from ..primitives.network.linear import linear
from ..types import Array
from .checks import require_input, require_sizes
from .initializers import Rng, generator_of, uniform_by_fan
from .module import Module
from .parameter import Parameter


class Linear(Module):
    """x Wᵀ + b over the last axis.

    W has shape (outputs, inputs) and b (outputs,). Both begin uniformly between ±1/√inputs, as PyTorch's do.

    Args:
        inputs: entries along the last axis of what comes in.
        outputs: entries along the last axis of what comes out.
        bias: whether to add b.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.

    Raises:
        InvalidArgument: a size is no positive whole number; when called, an input has another length or dtype.

    >>> Linear(3, 2, rng=0)(np.ones((5, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(self, inputs: int, outputs: int, bias: bool = True, rng: Rng = None, dtype: Any = np.float32):
        require_sizes("Linear", inputs=inputs, outputs=outputs)
        generator = generator_of(rng)
        self.inputs, self.outputs = inputs, outputs
        self.weight = Parameter(uniform_by_fan((outputs, inputs), inputs, generator, dtype), copy=False)
        self.bias = Parameter(uniform_by_fan((outputs,), inputs, generator, dtype), copy=False) if bias else None

    def forward(self, x: Array) -> Array:
        require_input(self, x, (..., self.inputs), self.weight.dtype)
        return linear(x, self.weight) if self.bias is None else linear(x, self.weight, self.bias)

    def settings(self) -> str:
        return f"{self.inputs}, {self.outputs}{'' if self.bias is not None else ', bias=False'}"
