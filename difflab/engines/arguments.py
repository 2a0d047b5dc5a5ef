"""All arguments of a function as a trace sees them: what may change from call to call, and what it holds for.

Differentiated leaves come first, then the other numbers and arrays; integers that are no arrays, texts and the like are
part of the path that the code takes.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from ..arrays import is_on_gpu
from ..point import Point
from ..structure import flatten
from ..types import Array
from .content import content


class Arguments:
    """How the arguments of one function, of one structure, are taken apart and put together.

    Args:
        at: an example.
    """

    def __init__(self, at: Point):
        marks = [object() for _ in at.leaves]
        everything, self._structure = flatten(tuple(at.rebuild(marks)))
        place = {id(leaf): number for number, leaf in enumerate(everything)}
        moving = [place[id(mark)] for mark in marks]
        others = [number for number in range(len(everything)) if number not in set(moving)]
        changing = [n for n, leaf in enumerate(at.constants) if _may_change(leaf)]
        self.changing = changing
        """Which of the other arguments' leaves may change."""
        self._numbers = [n for n in changing if isinstance(at.constants[n], float)]
        self.held = [n for n in range(len(others)) if n not in set(changing)]
        """Which of them a trace holds for."""
        self._places = [*moving, *(others[n] for n in changing)]
        self._fixed_places = [others[n] for n in self.held]
        self._size = len(everything)
        self.moving = len(moving)
        """How many leaves are differentiated."""
        self.count = len(self._places)
        """How many inputs there are."""

    def inputs(self, at: Point) -> list[Array]:
        """Give the numbers and arrays that may change."""
        return at.leaves if not self.changing else [*at.leaves, *(_as_array(at.constants[n]) for n in self.changing)]

    def fixed(self, at: Point) -> Hashable:
        """Describe what a trace holds for; of numbers that may change, which are Python floats."""
        kinds = tuple(type(at.constants[n]) is float for n in self._numbers) if self._numbers else ()
        return (*(content(at.constants[n]) for n in self.held), *kinds) if self.held else kinds

    @property
    def has_numbers(self) -> bool:
        """Whether numbers of double precision may change, which may be Python floats."""
        return bool(self._numbers)

    def traced(self, at: Point, inputs: Sequence[Array]) -> list[Array]:
        """Give inputs as a trace takes them: Python floats are some again."""
        traced = list(inputs)
        for place, n in enumerate(self.changing, start=self.moving):
            if type(at.constants[n]) is float:
                traced[place] = at.constants[n]
        return traced

    def function(self, at: Point) -> "Call":
        """Give the function of the inputs, with what is fixed as it is at a point."""
        full: list[Any] = [None] * self._size
        for n, place in zip(self.held, self._fixed_places, strict=True):
            full[place] = at.constants[n]
        return Call(self, full)

    def put_together(self, full: list[Any], inputs: Sequence[Array]) -> Sequence[Any]:
        """Give positional arguments that hold these inputs."""
        replaced = list(full)
        for place, leaf in zip(self._places, inputs, strict=True):
            replaced[place] = leaf
        arguments: Sequence[Any] = self._structure.unflatten(replaced)
        return arguments


class Call:
    """A function of flat inputs: first those that are differentiated."""

    def __init__(self, arguments: Arguments, full: list[Any]):
        self._arguments = arguments
        self._full = full

    def of_moving(self, inputs: Sequence[Array], at: Point) -> Callable[[Sequence[Array]], list[Array]]:
        """Give the function of the differentiated leaves alone; `at` learns the structure of its results."""
        others = inputs[self._arguments.moving :]

        def call(leaves: Sequence[Array]) -> list[Array]:
            arguments = self._arguments.put_together(self._full, [*leaves, *others])
            return at.outputs(at.function(*arguments))

        return call


def _may_change(leaf: Any) -> bool:
    if isinstance(leaf, np.ndarray) or is_on_gpu(leaf):
        return leaf.dtype.kind in "fiub"
    return isinstance(leaf, (float, np.floating))


def _as_array(leaf: Any) -> Array:
    return leaf if hasattr(leaf, "dtype") else np.float64(leaf)
