"""A step as it was recorded: how to carry it out again, and what has to be as it was for that."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..eager.node import EagerNode
from ..eager.tensor import Tensor, as_tensor
from ..engines.reach.places import GONE, Place, joint_test
from ..engines.surroundings import Surroundings
from ..structure import Structure, flatten
from ..types import Array, Function, Tree
from .array import plain
from .plan import GuardFailed, Plan
from .recorder import Held, Recorder, gradient_of, variable_of

FOLLOWED = 1 << 20
"""Bytes of arrays that a step sees besides tensors, up to which they are compared at each call."""

_DATA = "h{n}.data is v{n}"
_NODE = "h{n}.node is v{n}"
_TRAINING = "h{n}.training is v{n}"
_GRADIENT = "(h{n}.watch and h{n}.watch.grads.get(None)) is v{n}"


class Recording:
    """One path through a step.

    Args:
        function: the step.
        leaves: its arguments, flat.
        structure: how they are put together: positional ones, then those by keyword.
        is_native: see `Plan`.

    Raises whatever the step raises; it is undone then, as far as tensors, optimizers and generators go.
    """

    def __init__(self, function: Function, leaves: Sequence[Any], structure: Structure, *, is_native: bool):
        recorder = Recorder()
        self.arguments = structure
        self.around = Surroundings.of(with_objects(function, leaves))
        self._frozen = [(array, array.tobytes()) for array in _small(self.around.arrays(), recorder)]
        try:
            with self.around.watched(recorder.generators) as sentences, recorder.watching():
                given = [_given(recorder, leaf) for leaf in leaves]
                args, kwargs = structure.unflatten(given)
                results, self.structure = flatten(function(*args, **kwargs))
        except BaseException:
            recorder.undo()
            raise
        _look_for_refusals(recorder, results)
        self.refusal = " ".join([*recorder.refusals, *sentences])
        """Why the step, which was made, cannot be replayed; nothing if it can."""
        if not self.refusal:
            self._take(recorder, given, results, is_native=is_native)
        recorder.release(results)
        self.first = self.structure.unflatten([_number(plain(result)) for result in results])
        """What the step gave when it was recorded."""

    def _take(self, recorder: Recorder, given: Sequence[Any], results: Sequence[Any], *, is_native: bool) -> None:
        graph = recorder.graph
        self.moving = [n for n, leaf in enumerate(given) if isinstance(leaf, Tensor) and leaf.node is None]
        self.held = list(recorder.held.values())
        final = [(node, gradient_of(node)) for node in recorder.gradients]
        self.gradients = [(node, tensor) for node, tensor in final if id(tensor) not in recorder.held]
        expected = {node for node, _ in recorder.expected}
        self._overwritten = [node for node, tensor in self.gradients if tensor is not None and node not in expected]
        set_ones = [tensor for _, tensor in self.gradients if tensor is not None]
        graph.outputs = [_output(leaf) for leaf in results] + [_output(tensor) for tensor in set_ones]
        self.unchanged = joint_test([*_places(self.held), *_places_of_modules(recorder), *_expected(recorder)])
        self.is_tensor = [isinstance(leaf, Tensor) for leaf in results]
        self.owned = [owned for owned, _ in recorder.owned]
        self.plan = Plan(graph, is_native=is_native)

    def holds(self) -> bool:
        """Say whether all that the step saw is as it was."""
        try:
            as_it_was = self.unchanged()
        except GONE:
            return False
        return as_it_was and self.around.unchanged() and all(x.tobytes() == entries for x, entries in self._frozen)

    def replay(self, leaves: Sequence[Any]) -> Tree:
        """Make the step again; raises `GuardFailed` where it would take another path, before it changes anything."""
        inputs = [leaf.data if isinstance(leaf, Tensor) else leaf for leaf in (leaves[n] for n in self.moving)]
        before = [gradient_of(node) for node in self._overwritten]
        _set_gradients(self._overwritten, [None] * len(before))  # makes room for those of this step
        try:
            values = self.plan.run([*inputs, *(held.tensor.data for held in self.held)])
        except GuardFailed:
            _set_gradients(self._overwritten, before)
            raise
        count = len(self.is_tensor)
        waiting = iter(values[count:])
        for node, tensor in self.gradients:
            node.watched().grads[None] = None if tensor is None else as_tensor(next(waiting))
        results = [
            as_tensor(value) if is_tensor else _number(value)
            for value, is_tensor in zip(values[:count], self.is_tensor, strict=True)
        ]
        return self.structure.unflatten(results)


def is_moving(leaf: Any) -> bool:
    """Say whether an argument may be another at each call: an array, or a tensor that requires no gradient."""
    return isinstance(leaf, np.ndarray) or (isinstance(leaf, Tensor) and leaf.node is None)


def with_objects(function: Function, leaves: Sequence[Any]) -> Function:
    """Bind what a step sees by its arguments, such as a model, so that a search from there finds it. Not to be called.

    >>> with_objects(print, [np.ones(2), "text"]).args
    ('text',)
    """
    return partial(function, *(leaf for leaf in leaves if not is_moving(leaf)))


def _set_gradients(nodes: Sequence[EagerNode], gradients: Sequence[Tensor | None]) -> None:
    for node, gradient in zip(nodes, gradients, strict=True):
        node.watched().grads[None] = gradient


def _given(recorder: Recorder, leaf: Any) -> Any:
    """Give what the step is called with in place of an argument."""
    if not is_moving(leaf):
        return leaf
    return recorder.argument(leaf.data if isinstance(leaf, Tensor) else leaf)


def _small(arrays: Sequence[Array], recorder: Recorder) -> Sequence[Array]:
    size = sum(array.nbytes for array in arrays)
    if size <= FOLLOWED:
        return arrays
    recorder.refuse(
        f"It sees {size / 2**20:.1f} MiB of arrays besides its arguments and tensors, too much to compare at each "
        f"call: pass what it needs as arguments."
    )
    return ()


def _look_for_refusals(recorder: Recorder, results: Sequence[Any]) -> None:
    """Say what a replay could not do of what the step did."""
    for result in results:
        if isinstance(result, Tensor) and result.node is not None and not (result.is_leaf or result.node.is_freed):
            recorder.refuse("It returns a tensor that has yet to be swept: call backward in it, or return .detach().")
    graph = recorder.graph
    first = next((n for n, each in enumerate(graph.equations) if each.primitive.changes_memory), len(graph.equations))
    late = next((guard for guard in graph.guards if guard.after > first), None)
    if late is not None:
        place = "" if late.place is None else f" ({late.place[0]}, line {late.place[1]})"
        recorder.refuse(
            f"It looks at a value{place} after it has changed tensors, so that a replay could not turn back: look "
            f"first, or outside of the step."
        )


def _output(leaf: Any) -> Any:
    variable = variable_of(leaf)
    if variable is not None:
        return variable
    constant = leaf.data if isinstance(leaf, Tensor) else leaf
    return np.copy(constant) if isinstance(constant, np.ndarray) else constant


def _number(result: Any) -> Any:
    """Give a number as Python's, as `.item()` does, and anything else as it is."""
    return result.item() if isinstance(result, np.generic) else result


def _places(held: Sequence[Held]) -> Iterator[Place]:
    for tensor, array, node in held:
        yield Place("", _DATA, tensor, None, array)
        yield Place("", _NODE, tensor, None, node)


def _places_of_modules(recorder: Recorder) -> Iterator[Place]:
    return (Place("", _TRAINING, module, None, module.training) for module in recorder.modules.values())


def _expected(recorder: Recorder) -> Iterator[Place]:
    return (Place("", _GRADIENT, node, None, before) for node, before in recorder.expected)
