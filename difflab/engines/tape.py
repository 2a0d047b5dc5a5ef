"""Reverse mode, second half: the sweep that carries cotangents from outputs to inputs.

x̄ = Σ ȳ · ∂y/∂x over all uses of x (Griewank and Walther 2008, table 3.5): nodes are visited in the
reverse of the order in which they were made, so that each cotangent is complete when it is used.
Iterative, so the length of a chain is limited by memory alone.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from ..structure import shape_of
from ..types import Array
from .dispatch import Value
from .tensor import Node, Tensor, as_tensors


def sweep(
    outputs: Sequence[Array], cotangents: Sequence[Array], inputs: Sequence[Tensor], create_graph: bool = False
) -> list[Array | None]:
    """Carry a cotangent of each output back to the inputs; None where nothing arrived.

    Args:
        outputs: results; one that is no `Tensor` of the inputs' level does not depend on them.
        cotangents: one for each output, of its shape.
        inputs: tensors that were made from arrays, not computed.
        create_graph: run the rules on tensors, not on their arrays. The graph is then extended by
            its own adjoints, and the results are tensors that another sweep can start from.
    """
    level = inputs[0].level
    arrived: Arrived = {}
    totals: dict[Node, Array] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        if isinstance(output, Tensor) and output.level == level:
            _accumulate(arrived, output.node, output.slot, cotangent)
    for node in _in_reverse(arrived):
        primitive = node.primitive
        if primitive is None or node not in arrived:
            continue
        cotangent = arrived.pop(node)
        if primitive.multiple:
            cotangent = _with_zeros(cotangent, node.output)
        operands, output = as_tensors(node, level) if create_graph else (node.operands, node.output)
        for position, parent, slot in node.parents:
            if (
                primitive.accumulate
                and slot is None
                and position == 0
                and _are_plain(cotangent, arrived.get(parent), *operands)
            ):
                total = _total(arrived, totals, parent, operands[0])
                primitive.accumulate(total, cotangent, *operands, **node.parameters)
                continue
            flow = primitive.pull(position, cotangent, output, operands, node.parameters)
            if flow is not None:
                _accumulate(arrived, parent, slot, fit(flow, operands[position]))
    return [arrived.get(tensor.node) for tensor in inputs]


def fit(cotangent: Array, operand: Array) -> Array:
    """Undo what broadcasting and mixed dtypes did: sum over repeated entries, take the operand's dtype."""
    shape = shape_of(operand)
    if cotangent.shape != shape:
        extra = cotangent.ndim - len(shape)
        repeated = tuple(axis + extra for axis, length in enumerate(shape) if length == 1)
        cotangent = np.reshape(np.sum(cotangent, axis=tuple(range(extra)) + repeated), shape)
    dtype = getattr(operand, "dtype", None)
    return cotangent if dtype is None or cotangent.dtype == dtype else cotangent.astype(dtype)


Arrived = dict[Node, Any]
"""The cotangent that has arrived at each node; where a node has several outputs, a dictionary of theirs by slot."""


def _accumulate(arrived: Arrived, node: Node, slot: int | None, flow: Array) -> None:
    place: Any = arrived
    key: Any = node
    if slot is not None:
        place, key = arrived.setdefault(node, {}), slot
    before = place.get(key)
    place[key] = flow if before is None else before + flow


def _are_plain(*arrays: Array | None) -> bool:
    return not any(isinstance(array, Value) for array in arrays)


def _total(arrived: Arrived, totals: dict[Node, Array], node: Node, operand: Array) -> Array:
    """Give the cotangent that has arrived at a node as an array that may be written to.

    So indexing x, entry by entry, takes time linear in the number of entries, not an array of zeros for each.
    """
    total = arrived.get(node)
    if total is None or total is not totals.get(node):
        total = np.zeros(operand.shape, operand.dtype) if total is None else np.array(total, operand.dtype)
        arrived[node] = totals[node] = total
    return total


def _with_zeros(cotangents: dict[int, Array], output: Sequence[Array]) -> tuple[Array, ...]:
    return tuple(cotangents[slot] if slot in cotangents else np.zeros_like(y) for slot, y in enumerate(output))


def _in_reverse(starts: Iterable[Node]) -> list[Node]:
    """List the nodes that `starts` depend on, the latest first."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for _, parent, _ in waiting.pop().parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return sorted(found, key=attrgetter("order"), reverse=True)
