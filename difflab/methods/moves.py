"""Points of a formula, described by their moves away from x and made where the arguments are.

A formula says of each point only along what it is moved, and how far. Points that the function takes one by one are
made one by one; those of a batch all at once, stacked, so that of a device's arguments nothing goes to the CPU and
back: the numbers that are sent there are the steps and the entries that they move.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Self, TypeAlias

import numpy as np

from ..arrays import place_of
from ..kernel import Leaves


class Displacement(ABC):
    """A way to move points, by a distance t."""

    @abstractmethod
    def move(self, leaves: Leaves, t: float) -> None:
        """Move a point, in the leaves' own dtypes and places: writes into arrays, or replaces items of the list."""

    @classmethod
    @abstractmethod
    def move_rows(cls, stacks: Leaves, rows: Sequence[tuple[int, Self, float]]) -> None:
        """Move points of a batch, each by a displacement of this kind, with the rounding that `move` has.

        Args:
            stacks: for each leaf `(points, *shape)`, in C order; changed as by `move`.
            rows: of each point that moves, none twice: its number, its displacement, and t.
        """

    def moved(self, leaves: Leaves, t: float) -> Leaves:
        """Give a point beside `leaves`, which stay as they are."""
        return point_at(leaves, ((self, t),))


Moves: TypeAlias = tuple[tuple[Displacement, float], ...]
"""The moves that lead from x to a point, one after the other."""

HERE: Moves = ()
"""Those that lead to x itself."""


def point_at(leaves: Leaves, moves: Moves) -> Leaves:
    """Make the point that moves lead to from `leaves`; it shares no memory with them."""
    there = [leaf.copy() for leaf in leaves]
    for displacement, t in moves:
        displacement.move(there, t)
    return there


def points_at(leaves: Leaves, many: Sequence[Moves]) -> Leaves:
    """Make many points, stacked: `(points, *shape)` for each leaf, in C order and native byte order."""
    stacks = [np.empty((len(many), *x.shape), x.dtype.newbyteorder("="), like=place_of(x)) for x in leaves]
    for stack, x in zip(stacks, leaves, strict=True):
        stack[...] = x
    for turn in range(max(map(len, many))):
        alike = defaultdict(list)
        for row, moves in enumerate(many):
            if turn < len(moves):
                displacement, t = moves[turn]
                alike[type(displacement)].append((row, displacement, t))
        for kind, rows in alike.items():
            kind.move_rows(stacks, rows)
    return stacks
