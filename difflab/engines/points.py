"""A value at many points: what a function of one point computes with, under `difflab.vmap`.

To the code it is a value at one point. Where the code looks at a number (a branch, the end of a loop, a mask that says
how many entries a result has), all points have to agree on it, for they go the same way.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import ref

import numpy as np

from ..arrays import explain, is_on_gpu, place_of
from ..carrier import Carrier
from ..errors import NotDifferentiable
from ..primitives.index_template import is_mask
from ..primitives.indexing import GATHER, REPLACE, Template, split_index
from ..primitives.primitive import Primitive
from ..types import Array
from .batch import Stacked
from .dispatch import Value, apply, gather
from .refusals import refuse_in_place, refuse_lost, refuse_number_of_points, refuse_parting_points
from .views import Views, note_views


class Points(Stacked):
    """A value at `data.shape[0]` points, of shape `data.shape[1:]` at each."""

    __slots__ = ("before", "data", "taken", "views")

    def __init__(self, level: int, data: Array):
        super().__init__(level, data)
        self.views: Views | None = None
        self.taken: tuple[Any, Template] | None = None
        """Of a view: a reference to the value that it was taken from by indexing, and the index."""
        self.before: Array | None = None
        """What was behind that value before this one was changed in place."""

    def hold(self, result: Array) -> None:
        """Take the place of `result`: the array behind may be the caller's, and is not written to."""
        self.data = result.data

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to the value at every point."""
        try:
            result = super().process(primitive, operands, parameters)
        except (TypeError, ValueError) as error:
            explain(primitive.name, map(_behind, operands), error)
            raise
        if type(result) is not Points:
            for each in result:
                refuse_lost(each.dtype)
            return result
        refuse_lost(result.dtype)
        output = _behind(result)
        is_new = type(output) is np.ndarray and output.base is None and output is not _behind(operands[0])
        if not is_new and not _is_number(result, primitive, parameters):
            note_views(result, output, operands, [_behind(operand) for operand in operands])
        return result

    def guard(self) -> Array:
        """Give the value that all points agree on to code that looks at it; refuse if they do not."""
        first = self.data[0]
        same = np.all(self.data == first)
        if not (same.item() if is_on_gpu(same) else bool(same)):
            raise refuse_parting_points()
        return first

    def __getitem__(self, index: Any) -> Array:
        part = super().__getitem__(index)
        if type(part) is Points and part.views is not None:
            part.taken = ref(self), split_index(index)[0]
        return part

    def change(self, result: Array) -> None:
        """Take on another content for all who have it; the value that this one is a part of gets it by assignment."""
        owner = self.taken[0]() if self.taken else None
        if owner is not None and self.views is not None and owner.views is self.views:
            self.before = owner.data
        super().change(result)

    def __copy__(self) -> "Points":
        return Points(self.level, self.data)

    def _take_back(self, template: Template, part: Any) -> None:
        """Become valid again, where a part was changed in place and is now assigned: so ends `x[1:] += y`."""
        if type(part) is Points and part.before is not None and part.taken is not None:
            owner, index = part.taken
            if owner() is self and index == template:
                self.__init__(self.level, part.before)
                part.taken = part.before = None

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, Points) and is_mask(index) and not np.ndim(value):
            mask = np.reshape(index, index.shape + (1,) * (self.ndim - index.ndim))
            result: Any = np.where(mask, self._assigned(value), self)
        else:
            template, arrays = split_index(index)
            self._take_back(template, value)
            result = apply(REPLACE, (self, self._assigned(value), *arrays), {"template": template})
        if result.level > self.level:
            raise refuse_in_place("it belongs to an outer function, what is written into it to an inner one")
        self.change(result)

    def _assigned(self, value: Any) -> Array:
        """Give what is assigned as an array or value of this dtype; numbers and lists where this value is."""
        value = gather(value)
        if not hasattr(value, "dtype"):
            return np.asarray(value, self.dtype, like=place_of(self))
        return value if value.dtype == self.dtype else np.astype(value, self.dtype)

    def __bool__(self) -> bool:
        agreed = (self if self.dtype.kind == "b" else self != 0).guard()
        return agreed.item() if is_on_gpu(agreed) else bool(agreed)

    def __int__(self) -> int:
        if self.dtype.kind not in "biu":
            return int(np.trunc(self).astype(int))
        agreed = self.guard()
        return int(agreed.item() if is_on_gpu(agreed) else agreed)

    def refusal_of_number(self) -> NotDifferentiable:
        """Say that each point has a number of its own."""
        return refuse_number_of_points()

    def __format__(self, specification: str) -> str:
        if specification:
            raise self.refusal_of_number()
        return repr(self)


def somewhere(flag: Any) -> bool:
    """Say whether a flag, which may have its own value at each of many points, holds at one of them."""
    while type(flag) is Points:
        flag = np.any(flag.data)
    return bool(flag)


def _behind(x: Array) -> Array:
    """Give what has the entries at all points; of a value under a complex step its array, as it knows no `views`."""
    x = x.data if type(x) is Points else x
    return getattr(x, "data", x) if isinstance(x, Carrier) and not isinstance(x, Value) else x


def _is_number(result: Points, primitive: Primitive, parameters: Mapping[str, Any]) -> bool:
    """Say whether a result is one of NumPy's numbers at each point, which share no memory: `x[0]`, not `x[0, ...]`."""
    return not result.shape and primitive is GATHER and Ellipsis not in parameters["template"]
