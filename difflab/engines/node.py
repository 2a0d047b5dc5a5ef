"""What a record is made of: one node for each application of a primitive."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from ..primitives.primitive import Primitive
from ..types import Array

next_order = itertools.count().__next__
"""Give the number of a new node."""

Parent = tuple[int, "Node", int | None]
"""Of an operand that has a node: its position, the node, and which of that node's outputs it is."""


class Node:
    """One application of a primitive, or an input (whose primitive is None)."""

    __slots__ = ("operands", "order", "output", "parameters", "parents", "primitive", "saved")

    def __init__(
        self,
        primitive: Primitive | None,
        operands: Sequence[Array],
        parameters: Mapping[str, Any],
        output: Any,
        parents: Sequence[Parent],
        saved: Any = None,
    ):
        self.primitive = primitive
        self.operands = operands
        self.parameters = parameters
        self.output = output
        self.parents = parents
        self.saved = saved
        """Of a fused primitive: what its loops keep for the way back."""
        self.order = next_order()
        """Nodes are numbered as they are made, so that parents come before children."""
