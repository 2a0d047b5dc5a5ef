"""The nodes of the eager engine: they say which memory must stay as it is, and who wants to see what arrives."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..arrays import share_memory
from ..engines.node import Node, Parent, next_order
from ..primitives.primitive import OUTPUT, Fused, Primitive
from ..structure import flatten
from ..types import Array
from .storage import Storage

Version = tuple[int, Storage, int]
"""The position of an operand (`OUTPUT` - n for the n-th output), its memory, and how often that had been written to."""
Hook = Callable[[Any], Any]

_FREED: Sequence[Array] = []


class EagerNode(Node):
    """One application of a primitive to tensors, or a tensor that was made from an array."""

    __slots__ = ("degree", "versions", "watch")

    def __init__(
        self,
        primitive: Primitive | None,
        operands: Sequence[Array],
        parameters: Mapping[str, Any],
        output: Any,
        parents: Sequence[Parent],
        saved: Any = None,
        versions: Sequence[Version] = (),
        degree: int = 0,
    ):
        self.primitive = primitive  # as the base class does, whose call would cost as much as all this
        self.operands = operands
        self.parameters = parameters
        self.output = output
        self.parents = parents
        self.saved = saved
        self.order = next_order()
        self.versions = versions
        self.degree = degree
        """0 for the function's own operations, n for those of its n-th adjoints."""
        self.watch: Watch | None = None

    @property
    def is_freed(self) -> bool:
        """Say whether a sweep has used it."""
        return self.operands is _FREED

    def free(self) -> None:
        """Let go of the arrays that a sweep has used, and of the nodes behind."""
        self.operands, self.parents, self.output, self.saved, self.versions = _FREED, (), None, None, ()

    def watched(self) -> "Watch":
        """Give the watch over this node; make it where there is none."""
        if self.watch is None:
            self.watch = Watch()
        return self.watch

    def overwritten(self, by_definition: bool) -> Version | None:
        """Give an operand or output that the rule reads and that was written to since; None if there is none.

        Args:
            by_definition: whether a fused primitive is pulled back through its definition, which reads all operands.
        """
        for each in self.versions:
            position, storage, version = each
            if storage.version != version and (
                not isinstance(self.primitive, Fused) or self._is_read(position, by_definition)
            ):
                return each
        return None

    def _is_read(self, position: int, by_definition: bool) -> bool:
        if by_definition:
            return position > OUTPUT
        outputs = self.output if self.primitive is not None and self.primitive.multiple else (self.output,)
        array = self.operands[position] if position > OUTPUT else outputs[OUTPUT - position]
        return any(share_memory(array, saved) for saved in flatten(self.saved)[0])


class Watch:
    """Who wants to see the cotangents of a node's outputs; each by its slot, None for the only output."""

    __slots__ = ("grads", "hooks", "retained")

    def __init__(self) -> None:
        self.hooks: dict[int | None, list[Hook]] = {}
        self.retained: set[int | None] = set()
        """The outputs whose gradients are kept though they were computed."""
        self.grads: dict[int | None, Any] = {}

    def add(self, slot: int | None, gradient: Any) -> None:
        """Add a gradient to those that have arrived before."""
        before = self.grads.get(slot)
        if before is None or before.requires_grad or gradient.requires_grad:
            self.grads[slot] = gradient if before is None else before + gradient
        else:
            before += gradient
