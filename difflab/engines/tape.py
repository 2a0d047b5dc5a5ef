"""Reverse mode, second half: the sweep that carries cotangents from outputs to inputs.

x̄ = Σ ȳ · ∂y/∂x over all uses of x (Griewank and Walther 2008, table 3.5): nodes are visited in the
reverse of the order in which they were made, so that each cotangent is complete when it is used.
Iterative, so the length of a chain is limited by memory alone.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from ..structure import shape_of
from ..types import Array
from .tensor import Node, Tensor


def sweep(outputs: Sequence[Array], cotangents: Sequence[Array], inputs: Sequence[Tensor]) -> list[Array | None]:
    """Carry a cotangent of each output back to the inputs; None where nothing arrived.

    An output that is no `Tensor` of the inputs' level does not depend on them.
    """
    level = inputs[0].level
    arrived: dict[tuple[Node, int | None], Array] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        if isinstance(output, Tensor) and output.level == level:
            _accumulate(arrived, (output.node, output.slot), cotangent)
    for node in _in_reverse(node for node, _ in arrived):
        cotangent = _taken(arrived, node)
        if cotangent is None or node.primitive is None:
            continue
        for position, parent, slot in node.parents:
            flow = node.primitive.pull(position, cotangent, node.output, node.operands, node.parameters)
            if flow is not None:
                _accumulate(arrived, (parent, slot), fit(flow, node.operands[position]))
    return [arrived.get((tensor.node, tensor.slot)) for tensor in inputs]


def fit(cotangent: Array, operand: Array) -> Array:
    """Undo what broadcasting and mixed dtypes did: sum over repeated entries, take the operand's dtype."""
    shape = shape_of(operand)
    if cotangent.shape != shape:
        extra = cotangent.ndim - len(shape)
        repeated = tuple(axis + extra for axis, length in enumerate(shape) if length == 1)
        cotangent = np.reshape(np.sum(cotangent, axis=tuple(range(extra)) + repeated), shape)
    dtype = getattr(operand, "dtype", None)
    return cotangent if dtype is None or cotangent.dtype == dtype else cotangent.astype(dtype)


def _accumulate(arrived: dict[tuple[Node, int | None], Array], key: tuple[Node, int | None], flow: Array) -> None:
    before = arrived.get(key)
    arrived[key] = flow if before is None else before + flow


def _taken(arrived: dict[tuple[Node, int | None], Array], node: Node) -> Array | tuple[Array, ...] | None:
    """Take a node's complete cotangent; an input's stays, to be read at the end."""
    if node.primitive is None:
        return None
    if not node.primitive.multiple:
        return arrived.pop((node, None), None)
    parts = [arrived.pop((node, slot), None) for slot in range(len(node.output))]
    if all(part is None for part in parts):
        return None
    return tuple(np.zeros_like(each) if part is None else part for each, part in zip(node.output, parts, strict=True))


def _in_reverse(starts: Iterable[Node]) -> list[Node]:
    """List the nodes that `starts` depend on, the latest first."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for _, parent, _ in waiting.pop().parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return sorted(found, key=lambda node: node.order, reverse=True)
