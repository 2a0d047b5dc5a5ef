"""What stands in tensors for their arrays while a step is recorded."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..eager.observing import observer
from ..eager.tensor import Tensor
from ..engines.trace import Tracer
from ..primitives.primitive import Primitive
from ..types import Array
from ..user_code import calling_line


class RecordedArray(Tracer):
    """An array of a step, which runs on it for real, and the variable that stands for it in the record.

    Code that takes the array or a number out of it is given that; the step is then made, but not replayed.
    """

    __slots__ = ()

    stands_for_array: ClassVar[bool] = True

    def takes(self, primitive: Primitive, operands: Sequence[Array]) -> bool:
        """Say what a tensor among the operands says: an array beside it does not decide."""
        tensor = _tensor_of(operands)
        return super().takes(primitive, operands) if tensor is None else tensor.takes(primitive, operands)

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Record an equation; a tensor among the operands makes it an operation on tensors."""
        tensor = _tensor_of(operands)
        handler: Any = super() if tensor is None else tensor
        return handler.process(primitive, operands, parameters)

    @property
    def base(self) -> Array | None:
        """The array that this one is a view of."""
        base: Array | None = getattr(self.array, "base", None)
        return base

    def __float__(self) -> float:
        _refuse(
            f"It makes a plain number of a tensor{calling_line()[0]}, which a replay would repeat as it is: let the "
            f"step return the tensor or its .item(), and look at the number outside."
        )
        return float(self.array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        _refuse(
            f"It takes the array out of a tensor{calling_line()[0]}, where a record does not follow it: use NumPy's "
            f"functions on the tensor itself."
        )
        return np.array(self.array, dtype)

    def __repr__(self) -> str:
        self._refuse_text()
        return repr(self.array)

    def __str__(self) -> str:
        self._refuse_text()
        return str(self.array)

    def __format__(self, specification: str) -> str:
        self._refuse_text()
        return format(self.array, specification)

    def _refuse_text(self) -> None:
        _refuse(f"It writes a tensor as text{calling_line()[0]}: return the tensor, and write it outside.")


def plain(x: Any) -> Any:
    """Give the array behind a recorded one, and anything else as it is."""
    return x.array if isinstance(x, RecordedArray) else x


def _tensor_of(operands: Sequence[Array]) -> Tensor | None:
    return next((operand for operand in operands if isinstance(operand, Tensor)), None)


def _refuse(sentence: str) -> None:
    if (seen := observer.get()) is not None:
        seen.refuse(sentence)
