"""Values that carry a derivative through a function in place of numbers."""

from collections.abc import Iterable
from typing import Any

from .errors import NotDifferentiable


class Carrier:
    """Base of duals, tensors, tracers and arrays under a complex step, for those who must tell them from numbers."""

    __slots__ = ()
    underlying: Any
    """The array that it carries along, or another carrier, which says where new arrays are made beside it."""


def refuse_carriers(values: Iterable[Any]) -> None:
    """Raise `NotDifferentiable` if one of the values carries an outer derivative, where it would be dropped."""
    if any(isinstance(value, Carrier) for value in values):
        raise refuse_nesting()


def refuse_nesting() -> NotDifferentiable:
    """Describe a derivative inside another by methods that cannot be nested."""
    return NotDifferentiable(
        "A derivative was taken inside another one, of a function that depends on what the outer one differentiates, "
        "and by these methods the inner would drop the outer: use 'forward' or 'reverse' for both, and inside "
        "difflab.vmap. The record of a difflab.Tensor counts as an outer one: give tensor.detach().numpy() to leave "
        "it out."
    )
