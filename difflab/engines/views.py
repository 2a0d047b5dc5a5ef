"""Which values share their memory: a slice, a reshape or a transpose of an array is a view of it, as in NumPy.

A change in place would have to be seen in all of them; so the others are of no more use after it.
"""

from collections.abc import Sequence
from typing import Any
from weakref import ref

import numpy as np

from ..arrays import is_on_gpu, share_memory
from ..types import Array
from ..user_code import calling_line


class Views:
    """All living values that look at one piece of memory."""

    __slots__ = ("changed_at", "most", "references")

    def __init__(self, value: Any):
        self.references = [ref(value)]
        self.most = _MANY
        self.changed_at = ""
        """Where one of them was changed in place, if one was."""

    def living(self) -> list[Any]:
        """Give the values that are still there."""
        found = (reference() for reference in self.references)
        return [value for value in found if value is not None]

    def add(self, value: Any) -> None:
        """Count a value in, which looks at the memory too."""
        if len(self.references) >= self.most:
            self.references = [ref(each) for each in self.living()]
            self.most = 2 * len(self.references) + _MANY
        self.references.append(ref(value))
        value.views = self


_MANY = 16
"""So many references are kept before those to values that are gone are left out."""


def note_views(view: Any, output: Array, operands: Sequence[Any], arrays: Sequence[Array]) -> None:
    """Remember that `view`, of the array (or value of a lower level) `output`, may look at the operands' memory."""
    if isinstance(output, np.ndarray) or is_on_gpu(output):
        if output.base is None and output is not arrays[0]:
            return
    elif not _is_tensor(output) and getattr(output, "views", None) is None:
        return
    for operand, array in zip(operands, arrays, strict=True):
        if operand is not array and (output is array or _share(array, output)):
            relate(view, operand)


def relate(view: Any, value: Any) -> None:
    """Remember that two arrays look at the same memory, if both are values."""
    if not (hasattr(view, "views") and hasattr(value, "views")):
        return
    if value.views is None:
        value.views = Views(value)
    elif value.views is view.views:
        return
    for relative in [view] if view.views is None else view.views.living():
        value.views.add(relative)


def has_relatives(value: Any) -> bool:
    """Say whether another living value looks at the same memory."""
    views = getattr(value, "views", None)
    return views is not None and len(views.living()) > 1


def outdate_others(value: Any) -> None:
    """Take their content from the values that look at the memory which `value` has changed: using them is refused."""
    views, value.views = value.views, None
    others = [] if views is None else [each for each in views.living() if each is not value]
    if others:
        views.changed_at = calling_line()[0]
    for other in others:
        for name in type(other).__slots__:
            if name != "views":
                delattr(other, name)


def _is_tensor(value: Any) -> bool:
    """Say whether a value is a tensor of the eager engine, which knows its memory itself."""
    return hasattr(type(value), "storage")


def _share(array: Array, output: Array) -> bool:
    if isinstance(output, np.ndarray):
        return output.base is array or np.may_share_memory(array, output)
    if is_on_gpu(output):
        return share_memory(array, output)
    if _is_tensor(output):
        return getattr(array, "storage", None) is output.storage
    return getattr(array, "views", None) is output.views
