"""What stands in tensors for their arrays while a step is recorded."""

from typing import Any, ClassVar

import numpy as np

from ..eager.observing import observer
from ..engines.trace import Tracer
from ..types import Array
from ..user_code import calling_line


class RecordedArray(Tracer):
    """An array of a step, which runs on it for real, and the variable that stands for it in the record.

    Code that takes the array or a number out of it is given that; the step is then made, but not replayed.
    """

    __slots__ = ()

    stands_for_array: ClassVar[bool] = True

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

    def __format__(self, specification: str) -> str:
        _refuse(f"It writes a tensor as text{calling_line()[0]}: return the tensor, and write it outside.")
        return format(self.array, specification)


def _refuse(sentence: str) -> None:
    if (seen := observer.get()) is not None:
        seen.refuse(sentence)
