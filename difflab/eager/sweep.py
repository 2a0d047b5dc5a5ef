"""The sweep of the eager engine: what it needs must be there and unchanged, and what it has used may be freed."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from ..engines.node import Node
from ..engines.tape import Arrived, Start, Sweep
from ..primitives.primitive import OUTPUT, Primitive
from ..types import Array
from .checkpointing import Checkpointed
from .node import EagerNode, Watch
from .observing import observer
from .recording import recording_as
from .refusals import refuse_freed, refuse_hook, refuse_overwritten
from .storage import Storage
from .tensor import as_tensor, fits, with_node


class EagerSweep(Sweep):
    """One sweep back over what tensors recorded.

    Args:
        degree: of the nodes that record the sweep itself; None runs the rules on arrays, and records nothing.
        free: lets go of each node's arrays as soon as they have been used.
        keep: nodes whose cotangents are asked for, though they were computed.
        skip: nodes whose cotangents are of no use.
    """

    def __init__(
        self,
        degree: int | None,
        free: bool,
        keep: Collection[Node] = frozenset(),
        skip: Collection[Node] = frozenset(),
    ):
        super().__init__(keep=keep, skip=skip)
        self.is_recorded = degree is not None
        self.degree = degree
        self.free = free

    def run(self, starts: Iterable[Start]) -> Arrived:
        """Carry cotangents back; gives those that arrived at tensors made from data, and at `keep`."""
        with recording_as(self.degree), np.errstate(divide="ignore", invalid="ignore"):
            return super().run(starts)

    def complete(self, node: Node, cotangent: Any) -> Any:
        """Show the cotangent to whoever watches the node."""
        assert isinstance(node, EagerNode)
        if node.watch is None:
            return cotangent
        if node.primitive is None or not node.primitive.multiple:
            return self._seen(node.watch, None, cotangent, node.primitive is not None)
        return {slot: self._seen(node.watch, slot, each, True) for slot, each in cotangent.items()}

    def _seen(self, watch: Watch, slot: int | None, cotangent: Array, computed: bool) -> Array:
        hooks = tuple(watch.hooks.get(slot, ()))
        if hooks and (seen := observer.get()) is not None:
            seen.refuse("It calls a hook of a tensor, which a replay would not call: take the hook off.")
        for hook in hooks:
            shown = as_tensor(np.copy(cotangent))  # other adjoints may share its memory, and hooks may write
            changed = hook(shown)
            if changed is not None:
                if not fits(changed, shown):
                    raise refuse_hook(changed, shown)
                cotangent = changed if self.is_recorded else changed.data.copy()
        if computed and slot in watch.retained:
            watch.add(slot, as_tensor(np.copy(cotangent)))
        return cotangent

    def visit(self, node: Node, primitive: Primitive, cotangent: Any) -> None:
        """Carry the cotangent of a node to those of its operands."""
        assert isinstance(node, EagerNode)
        if node.is_freed:
            raise refuse_freed(node)
        if self.skip and all(parent in self.skip for _, parent, _ in node.parents):
            return
        if isinstance(primitive, Checkpointed):
            for start in primitive.replay(node, cotangent):
                self.add(*start)
        else:
            if (overwritten := node.overwritten(by_definition=self.is_recorded)) is not None:
                raise refuse_overwritten(node, overwritten)
            super().visit(node, primitive, cotangent)
        if self.free:
            node.free()

    def values(self, node: Node) -> tuple[Sequence[Array], Any]:
        """Give a node's operands and output as the tensors that they were: the sweep is recorded."""
        assert isinstance(node, EagerNode)
        assert node.primitive is not None
        memory = {position: (storage, version) for position, storage, version in node.versions}
        operands = list(node.operands)
        for position, parent, slot in node.parents:
            assert isinstance(parent, EagerNode)
            operands[position] = with_node(operands[position], parent, slot, *memory.get(position, (Storage(), 0)))
        if not node.primitive.multiple:
            return operands, with_node(node.output, node, None, *memory.get(OUTPUT, (Storage(), 0)))
        return operands, [
            with_node(each, node, slot, *memory.get(OUTPUT - slot, (Storage(), 0)))
            for slot, each in enumerate(node.output)
        ]
