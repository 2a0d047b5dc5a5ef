"""Nodes of a record that have yet to be swept, made as if nothing had been recorded."""

from ..eager.node import EagerNode
from ..engines.dual import rebuild
from .array import plain
from .loops import Kept, original


def make_plain(node: EagerNode) -> None:
    """Let a node, and all behind it, be as if nothing had been recorded."""
    waiting, met = [node], {node}
    while waiting:
        node = waiting.pop()
        if node.primitive is None or node.is_freed:
            continue
        node.operands = [plain(x) for x in node.operands]
        several = node.primitive.multiple
        node.output = rebuild(node.output, [plain(x) for x in node.output]) if several else plain(node.output)
        node.saved = node.saved.saved if isinstance(node.saved, Kept) else node.saved
        node.primitive = original(node.primitive)
        parents = [parent for _, parent, _ in node.parents if isinstance(parent, EagerNode) and parent not in met]
        met.update(parents)
        waiting += parents
