"""The side of a tensor that other code sees: NumPy's arrays, Python's numbers, DLPack, its text."""

from abc import abstractmethod
from typing import Any

import numpy as np

from .. import arrays
from ..engines.surface import ArrayValue
from ..types import Array
from .node import EagerNode
from .refusals import refuse_hashing, refuse_memory, refuse_plain_number


class Outward(ArrayValue):
    """What a tensor gives to other code; where it requires a gradient, only what would not cut it in silence."""

    __slots__ = ()

    data: Array
    node: EagerNode | None

    @property
    @abstractmethod
    def requires_grad(self) -> bool:
        """Whether what is computed from this tensor is recorded."""

    def numpy(self) -> Array:
        """Give the NumPy array behind a tensor; on the CPU it shares its memory: after writing to it, call `written`.

        Raises:
            NotDifferentiable: the tensor requires a gradient.
        """
        if self.requires_grad:
            raise refuse_memory(self, ".numpy()")
        return arrays.to_host(self._exported())

    def item(self, *position: int) -> Any:
        """Give one entry as a Python number."""
        return self.data.item(*position)

    def tolist(self) -> Any:
        """Give nested lists of Python numbers."""
        return self.data.tolist()

    def __dlpack__(self, **options: Any) -> Any:
        if self.requires_grad:
            raise refuse_memory(self, "the DLPack protocol")
        return self._exported().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        device: tuple[int, int] = self._exported().__dlpack_device__()
        return device

    def _exported(self) -> Any:
        """Give the array, also of a number; of a step that is recorded, a copy, and the step is not replayed then."""
        return np.asanyarray(self.data) if arrays.is_host(self.data) or isinstance(self.data, ArrayValue) else self.data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self.requires_grad:
            return super().__array__(dtype, copy)
        return np.array(self.data, dtype, copy=copy)

    def __float__(self) -> float:
        if self.requires_grad:
            raise refuse_plain_number(self)
        return float(self.data.item() if arrays.is_on_gpu(self.data) else self.data)

    def __hash__(self) -> int:
        raise refuse_hashing(self)

    def __repr__(self) -> str:
        text = repr(self._exported())
        text = text.removeprefix("array(").removesuffix(")") if text.startswith("array(") else text
        lines = text.replace("\n" + " " * 6, "\n" + " " * 7)
        notes = "" if self.node is None else ", requires_grad=True"
        if self.node is not None and self.node.primitive is not None:
            notes = f", computed by {self.node.primitive.name}"
        return f"{type(self).__name__}({lines}{notes})"
