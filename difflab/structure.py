"""Nested arguments and results as flat lists of leaves, and back.

>>> leaves, structure = flatten({"weights": [1.0, 2.0], "bias": 3.0})
>>> leaves
[3.0, 1.0, 2.0]
>>> structure.unflatten([30.0, 10.0, 20.0])
{'weights': [10.0, 20.0], 'bias': 30.0}
>>> structure.paths("x")
["x['bias']", "x['weights'][0]", "x['weights'][1]"]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optree

from .carrier import Carrier
from .types import Tree


@dataclass(frozen=True, slots=True)
class Structure:
    """The shape of a nest, without its leaves; equal when the nests are alike.

    A bare leaf has no `specification`, so that the commonest argument, one array, costs nothing.
    """

    specification: optree.PyTreeSpec | None

    def unflatten(self, leaves: Sequence[Any]) -> Tree:
        """Put `leaves` (as many as `flatten` gave) back into the nest."""
        if self.specification is None:
            return leaves[0]
        return optree.tree_unflatten(self.specification, leaves)

    def paths(self, name: str) -> list[str]:
        """Say where each leaf sits, as Python would write it, the whole being called `name`."""
        if self.specification is None:
            return [name]
        return [name + accessor.codify("") for accessor in self.specification.accessors()]

    def __str__(self) -> str:
        if self.specification is None:
            return "one array or number"
        return str(self.specification.unflatten(["*"] * self.specification.num_leaves)).replace("'*'", "*")


BARE = Structure(None)


def flatten(tree: Tree) -> tuple[list[Any], Structure]:
    """Split a nest of dicts, lists and tuples (named tuples too) into leaves and structure.

    Dictionary entries are taken in the order of their sorted keys; `unflatten` gives the original
    order back. `None` is a nest without leaves.
    """
    if isinstance(tree, (np.ndarray, float, np.generic, Carrier)):
        return [tree], BARE
    leaves, specification = optree.tree_flatten(tree)
    if specification.is_leaf():
        return leaves, BARE
    return leaves, Structure(specification)


def shape_of(value: Any) -> tuple[int, ...]:
    """Give the shape of an array or number, without NumPy's dispatch on values under transformation."""
    shape: tuple[int, ...] | None = getattr(value, "shape", None)
    return np.shape(value) if shape is None else shape
