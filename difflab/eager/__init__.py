"""The tensor engine: arrays that record what is done to them, and give gradients by a sweep back over the record."""

from .backward import grad
from .checkpointing import checkpoint
from .drawing import graph
from .recording import no_grad
from .tensor import Tensor

__all__ = ["Tensor", "checkpoint", "grad", "graph", "no_grad"]
