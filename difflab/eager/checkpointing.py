"""Gradient checkpointing: memory for time, by running a part of the function again in the sweep.

The part is recorded as one node that keeps its arguments alone. When a sweep arrives there, the part runs again, is
recorded this time, and the sweep goes on through that record (Griewank and Walther, Evaluating Derivatives, 2008,
chapter 12).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..engines.tape import Start
from ..errors import InvalidArgument
from ..primitives.layout import Layout
from ..primitives.primitive import Primitive
from ..structure import Structure, flatten
from ..types import Array, Tree
from .draws import Draws, drawn_again, drawn_first
from .node import EagerNode, Version
from .observing import observer
from .recording import recording, recording_as
from .refusals import refuse_another_run, refuse_overwritten
from .storage import Outline
from .tensor import Tensor, alias_of, with_node


def checkpoint(function: Callable[..., Tree], *args: Any, **kwargs: Any) -> Tree:
    """Give `function(*args, **kwargs)`, keeping no value inside it for the sweep, which runs it a second time.

    Tensors that the function uses without taking them as arguments (the parameters of a module) get gradients too.
    The function must do the same in both runs; draws of difflab's own modules (dropout) are repeated.

    Args:
        function: from tensors, numbers and nests of them to a tensor or a nest of tensors.
        args: its arguments.
        kwargs: its arguments by keyword.

    Raises:
        InvalidArgument: the function returns something other than tensors.

    >>> import numpy as np
    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> y = checkpoint(lambda x: np.sum(np.sin(x) ** 2), x)
    >>> y.backward()
    >>> np.allclose(x.grad, np.sin([2.0, 4.0]))
    True
    """
    degree = recording.get()
    if (seen := observer.get()) is not None:
        seen.refuse("It runs a part twice, by `checkpoint`: compiled steps keep what the sweep needs.")
    if degree is None:
        return function(*args, **kwargs)
    leaves, structure = flatten((args, kwargs))
    leaves = [alias_of(leaf) if isinstance(leaf, Tensor) else leaf for leaf in leaves]
    draws = Draws()
    with recording_as(None), drawn_first(draws):
        outputs, output_structure = flatten(function(*args, **kwargs))
    for output in outputs:
        if not isinstance(output, Tensor):
            raise InvalidArgument(
                f"The function given to checkpoint returned a {type(output).__name__}: let it return tensors, or a "
                f"nest of them."
            )
    node = _node(Checkpointed(function, structure, draws), leaves, outputs, degree)
    return output_structure.unflatten([_output(output, node, slot) for slot, output in enumerate(outputs)])


class Checkpointed(Primitive):
    """A part of a function that is run again, as a primitive of the leaves of its arguments."""

    def __init__(self, function: Callable[..., Any], structure: Structure, draws: Draws):
        super().__init__(function, Layout(function, 0, name="checkpoint"), multiple=True)
        self.structure = structure
        self.draws = draws

    def replay(self, node: EagerNode, cotangents: Mapping[int, Array]) -> Iterator[Start]:
        """Run the part again and record it; gives what arrives at the outputs of that run."""
        for version in node.versions:
            if version[1].version != version[2]:
                raise refuse_overwritten(node, version)
        args, kwargs = self.structure.unflatten(node.operands)
        with recording_as(node.degree), drawn_again(self.draws):
            outputs, _ = flatten(self.function(*args, **kwargs))
        if [(y.shape, y.dtype) for y in outputs] != [(y.shape, y.dtype) for y in node.output]:
            raise refuse_another_run(node.output, outputs)
        for slot, cotangent in cotangents.items():
            if outputs[slot].node is not None:
                yield outputs[slot].node, outputs[slot].slot, cotangent

    def push(self, tangents: Any, output: Any, operands: Any, parameters: Any) -> Any:
        raise AssertionError("Only the eager engine records a part that is run again, and it sweeps through that run.")

    def pull(self, position: int, cotangent: Any, output: Any, operands: Any, parameters: Any) -> Any:
        raise AssertionError("Only the eager engine records a part that is run again, and it sweeps through that run.")


def _node(primitive: Checkpointed, leaves: Sequence[Any], outputs: Sequence[Tensor], degree: int) -> EagerNode:
    tensors = [(position, leaf) for position, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
    parents = [(position, leaf.node, leaf.slot) for position, leaf in tensors if leaf.node is not None]
    versions: list[Version] = [(position, leaf.storage, leaf.storage.version) for position, leaf in tensors]
    outlines = [Outline(output) for output in outputs]
    return EagerNode(primitive, leaves, {}, outlines, parents, None, versions, degree)


def _output(output: Tensor, node: EagerNode, slot: int) -> Tensor:
    if output.dtype.kind != "f":
        return output
    return with_node(output.data, node, slot, output.storage, output.version)
