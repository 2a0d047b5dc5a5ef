"""Lines through a point, x + t·v, along which the numerical methods take their steps.

How far to step depends on what is found here: the scale of the moving components, the resolution
of their dtype, and the step that survives rounding.
"""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Self

import numpy as np

from ..arrays import beside, on_the_cpu
from ..kernel import Leaves
from ..types import Array
from .moves import Displacement


class Line(Displacement):
    """The points x + t·v through the leaves x."""

    scale: float
    """The largest t by which no component moves further than its own scale."""
    largest: float
    """max |v_i|."""
    resolution: float
    """Spacing of floating-point numbers at 1 in the coarsest dtype that moves."""

    @abstractmethod
    def measured(self, t: float) -> float:
        """Give the step that x + t·v takes after rounding, which is (x + t) − x for a single component."""


class Axis(Line):
    """The line along one component of one leaf."""

    largest = 1.0

    def __init__(self, leaves: Leaves, scales: Leaves, leaf: int, index: int):
        self.leaf = leaf
        self.index = index
        self.origin = leaves[leaf].flat[index]
        self.scale = float(scales[leaf].flat[index])
        self.resolution = resolution(leaves[leaf])

    def move(self, leaves: Leaves, t: float) -> None:
        """Move one entry of one leaf."""
        leaf = leaves[self.leaf]
        if leaf.shape:
            leaf.reshape(-1)[self.index] += leaf.dtype.type(t)
        else:
            leaves[self.leaf] = leaf + leaf.dtype.type(t)

    @classmethod
    def move_rows(cls, stacks: Leaves, rows: Sequence[tuple[int, Self, float]]) -> None:
        """Move the entries of each leaf at once."""
        moved: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for row, line, t in rows:
            stack = stacks[line.leaf]
            moved[line.leaf].append((row * (stack.size // len(stack)) + line.index, t))
        for leaf, entries in moved.items():
            stack = stacks[leaf]
            places, steps = zip(*entries, strict=True)
            stack.reshape(-1)[beside(np.array(places), stack)] += beside(np.array(steps, stack.dtype), stack)

    def measured(self, t: float) -> float:
        """Give (x_i + t) − x_i."""
        return float((self.origin + self.origin.dtype.type(t)) - self.origin)


class Along(Line):
    """The line along a tangent: one array for each leaf, where the function takes that leaf."""

    def __init__(self, leaves: Leaves, scales: Leaves, tangent: Sequence[Array]):
        self.leaves = leaves
        self.placed = tangent
        self.tangent = list(map(on_the_cpu, tangent))
        ratios = [_largest(v / scale) for scale, v in zip(scales, self.tangent, strict=True)]
        self.scale = 1.0 / (max(ratios) or 1.0)
        self.largest = max(_largest(v) for v in self.tangent) or 1.0
        moving = [x for x, v in zip(leaves, self.tangent, strict=True) if np.any(v)] or leaves
        self.resolution = max(resolution(x) for x in moving)

    def move(self, leaves: Leaves, t: float) -> None:
        """Move every leaf."""
        leaves[:] = _sums(leaves, self.placed, t)

    @classmethod
    def move_rows(cls, stacks: Leaves, rows: Sequence[tuple[int, Self, float]]) -> None:
        """Move the points along each line at once."""
        along: dict[Self, list[tuple[int, float]]] = defaultdict(list)
        for row, line, t in rows:
            along[line].append((row, t))
        for line, moved in along.items():
            numbers, steps = zip(*moved, strict=True)
            for stack, v in zip(stacks, line.placed, strict=True):
                distances = beside(np.array(steps, stack.dtype), stack)
                stack[beside(np.array(numbers), stack)] += np.multiply.outer(distances, v)

    def measured(self, t: float) -> float:
        """Give the step that best explains the rounded displacement d, ⟨d, v⟩ / ⟨v, v⟩."""
        unit, square = self._unit
        displaced = zip(_sums(self.leaves, self.tangent, t), self.leaves, unit, strict=True)
        along = sum(_inner(there - here, u) for there, here, u in displaced)
        return along / square / self.largest if square else t

    @cached_property
    def _unit(self) -> tuple[Leaves, float]:
        """Give v over its largest entry, and the square of its norm."""
        unit = [v / self.largest for v in self.tangent]
        return unit, sum(_inner(u, u) for u in unit)


def axes(leaves: Leaves, scales: Leaves) -> Iterator[Line]:
    """Give the lines along every component of every leaf, in order."""
    for number, leaf in enumerate(leaves):
        for index in range(leaf.size):
            yield Axis(leaves, scales, number, index)


def resolution(leaf: Array) -> float:
    """Give the machine epsilon of a leaf's dtype; 0 for integers and booleans, which are exact."""
    return float(np.finfo(leaf.dtype).eps) if leaf.dtype.kind == "f" else 0.0


def _sums(leaves: Leaves, tangent: Sequence[Array], t: float) -> Leaves:
    return [x + x.dtype.type(t) * v for x, v in zip(leaves, tangent, strict=True)]


def _largest(v: Array) -> float:
    return float(np.max(np.abs(v), initial=0.0))


def _inner(u: Array, v: Array) -> float:
    return float(np.sum(np.multiply(u, v, dtype=float)))
