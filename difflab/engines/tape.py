"""Reverse mode, second half: the sweep that carries cotangents from outputs to inputs.

x̄ = Σ ȳ · ∂y/∂x over all uses of x (Griewank and Walther 2008, table 3.5): nodes are visited in the
reverse of the order in which they were made, so that each cotangent is complete when it is used.
Iterative, so the length of a chain is limited by memory alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from sys import getrefcount
from typing import Any

import numpy as np

from ..arrays import explain
from ..primitives.primitive import Elementwise, Fused, Primitive
from ..structure import shape_of
from ..types import Array
from .dispatch import Value, next_level
from .node import Node
from .recorded import Recorded
from .surface import PLAIN

Start = tuple[Node, int | None, Array]
"""A node, which of its outputs, and the cotangent of that output."""
Arrived = dict[Node, Any]
"""The cotangent that has arrived at each node; where a node has several outputs, a dictionary of theirs by slot."""
Wrap = Callable[[Array, Node, int | None], Value]
"""Gives the value that an operand or an output was when its node was made."""


def sweep(
    outputs: Sequence[Array], cotangents: Sequence[Array], inputs: Sequence[Recorded], create_graph: bool = False
) -> list[Array | None]:
    """Carry a cotangent of each output back to the inputs; None where nothing arrived.

    Args:
        outputs: results; one that is not `Recorded` at the inputs' level does not depend on them.
        cotangents: one for each output, of its shape.
        inputs: values that were made from arrays, not computed.
        create_graph: run the rules on recorded values, not on their arrays. The graph is then extended by
            its own adjoints, and the results are values that another sweep can start from.
    """
    level = inputs[0].level
    starts = [
        (output.node, output.slot, cotangent)
        for output, cotangent in zip(outputs, cotangents, strict=True)
        if isinstance(output, Recorded) and output.level == level
    ]
    ended = Sweep(inputs[0].with_node if create_graph else None).run(starts)
    return [ended.get(x.node) for x in inputs]


class Sweep:
    """One sweep back over a record.

    Args:
        wrap: gives the values to run the rules on, so that the sweep is itself recorded; None runs them on arrays.
        keep: nodes whose cotangents are asked for, though they were computed.
        skip: nodes whose cotangents are of no use.
    """

    def __init__(
        self, wrap: Wrap | None = None, keep: Collection[Node] = frozenset(), skip: Collection[Node] = frozenset()
    ):
        self.wrap = wrap
        self.is_recorded = wrap is not None
        self.keep = keep
        self.skip = skip
        self.arrived: Arrived = {}
        self.waiting: list[tuple[int, Node]] = []
        """The nodes of `arrived` as a heap, the latest first."""

    def run(self, starts: Iterable[Start]) -> Arrived:
        """Carry cotangents back; gives those that arrived at inputs (nodes without a primitive) and at `keep`."""
        ended: Arrived = {}
        for start in starts:
            self.add(*start)
        waiting, arrived, keep = self.waiting, self.arrived, self.keep
        while waiting:
            node = heappop(waiting)[1]
            cotangent = self.complete(node, arrived.pop(node))
            primitive = node.primitive
            if primitive is None or node in keep:
                ended[node] = cotangent
            if primitive is not None:
                try:
                    self.visit(node, primitive, cotangent)
                except (TypeError, ValueError) as error:
                    explain(f"the derivative of {primitive.name}", node.operands, error)
                    raise
        return ended

    def add(self, node: Node, slot: int | None, flow: Array) -> None:
        """Let a cotangent arrive at an output of a node."""
        arrived = self.arrived
        before = arrived.get(node)
        if before is None:
            heappush(self.waiting, (-node.order, node))
            arrived[node] = flow if slot is None else {slot: flow}
        elif slot is None:
            arrived[node] = before + flow
        else:
            before[slot] = before[slot] + flow if slot in before else flow

    def complete(self, node: Node, cotangent: Any) -> Any:
        """Give the cotangent to go on with where all that flows to a node has arrived."""
        return cotangent

    def visit(self, node: Node, primitive: Primitive, cotangent: Any) -> None:
        """Carry the cotangent of a node to those of its operands."""
        operands, output = self.values(node) if self.is_recorded else (node.operands, node.output)
        if type(primitive) is not Elementwise:
            self._visit_other(node, primitive, operands, output, cotangent)
            return
        skip, differentials, sums_first = self.skip, primitive.differentials, primitive.sums_first
        for position, parent, slot in node.parents:
            operand, differential = operands[position], differentials[position]
            if differential is None or parent in skip:
                continue
            if position in sums_first:
                flow = differential(fit(cotangent, operand), output, *operands, **node.parameters)
            else:
                flow = fit(differential(cotangent, output, *operands, **node.parameters), operand)
            self.add(parent, slot, flow)

    def _visit_other(
        self, node: Node, primitive: Primitive, operands: Sequence[Array], output: Any, cotangent: Any
    ) -> None:
        if type(primitive) is Fused:
            self._visit_fused(node, primitive, operands, cotangent)
            return
        if primitive.multiple:
            cotangent = _with_zeros(cotangent, output)
        for position, parent, slot in node.parents:
            if parent in self.skip:
                continue
            if primitive.accumulate and slot is None and position == 0 and self._is_plain(parent, cotangent, operands):
                primitive.accumulate(self._total(parent, operands[0]), cotangent, output, *operands, **node.parameters)
                continue
            flow = primitive.pull(position, cotangent, output, operands, node.parameters)
            if flow is not None:
                self.add(parent, slot, fit(flow, operands[position]))

    def values(self, node: Node) -> tuple[Sequence[Array], Any]:
        """Give a node's operands and output as the values that they were when it was made: the sweep is recorded."""
        assert self.wrap is not None
        operands = list(node.operands)
        for position, parent, slot in node.parents:
            operands[position] = self.wrap(operands[position], parent, slot)
        if node.primitive is None or not node.primitive.multiple:
            return operands, self.wrap(node.output, node, None)
        return operands, [self.wrap(each, node, slot) for slot, each in enumerate(node.output)]

    def _visit_fused(self, node: Node, primitive: Fused, operands: Sequence[Array], cotangent: Any) -> None:
        parents = [parent for parent in node.parents if parent[1] not in self.skip]
        needed = [position for position, _, _ in parents]
        cotangents = _by_slot(cotangent, node.output) if primitive.multiple else (cotangent,)
        if not self.is_recorded and _are_plain(*cotangents):
            given = cotangents if primitive.multiple else cotangent
            flows = primitive.backward(given, node.saved, needed, **node.parameters)
        else:
            flows = pull_by_definition(primitive, operands, cotangents, needed, node.parameters)
        for position, parent, slot in parents:
            if flows[position] is not None:
                self.add(parent, slot, flows[position])

    def _is_plain(self, parent: Node, cotangent: Array, operands: Sequence[Array]) -> bool:
        is_array = isinstance(cotangent, (np.ndarray, np.generic))
        return is_array and _are_plain(self.arrived.get(parent), *operands)

    def _total(self, node: Node, operand: Array) -> Array:
        """Give the cotangent that has arrived at a node as an array that may be written to.

        So indexing x, entry by entry, takes time linear in the number of entries, not an array of zeros for each.
        """
        if node not in self.arrived:
            self.add(node, None, np.zeros(operand.shape, operand.dtype))
        elif not _is_unshared(self.arrived, node):
            self.arrived[node] = np.array(self.arrived[node], operand.dtype)
        return self.arrived[node]


def pull_by_definition(
    primitive: Fused,
    operands: Sequence[Array],
    cotangents: Sequence[Array | None],
    needed: Sequence[int],
    parameters: Mapping[str, Any],
) -> dict[int, Array | None]:
    """Carry the cotangents of a fused primitive's outputs back to the operands at the positions `needed`."""
    level = next_level()
    inputs = {position: Recorded(level, operands[position]) for position in needed}
    outputs = primitive.evaluate_definition([inputs.get(n, x) for n, x in enumerate(operands)], parameters)
    arrived = [(y, cotangent) for y, cotangent in zip(outputs, cotangents, strict=True) if cotangent is not None]
    flows = sweep([y for y, _ in arrived], [cotangent for _, cotangent in arrived], list(inputs.values()))
    return dict(zip(needed, flows, strict=True))


def fit(cotangent: Array, operand: Array) -> Array:
    """Undo what broadcasting and mixed dtypes did: sum over repeated entries, take the operand's dtype."""
    kind = type(operand)
    if kind is np.float64 and type(cotangent) is np.float64:
        return cotangent
    shape = operand.shape if kind is np.ndarray else shape_of(operand)
    if cotangent.shape != shape:
        extra = cotangent.ndim - len(shape)
        repeated = tuple([axis + extra for axis, length in enumerate(shape) if length == 1])
        cotangent = cotangent.sum(axis=tuple(range(extra)) + repeated)
        if repeated:
            cotangent = cotangent.reshape(shape)
    dtype = operand.dtype if kind is np.ndarray else getattr(operand, "dtype", None)
    return cotangent if dtype is None or cotangent.dtype == dtype else cotangent.astype(dtype)


def _is_unshared(arrays: Mapping[Any, Array], key: Any) -> bool:
    """Say whether an array is no view, and nothing refers to it but this dictionary: so that it may be written to."""
    return type(arrays[key]) is np.ndarray and arrays[key].base is None and _references(arrays, key) == _UNSHARED


def _references(arrays: Mapping[Any, Array], key: Any) -> int:
    array = arrays[key]
    return getrefcount(array)


_UNSHARED = _references({None: np.empty(0)}, None)
"""What is counted of an array that only a dictionary has: whether names in here count depends on Python's version."""


def _are_plain(*arrays: Array | None) -> bool:
    for array in arrays:
        if type(array) not in PLAIN and isinstance(array, Value) and not array.stands_for_array:
            return False
    return True


def _by_slot(cotangents: dict[int, Array], output: Sequence[Array]) -> tuple[Array | None, ...]:
    return tuple(cotangents.get(slot) for slot in range(len(output)))


def _with_zeros(cotangents: dict[int, Array], output: Sequence[Array]) -> tuple[Array, ...]:
    return tuple(cotangents[slot] if slot in cotangents else np.zeros_like(y) for slot, y in enumerate(output))
