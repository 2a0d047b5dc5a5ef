"""Gradients of what tensors recorded: added up in `.grad`, or given as results."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import arrays
from ..engines.node import Node
from ..engines.tape import Start
from ..errors import InvalidArgument
from ..types import Array
from .checkpointing import Checkpointed
from .node import EagerNode
from .observing import observer
from .refusals import refuse_no_input, refuse_no_record, refuse_not_scalar, refuse_seed, refuse_unused
from .sweep import EagerSweep
from .tensor import Tensor, alias_of, as_tensor, concrete


def backward(tensor: Tensor, gradient: Any, retain_graph: bool, create_graph: bool) -> None:
    """Sweep back from a tensor, and add what arrives to `.grad` of tensors made from data; see `Tensor.backward`."""
    start = _start(tensor, gradient, create_graph)
    sweep = EagerSweep(_degree([tensor]) if create_graph else None, free=not (retain_graph or create_graph))
    taken = {_identity(start[2])}
    seen = observer.get()
    for node, cotangent in sweep.run([start]).items():
        assert isinstance(node, EagerNode)
        if seen is not None:
            seen.gradient_arrives(node)
        node.watched().add(None, _own(cotangent, taken))


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    create_graph: bool = False,
    retain_graph: bool = False,
    allow_unused: bool = False,
) -> Any:
    """Give the gradients of outputs with respect to inputs; `.grad` stays as it is.

    Args:
        outputs: a tensor, or several, whose gradients are added up.
        inputs: a tensor, or several; made from data, or computed.
        grad_outputs: the weights of the outputs' entries, of their shapes: one for each output; not needed for numbers.
        create_graph: extend the graph by its own adjoints, so that the gradients can be differentiated: each higher
            order is one more call. Keeps the record.
        retain_graph: keep the record for another sweep.
        allow_unused: give None for an input that the outputs do not depend on, in place of an error.

    Returns:
        a tensor for one input, a tuple of tensors for several.

    Raises:
        NotDifferentiable: there is no record, it was freed, or something that it needs has been changed in place since.
        InvalidArgument: an input does not require a gradient or is not used, or `grad_outputs` does not fit.

    >>> x = Tensor(2.0, requires_grad=True)
    >>> slope = grad(x**4, x, create_graph=True)
    >>> curvature = grad(slope, x, create_graph=True)
    >>> slope.item(), curvature.item(), grad(curvature, x).item()
    (32.0, 48.0, 48.0)
    """
    several = _listed(outputs)
    wanted = _listed(inputs)
    weights = [None] * len(several) if grad_outputs is None else _listed(grad_outputs)
    if len(weights) != len(several):
        raise InvalidArgument(f"grad_outputs has {len(weights)} entries for {len(several)} outputs: give one for each.")
    starts = [_start(output, weight, create_graph) for output, weight in zip(several, weights, strict=True)]
    keep = {_node(number, tensor) for number, tensor in enumerate(wanted)}
    sweep = EagerSweep(
        _degree(several) if create_graph else None,
        free=not (retain_graph or create_graph),
        keep=keep,
        skip=_not_leading_to(keep, [start[0] for start in starts]),
    )
    arrived = sweep.run(starts)
    taken = {_identity(start[2]) for start in starts}
    results = []
    for number, tensor in enumerate(wanted):
        cotangent = arrived.get(_node(number, tensor))
        if tensor.slot is not None and cotangent is not None:
            cotangent = cotangent.get(tensor.slot)
        if cotangent is None and not allow_unused:
            raise refuse_unused(number, tensor)
        results.append(None if cotangent is None else _own(cotangent, taken))
    return results[0] if isinstance(inputs, Tensor) else tuple(results)


def _listed(tensors: Any) -> list[Any]:
    return list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]


def _node(number: int, tensor: Any) -> EagerNode:
    if not isinstance(tensor, Tensor) or tensor.node is None:
        raise refuse_no_input(number, tensor)
    return tensor.node


def _start(tensor: Any, gradient: Any, create_graph: bool) -> Start:
    """Give the node and the cotangent that a sweep starts with."""
    if not isinstance(tensor, Tensor) or tensor.node is None:
        raise refuse_no_record(tensor)
    tensor.require_current()
    if gradient is None:
        if tensor.size != 1:
            raise refuse_not_scalar(tensor)
        return tensor.node, tensor.slot, np.ones_like(tensor.data)
    seed = gradient if isinstance(gradient, Tensor) else Tensor(gradient, device=tensor.device, copy=False)
    if seed.shape != tensor.shape or seed.dtype.kind not in "fiu":
        raise refuse_seed(seed, tensor)
    arrays.require_one_device("A sweep", [seed.data, tensor.data])
    if seed.dtype != tensor.dtype:
        seed = seed.astype(tensor.dtype)
    return tensor.node, tensor.slot, seed if create_graph else seed.data


def _degree(outputs: Sequence[Tensor]) -> int:
    """Give the degree of the adjoints of outputs: one more than their own."""
    return 1 + max(output.node.degree for output in outputs if output.node is not None)


def _own(cotangent: Array, taken: set[int]) -> Tensor:
    """Give a gradient that shares its memory with no other, so that each may be changed in place."""
    if isinstance(cotangent, Tensor):
        if cotangent.requires_grad:
            return alias_of(cotangent)  # the record knows of changes in memory that it shares
        cotangent = cotangent.data
    array = concrete(cotangent)
    if id(array) in taken or getattr(array, "base", None) is not None:
        cotangent = cotangent.copy()
    taken.add(id(concrete(cotangent)))
    return as_tensor(cotangent)


def _identity(cotangent: Array) -> int:
    """Tell the array of a cotangent from others."""
    return id(concrete(cotangent.data if isinstance(cotangent, Tensor) else cotangent))


def _not_leading_to(wanted: set[EagerNode], starts: Sequence[Node]) -> set[Node]:
    """List the nodes behind `starts` that no path leads from to one of `wanted`."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for _, parent, _ in waiting.pop().parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    leading: set[Node] = set(wanted)
    for node in sorted(found, key=lambda node: node.order):
        assert isinstance(node, EagerNode)
        behind_is_unknown = node.is_freed or isinstance(node.primitive, Checkpointed)
        if behind_is_unknown or any(parent in leading for _, parent, _ in node.parents):
            leading.add(node)
    return found - leading
