"""From what was recorded back to plain arrays, also in nodes that have yet to be swept."""

from typing import Any

from ..eager.node import EagerNode
from ..engines.dual import rebuild
from .array import RecordedArray
from .loops import Kept, original


def plain(x: Any) -> Any:
    """Give the array behind a recorded one, and anything else as it is."""
    return x.array if isinstance(x, RecordedArray) else x


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
