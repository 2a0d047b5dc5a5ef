"""The arrays of a model: those that training changes by their gradients, and those that the model changes itself."""

from typing import Any

from ..eager import Tensor


class Parameter(Tensor):
    """A tensor that training changes: one that requires a gradient, unless it is frozen by `requires_grad=False`.

    Its arguments, and the errors raised, are those of `Tensor`.

    >>> Parameter([1.0, 2.0])
    Parameter([1., 2.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(
        self, data: Any, dtype: Any = None, requires_grad: bool = True, device: str | None = None, copy: bool = True
    ):
        super().__init__(data, dtype, requires_grad, device, copy)


class Buffer(Tensor):
    """A tensor that belongs to the state of a module and requires no gradient, such as a running mean.

    >>> Buffer([1.0, 2.0])
    Buffer([1., 2.])
    """

    __slots__ = ()
