"""Who watches tensors while a training step runs: a recorder of it, if there is one.

The record of a step is of what tensors do. What else changes memory, as an optimizer does, goes through `change`, and
random numbers through `uniform`: so that a replay changes and draws too.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from ..primitives.primitive import Primitive
from ..types import Array
from .draws import drawing_from

if TYPE_CHECKING:
    from .node import EagerNode
    from .tensor import Tensor

Change = Callable[[Sequence[Any]], Any]
"""Writes into the memory of tensors, by the arrays it is given, None where there is none; what it returns is a number,
an array or None."""


class Owned(NamedTuple):
    """What a change depends on and changes besides arrays of tensors: how to read it, and to set it back."""

    read: Callable[[], Any]
    restore: Callable[[Any], None]


class Observer(Protocol):
    """What a recorder of steps is told."""

    def stand_in(self, primitive: Primitive, operands: Sequence[Any]) -> Primitive:
        """A primitive is about to be applied to operands; gives what to apply in its place."""

    def overwritten(self, tensor: "Tensor", source: Array) -> Array:
        """A tensor takes on the content of an array; gives the array that it then has."""

    def change(self, change: Change, arrays: Sequence[Any], tensors: Sequence["Tensor"], owned: Sequence[Owned]) -> Any:
        """Memory of tensors is about to be changed, see `change`."""

    def gradient_arrives(self, node: "EagerNode") -> None:
        """A gradient is about to be added to `.grad`."""

    def gradient_set(self, node: "EagerNode") -> None:
        """The `.grad` of a tensor is about to be set."""

    def draws_from(self, generator: np.random.Generator) -> None:
        """Numbers are about to be drawn, which replays will draw anew."""

    def made(self, tensor: Any) -> None:
        """The step made a tensor, perhaps of a plain array."""

    def called(self, module: Any) -> None:
        """A module is about to be called."""

    def refuse(self, sentence: str) -> None:
        """Something happens that no replay could do; the sentence says what, and what to write instead."""


observer: ContextVar[Observer | None] = ContextVar("observer", default=None)


def change(
    by: Change, arrays: Sequence[Array | None], tensors: Sequence["Tensor"] = (), owned: Sequence[Owned] = ()
) -> Any:
    """Change memory of tensors by arrays: `by(arrays)`, now, and again in each replay of a step that is recorded.

    Args:
        by: finds the memory by itself; gives nothing, a number, or an array.
        arrays: what it reads.
        tensors: whose memory it writes into.
        owned: what else it changes.
    """
    if (seen := observer.get()) is not None:
        return seen.change(by, arrays, tensors, owned)
    return by(arrays)


def uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw float32 numbers from 0 to below 1; a replay of a step draws others.

    >>> uniform(np.random.default_rng(0), (2, 3)).shape
    (2, 3)
    """
    bits = drawing_from(generator).bit_generator
    if (seen := observer.get()) is not None:
        seen.draws_from(generator)

    def restore(state: Any) -> None:
        bits.state = state

    drawn: Array = change(lambda _: generator.random(shape, np.float32), (), owned=[Owned(lambda: bits.state, restore)])
    return drawn
