"""A function at a point, as a map from vectors to vectors in arithmetic of many digits."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engines.graph import Graph, evaluate
from ..engines.trace import trace
from ..errors import DifflabError, NotDifferentiable
from ..point import Point, describe
from ..structure import flatten, shape_of
from ..types import Array
from .to_mpmath import MpmathArithmetic


class PreciseFunction:
    """`at.function` around `at`, along the path that its code takes at `at` in floating point.

    Every floating-point argument is traced, the constant ones too, so that nothing computed from
    them is rounded. All differentiated leaves together make one vector of length n, all outputs
    one of length m; both hold numbers of `arithmetic.context`.

    Args:
        at: the point; its leaves are taken exactly.
        digits: decimal digits to work with.

    Raises:
        NotDifferentiable: the value at the point is not finite.
        UnsupportedFunction: a function cannot be traced, or has no counterpart in mpmath.
    """

    def __init__(self, at: Point, digits: int):
        self.arithmetic = MpmathArithmetic(digits)
        self.name = describe(at.function)
        graph, leaves, self._moving = _trace_all(at)
        self._graph = self.arithmetic.lower(graph)
        self._leaves = [self.arithmetic.lift(leaf) for leaf in leaves]
        self._path: list[Any] = []
        at.output_structure = graph.output_structure
        self.point = self._join([self._leaves[place] for place in self._moving])
        """The differentiated leaves, of length n."""
        outputs = evaluate(self._graph, self._leaves, self.arithmetic.run, lambda guard, seen: self._path.append(seen))
        self.output_shapes = [shape_of(output) for output in outputs]
        self.value = self._join(outputs)
        """The outputs at the point, of length m."""
        if not all(map(self.arithmetic.context.isfinite, self.value)):
            raise NotDifferentiable(f"{self.name} is not finite at this point, so it has no derivative there.")

    def __call__(self, displacement: Array) -> Array:
        """Give the outputs at `point + displacement`.

        Raises `NotDifferentiable` if the code takes another path there, or if a value is not finite.
        """
        leaves = list(self._leaves)
        pieces = self._cut(self.point + displacement)
        for place, piece in zip(self._moving, pieces, strict=True):
            leaves[place] = piece
        path = iter(self._path)
        outputs = evaluate(self._graph, leaves, self.arithmetic.run, lambda guard, seen: self._follow(seen, next(path)))
        value = self._join(outputs)
        if not all(map(self.arithmetic.context.isfinite, value)):
            raise NotDifferentiable(
                f"{self.name} is not finite (or not real) right beside this point, which is at the edge of its domain: "
                f"there is no two-sided derivative. Move the point into the domain."
            )
        return value

    def _follow(self, seen: Any, expected: Any) -> None:
        if not np.array_equal(seen, expected):
            raise NotDifferentiable(
                f"The code of {self.name} takes another path right beside this point (a branch, a loop count or an "
                f"index changes): the point lies on a kink or a jump, and has no derivative. Move the point."
            )

    def _cut(self, vector: Array) -> list[Array]:
        pieces = []
        start = 0
        for place in self._moving:
            leaf = self._leaves[place]
            pieces.append(vector[start : start + leaf.size].reshape(leaf.shape))
            start += leaf.size
        return pieces

    def _join(self, arrays: Sequence[Array]) -> Array:
        return np.concatenate([self.arithmetic.lift(array).ravel() for array in arrays])


def _trace_all(at: Point) -> tuple[Graph, list[Array], list[int]]:
    """Trace with every floating-point argument as an input; say where among the inputs `at.leaves` are.

    A function that uses a constant argument in a way that cannot be traced is traced without.
    """
    marks = [object() for _ in at.leaves]
    everything, structure = flatten(tuple(at.rebuild(marks)))
    position = {id(leaf): number for number, leaf in enumerate(everything)}
    moving = [position[id(mark)] for mark in marks]
    full = list(everything)
    for number, leaf in zip(moving, at.leaves, strict=True):
        full[number] = leaf
    traced = [number for number, leaf in enumerate(full) if number in moving or _is_floating(leaf)]
    places = [traced.index(number) for number in moving]

    def rebuild(leaves: Sequence[Array]) -> Sequence[Any]:
        replaced = list(full)
        for number, leaf in zip(traced, leaves, strict=True):
            replaced[number] = leaf
        rebuilt: Sequence[Any] = structure.unflatten(replaced)
        return rebuilt

    inputs = [_as_array(full[number]) for number in traced]
    try:
        return trace(Point(at.function, inputs, [], rebuild)), inputs, places
    except (DifflabError, TypeError, ValueError, IndexError):  # a fault of the code itself shows again below
        if len(inputs) == len(at.leaves):
            raise
    return trace(at), at.leaves, list(range(len(at.leaves)))


def _is_floating(leaf: Any) -> bool:
    return isinstance(leaf, (float, np.floating)) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f")


def _as_array(leaf: Any) -> Array:
    return leaf if hasattr(leaf, "dtype") else np.float64(leaf)
