"""Recording a step while it runs for real: what it reads and changes of tensors, and all that is computed between.

Each tensor that the step touches is given a `RecordedArray` in place of its array. Its memory stays where it is, and is
written to as without a record; so a step that was recorded has been made, also one that cannot be replayed. One that
fails is undone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple
from weakref import ref

import numpy as np

from ..eager.node import EagerNode
from ..eager.observing import Change, Observer, Owned, observer
from ..eager.tensor import Tensor, as_tensor
from ..engines.constants import kept
from ..engines.dispatch import Value, next_level
from ..engines.graph import Equation, Graph, Variable
from ..engines.trace import new_variable
from ..primitives.primitive import Fused, Primitive
from ..primitives.table import TABLE
from ..types import Array
from .array import RecordedArray, plain
from .loops import Call, recorded_loops
from .plain import make_plain


class Held(NamedTuple):
    """A tensor that was there before the step, and how it was."""

    tensor: Tensor
    array: Array
    node: EagerNode | None


class Effect(Call):
    """A change of memory, made anew in each replay: arrays, then the tensors that it changes, to those and a result."""

    changes_memory: ClassVar[bool] = True

    def __init__(self, change: Change, count: int, has_result: bool):
        super().__init__(change, getattr(change, "__qualname__", "change"))
        self.change = change
        self.count = count
        """Of arrays that it reads."""
        self.has_result = has_result


class Recorder(Observer):
    """What watches tensors while a step runs."""

    def __init__(self) -> None:
        self.level = next_level()
        self.graph = Graph(numbers_are_looked_at=True)
        self.held: dict[int, Held] = {}
        """By the identity of the tensor."""
        self.modules: dict[int, Any] = {}
        self.expected: list[tuple[EagerNode, Tensor | None]] = []
        """Gradients from before, which those of the step were added to, or None."""
        self.gradients: dict[EagerNode, Tensor | None] = {}
        """Those from before, of all nodes whose gradients the step changed."""
        self.before: list[tuple[Array, Array]] = []
        """Arrays that were changed, and copies of how they were, in order."""
        self.owned: list[tuple[Owned, Any]] = []
        self.refusals: list[str] = []
        """What no replay could do, in sentences."""
        self.generators: set[int] = set()
        """The identities of those that the step draws from, as replays do."""
        self.made_here: dict[int, Tensor] = {}
        """Tensors that the step made of plain arrays, by identity."""
        self.made_of_records: list[ref[Tensor]] = []
        """All that the step made."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what runs inside."""
        token = observer.set(self)
        try:
            yield
        finally:
            observer.reset(token)

    def recorded(self, array: Array) -> RecordedArray:
        """Make an input of the record."""
        variable = new_variable(self.graph, array)
        self.graph.inputs.append(variable)
        return RecordedArray(self.level, array, variable, self.graph)

    def argument(self, array: Array) -> Tensor:
        """Make a tensor of an argument."""
        return as_tensor(self.recorded(array))

    # What an observer is told

    def stand_in(self, primitive: Primitive, operands: Sequence[Any]) -> Primitive:
        for operand in operands:
            if isinstance(operand, Tensor):
                self.hold(operand)
        return recorded_loops(primitive) if type(primitive) is Fused else primitive

    def overwritten(self, tensor: Tensor, source: Array) -> Array:
        self.hold(tensor)
        target = tensor.data
        if id(tensor) in self.held:
            self.change(lambda arrays: _write(tensor, arrays[0]), [source], [tensor], [])
        elif isinstance(source, RecordedArray):
            target.change(source)
        else:
            self.refuse("It overwrites a computed tensor with a constant: compute a new one.")
            target.array[...] = source
        return target

    def change(self, change: Change, arrays: Sequence[Any], tensors: Sequence[Tensor], owned: Sequence[Owned]) -> Any:
        given = {id(tensor.data): tensor for tensor in tensors}
        for tensor in tensors:
            self.hold(tensor)
        arrays = [given[id(x)].data if id(x) in given else x for x in arrays]
        recorded = [tensor.data for tensor in tensors]
        self.before += [(each.array, each.array.copy()) for each in recorded]
        self.owned += [(each, each.read()) for each in owned]
        operands = [self._operand(x) for x in (*arrays, *recorded)]
        result = self._run(change, arrays, tensors, recorded)
        for each in recorded:
            each.variable = new_variable(self.graph, each.array)
        outputs = [each.variable for each in recorded]
        if result is not None:
            result = np.asarray(result)[()] if not isinstance(result, np.ndarray) else result
            outputs.append(new_variable(self.graph, result))
        effect = Effect(change, len(arrays), result is not None)
        self.graph.equations.append(Equation(effect, tuple(operands), {}, tuple(outputs)))
        return None if result is None else RecordedArray(self.level, result, outputs[-1], self.graph)

    def gradient_arrives(self, node: EagerNode) -> None:
        if node not in self.gradients:
            before = self._gradient_before(node)
            self.expected.append((node, before))

    def gradient_set(self, node: EagerNode) -> None:
        if node not in self.gradients:
            self._gradient_before(node)

    def draws_from(self, generator: np.random.Generator) -> None:
        self.generators.add(id(generator))

    def made(self, tensor: Any) -> None:
        if not isinstance(tensor.data, Value):
            self.made_here[id(tensor)] = tensor
        self.made_of_records.append(ref(tensor))

    def called(self, module: Any) -> None:
        self.modules[id(module)] = module

    def refuse(self, sentence: str) -> None:
        self.refusals.append(sentence)

    # How it is done

    def hold(self, tensor: Tensor) -> None:
        """Let a tensor from before the step be recorded, if it is none that the step itself made."""
        array = tensor.data
        if isinstance(array, Value):
            return
        if id(tensor) in self.made_here:
            tensor.data = self._made_anew(array)
        else:
            tensor.data = self.recorded(array)
            self.held[id(tensor)] = Held(tensor, array, tensor.node)

    def _made_anew(self, array: Array) -> RecordedArray:
        """Make an array that each replay has a copy of."""
        variable = new_variable(self.graph, array)
        copy = TABLE[np.copy]
        assert isinstance(copy, Primitive)
        self.graph.equations.append(Equation(copy, (array.copy(),), {}, (variable,)))
        return RecordedArray(self.level, array, variable, self.graph)

    def _operand(self, x: Any) -> Any:
        return x.variable if isinstance(x, RecordedArray) else kept(x, self.graph.copies)

    def _gradient_before(self, node: EagerNode) -> Tensor | None:
        self.gradients[node] = gradient_of(node)
        return self.gradients[node]

    def _run(
        self, change: Change, arrays: Sequence[Any], tensors: Sequence[Tensor], recorded: Sequence[RecordedArray]
    ) -> Any:
        """Make a change now, on the arrays themselves."""
        for tensor, each in zip(tensors, recorded, strict=True):
            tensor.data = each.array
        token = observer.set(None)
        try:
            return change([plain(x) for x in arrays])
        finally:
            observer.reset(token)
            for tensor, each in zip(tensors, recorded, strict=True):
                each.array, tensor.data = tensor.data, each

    def release(self, results: Sequence[Any]) -> None:
        """Give all tensors their arrays back, results among them, and what was recorded for a sweep, too."""
        made = [reference() for reference in self.made_of_records]
        for tensor in (
            *(held.tensor for held in self.held.values()),
            *map(gradient_of, self.gradients),
            *made,
            *results,
        ):
            if isinstance(tensor, Tensor):
                tensor.data = plain(tensor.data)
                if tensor.node is not None:
                    make_plain(tensor.node)

    def undo(self) -> None:
        """Set back what the step changed."""
        for array, entries in reversed(self.before):
            if isinstance(array, np.ndarray):
                array[...] = entries
        for held in self.held.values():
            held.tensor.data, held.tensor.node = held.array, held.node
            held.tensor.version = held.tensor.storage.version
        for node, before in self.gradients.items():
            node.watched().grads[None] = before
        for owned, state in reversed(self.owned):
            owned.restore(state)


def _write(tensor: Tensor, source: Array) -> None:
    tensor.data[...] = source
    tensor.written("a step that was recorded")


def gradient_of(node: EagerNode) -> Tensor | None:
    """Give the gradient that a node of a tensor made from data has, if it has one."""
    return node.watch.grads.get(None) if node.watch else None


def variable_of(leaf: Any) -> Variable | None:
    """Give the variable behind a tensor or number of a record; None if there is none."""
    data = leaf.data if isinstance(leaf, Tensor) else leaf
    return data.variable if isinstance(data, RecordedArray) else None
