"""A replay compared with the step as it is written, both from the same state."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..eager.tensor import Tensor
from ..errors import ReplayMismatch
from ..point import describe
from ..structure import flatten
from ..types import Array, Function, Tree
from .recording import Recording

TOLERANCES = {"d": 1e-9, "f": 1e-4, "e": 1e-2}
"""Of differences, in units of the largest entry of an array: programs add up in another order."""


def verified(recorded: Recording, function: Function, leaves: Sequence[Any]) -> Tree:
    """Replay a step; raises `ReplayMismatch` where that leads to another state or result than the step as written."""
    state = _State(recorded)
    args, kwargs = recorded.arguments.unflatten(leaves)
    wanted = [*_arrays(flatten(function(*args, **kwargs))[0]), *state.arrays()]
    wanted = [np.array(each) for each in wanted]
    state.restore()
    results = recorded.replay(leaves)
    found = [*_arrays(flatten(results)[0]), *state.arrays()]
    for one, other in zip(found, wanted, strict=True):
        if not _alike(one, other):
            raise ReplayMismatch(
                f"A replay of {describe(function)} comes to {one} where the step as it is written comes to {other}: "
                f"it depends on something that a record does not see. Pass that as an argument, or do not compile it."
            )
    return results


class _State:
    """What a step reads and changes, as it is now."""

    def __init__(self, recorded: Recording):
        self.tensors = [held.tensor for held in recorded.held]
        self.nodes = [node for node, _ in recorded.gradients]
        self.gradients = [node.watched().grads.get(None) for node in self.nodes]
        self.entries = [np.array(array) for array in self.arrays()]
        self.owned = [(each, each.read()) for each in recorded.owned]

    def arrays(self) -> list[Array]:
        """Give the arrays of the tensors, as they are."""
        return [tensor.data for tensor in self.tensors]

    def restore(self) -> None:
        """Go back to how it was."""
        for array, entries in zip(self.arrays(), self.entries, strict=True):
            array[...] = entries
        for node, gradient in zip(self.nodes, self.gradients, strict=True):
            node.watched().grads[None] = gradient
        for owned, state in self.owned:
            owned.restore(state)


def _arrays(leaves: Sequence[Any]) -> list[Any]:
    return [leaf.data if isinstance(leaf, Tensor) else leaf for leaf in leaves]


def _alike(one: Any, other: Any) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind != "f":
        return np.array_equal(one, other)
    scale = np.max(np.abs(other), initial=0.0, where=np.isfinite(other))
    tolerance = TOLERANCES.get(one.dtype.char, 1e-9)
    return bool(np.allclose(one, other, rtol=tolerance, atol=tolerance * scale, equal_nan=True))
