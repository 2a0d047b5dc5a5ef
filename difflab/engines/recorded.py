"""Reverse mode, first half: each value remembers how it was computed.

A `Recorded` is an array with the `Node` that made it; a node holds the primitive, its operands and
its output, and points to the nodes of its operands. `tape.py` sweeps over them in reverse.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import explain
from ..primitives.primitive import Fused, Primitive, has_loops_for
from ..types import Array
from .constants import Constants
from .dispatch import Value, apply
from .dual import rebuild
from .node import Node
from .refusals import refuse_lost
from .surface import NUMBERS, PLAIN, ArrayValue
from .views import Views, note_views


class Recorded(ArrayValue):
    """An array and the node that computed it."""

    __slots__ = ("constants", "data", "node", "slot", "views")

    def __init__(
        self,
        level: int,
        data: Array,
        node: Node | None = None,
        slot: int | None = None,
        constants: Constants | None = None,
    ):
        self.level = level
        self.data = data
        self.node = Node(None, (), {}, data, ()) if node is None else node
        self.slot = slot
        """Which output of its node this is, where the primitive returns several; else None."""
        self.constants = constants
        """Keeps constant arrays as they are when they are used; None inside rules, which write into none."""
        self.views: Views | None = None

    def hold(self, result: Array) -> None:
        """Take the place of `result`: nodes keep arrays and nodes, no values, so the record stays as it is."""
        if type(result) is Recorded and result.level == self.level:
            self.data, self.node, self.slot = result.data, result.node, result.slot
        else:
            self.data, self.node, self.slot = result, Node(None, (), {}, result, ()), None

    @property
    def underlying(self) -> Array:
        """The array."""
        return self.data

    def with_node(self, data: Array, node: Node, slot: int | None) -> "Recorded":
        """Give the value of the same level that a node's operand or output was when the node was made."""
        return Recorded(self.level, data, node, slot)

    def takes(self, primitive: Primitive, operands: Sequence[Array]) -> bool:
        """Say whether to record a primitive as one node, not as those of its definition: where it has loops."""
        return type(primitive) is not Fused or has_loops_for([self._array(operand) for operand in operands])

    def _array(self, operand: Array) -> Array:
        return operand.data if type(operand) is Recorded and operand.level == self.level else operand

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to the arrays, and remember it in a node."""
        level = self.level
        arrays = []
        parents = []
        nested = False
        constants = self.constants
        for position, operand in enumerate(operands):
            array = operand
            if type(operand) is Recorded and operand.level == level:
                array = operand.data
                parents.append((position, operand.node, operand.slot))
            elif constants is not None and type(operand) not in NUMBERS:
                array = constants.keep(operand)
            nested = nested or (type(array) not in PLAIN and isinstance(array, Value))
            arrays.append(array)
        try:
            output, saved = _computed(primitive, arrays, parameters, nested)
        except (TypeError, ValueError) as error:
            explain(primitive.name, arrays, error)
            raise
        if not primitive.differentiable:
            return output
        if primitive.multiple:
            node = Node(primitive, arrays, parameters, output, parents, saved)
            return rebuild(output, self._several(output, node))
        is_number = type(output) is np.float64
        if not is_number and _carries_none(output):
            return output
        result = Recorded(level, output, Node(primitive, arrays, parameters, output, parents, saved), None, constants)
        if not is_number and (type(output) is not np.ndarray or output.base is not None or output is arrays[0]):
            note_views(result, output, operands, arrays)
        return result

    def _several(self, outputs: Sequence[Array], node: Node) -> list["Recorded"]:
        return [Recorded(self.level, each, node, slot, self.constants) for slot, each in enumerate(outputs)]

    def __repr__(self) -> str:
        return f"Recorded({self.data!r})"


def _computed(
    primitive: Primitive, arrays: Sequence[Array], parameters: Mapping[str, Any], nested: bool
) -> tuple[Any, Any]:
    """Give the output of a primitive, and what a fused one saves for the way back."""
    if nested:
        return apply(primitive, arrays, parameters), None
    if type(primitive) is Fused:
        found: tuple[Any, Any] = primitive.forward(*arrays, **parameters)
        return found
    return primitive.compute(*arrays, **parameters), None


def _carries_none(output: Array) -> bool:
    """Say whether a result is of integers or booleans, which carry no derivative; refuse what would lose its own."""
    dtype = np.result_type(output) if type(output) is complex else output.dtype
    if dtype.kind != "f":
        refuse_lost(dtype)
    return bool(dtype.kind != "f")
