"""The function under verification, at its point: called, counted, and moved away from the point."""

from collections.abc import Sequence
from functools import cached_property, wraps
from typing import Any, TypeAlias

import numpy as np

from ..errors import DifflabError, InvalidArgument
from ..kernel import Leaves, floating
from ..methods.lines import Along, Axis, Line, resolution
from ..point import Point, describe, parameter_names
from ..signature import ArgumentNumbers, Signature
from ..types import Array, Function, Tree
from .noise import noise_level

Direction: TypeAlias = int | Array
"""A direction in the space of all differentiated numbers: the number of a component, or a vector (n,)."""

SPACINGS = (2.0**-9, 2.0**-14, 2.0**-20, 2.0**-33)
"""Distances, in units of the scale of the argument, at which the noise of a function is looked for."""

TYPICALS = (1.0, 2.0**-10, 2.0**-20)
"""Scales of the steps, from the largest: what matters near a point may be far smaller than the point."""


class Examined:
    """A function of NumPy arguments at one point, as a map from vectors (n,) to vectors (m,).

    Raises `InvalidArgument` if an argument cannot be differentiated, or if the point is not finite.
    """

    def __init__(self, function: Function, args: Sequence[Tree], argnums: ArgumentNumbers):
        self.calls = 0
        self.function = function
        self.name = describe(function)
        self.args = tuple(args)
        self.signature = Signature.of(self._counted(function), args, argnums)
        self.at = self.signature.point(args)
        with np.errstate(all="ignore"):
            self.outputs = self._called([leaf.copy() for leaf in self.at.leaves])
        self.output_structure = self.at.output_structure
        self.value = joined(self.outputs)
        self.point = joined(self.at.leaves)
        self.resolution = max(np.finfo(float).eps, *map(resolution, [*self.at.leaves, *self.outputs]))
        """The machine epsilon of the coarsest dtype among arguments, results, and float64, in which all is compared."""
        self.guarded = Point(self._forgiving, self.at.leaves, [], list)
        """The function of the leaves that gives NaN, rather than an error, outside its domain."""
        if not np.all(np.isfinite(self.point)):
            raise InvalidArgument(f"The point at which {self.name} is to be verified is not finite: choose another.")

    @property
    def n(self) -> int:
        """How many numbers are differentiated."""
        return len(self.point)

    @property
    def m(self) -> int:
        """How many numbers the function gives."""
        return len(self.value)

    def moved(self, displacement: Array) -> Leaves:
        """Give the leaves at the point plus a displacement (n,), in their own dtypes."""
        pieces = self.cut(displacement)
        return [(leaf + piece).astype(leaf.dtype)[()] for leaf, piece in zip(self.at.leaves, pieces, strict=True)]

    @cached_property
    def noise(self) -> Array:
        """Estimate the error of the values, `(m,)`: how they jitter along a random line, and rounding at least."""
        direction = np.random.default_rng(0).uniform(-1, 1, self.n)
        line = self.line(direction)
        spacings = [spacing * line.scale for spacing in SPACINGS if spacing >= 8 * self.resolution]
        if 0.0 in self.typicals:
            spacings.append(SPACINGS[0] * self.line(direction, 0.0).scale)
        level = noise_level(lambda t: self.call(line.moved(self.at.leaves, t)), spacings)
        return level + self.resolution * np.abs(self.value)

    @cached_property
    def variation(self) -> Array:
        """Estimate by how much the outputs change, `(m,)`, where the argument does by its size; by theirs at least.

        It tells how steep the function is around a point where its slope is zero.
        """
        line = self.line(np.random.default_rng(0).uniform(-1, 1, self.n))
        part = max(1e-3, self.resolution**0.25)
        largest = np.abs(self.value)
        for sign in (1, -1):
            beside = self.call(line.moved(self.at.leaves, sign * part * line.scale))
            with np.errstate(all="ignore"):
                largest = np.fmax(largest, np.abs(beside - self.value) / part)
        return largest

    def vectors(self, directions: Sequence[Direction]) -> Array:
        """Give directions as vectors, `(k, n)`."""
        rows = np.zeros((len(directions), self.n))
        for row, direction in zip(rows, directions, strict=True):
            if isinstance(direction, int):
                row[direction] = 1.0
            else:
                row[:] = direction
        return rows

    def at_other(self, leaves: Leaves) -> "Examined":
        """Examine the same function at other values of the differentiated leaves."""
        return Examined(self.function, self.at.rebuild(leaves), self.signature.argnums)

    def call(self, leaves: Leaves) -> Array:
        """Give the outputs (m,) at other leaves; NaN where the function raises, outside its domain."""
        with np.errstate(all="ignore"):
            return joined(self.guarded.call([leaf.copy() for leaf in leaves]))

    def cut(self, vector: Array) -> Leaves:
        """Cut a vector (n,) into the shapes of the leaves."""
        return cut(vector, self.at.leaves)

    def input_tree(self, vector: Array) -> Tree:
        """Put a vector (n,) into the structure, shapes and dtypes of the differentiated argument(s)."""
        return self.signature.moving_trees(typed(vector, self.at.leaves))

    def output_tree(self, leaves: Sequence[Tree]) -> Tree:
        """Put one thing for each output leaf into the structure of the function's value."""
        assert self.output_structure is not None
        return self.output_structure.unflatten(leaves)

    @cached_property
    def typicals(self) -> tuple[float, ...]:
        """Give the scales of steps to try, from the largest; components that are smaller than all need their own, 0."""
        size = np.abs(self.point)
        return (*TYPICALS, 0.0) if np.any((size > 0) & (size < TYPICALS[-1])) else TYPICALS

    def line(self, direction: Direction, typical: float = 1.0) -> Line:
        """Give the line through the point along a direction.

        Its steps are measured in `typical`·max(|x_i|, 1); in |x_i|, where that is not zero, if `typical` is 0.
        """
        leaves = self.at.leaves
        if typical:
            scales = [x.dtype.type(typical) * np.maximum(np.abs(x), x.dtype.type(1)) for x in leaves]
        else:
            scales = [np.abs(np.where(x, x, x.dtype.type(1))) for x in leaves]
        if isinstance(direction, int):
            return Axis(leaves, scales, *self._place(direction))
        return Along(leaves, scales, [v.astype(x.dtype) for v, x in zip(self.cut(direction), leaves, strict=True)])

    def input_label(self, position: int) -> str:
        """Name one of the differentiated numbers: `x['weights'][2, 3]`."""
        leaf, index = self._place(position)
        return self.leaf_names[leaf] + subscript(np.shape(self.at.leaves[leaf]), index)

    @cached_property
    def leaf_names(self) -> list[str]:
        """The names of the differentiated leaves, by the function's parameters."""
        names = parameter_names(self.function, len(self.args))
        structures = self.signature.structures
        return [path for number in self.signature.moving for path in structures[number].paths(names[number])]

    @cached_property
    def output_names(self) -> list[str]:
        """The names of the leaves of the value: "y" and what follows, or "f" where an argument is called y."""
        assert self.output_structure is not None
        return self.output_structure.paths("f" if any(name.startswith("y") for name in self.leaf_names) else "y")

    def output_label(self, position: int) -> str:
        """Name one of the numbers that the function gives: `y[0]`."""
        for name, output in zip(self.output_names, self.outputs, strict=True):
            size = int(np.size(output))
            if position < size:
                return name + subscript(np.shape(output), position)
            position -= size
        raise IndexError(position)

    def _place(self, position: int) -> tuple[int, int]:
        for number, leaf in enumerate(self.at.leaves):
            if position < leaf.size:
                return number, position
            position -= leaf.size
        raise IndexError(position)

    def _counted(self, function: Function) -> Function:
        @wraps(function)
        def counted(*args: Any) -> Any:
            self.calls += 1
            return function(*args)

        return counted

    def _forgiving(self, *leaves: Array) -> Any:
        """Give NaN where the function, which runs at the point, raises beside it, or gives results of other shapes."""
        shapes = [np.shape(output) for output in self.outputs]
        try:
            outputs = self._called(leaves)
        except DifflabError:
            raise
        except Exception:  # noqa: BLE001 (a person's code may refuse what is outside its domain by any error)
            outputs = []
        if [np.shape(output) for output in outputs] == shapes:
            return outputs
        return [np.full(shape, np.nan) for shape in shapes]

    def _called(self, leaves: Sequence[Array]) -> Leaves:
        """Copy what the function gives, which it may write to at its next call."""
        return [output.copy() for output in self.at.call(leaves)]


def joined(leaves: Sequence[Array]) -> Array:
    """Join leaves into one vector of float64."""
    return np.concatenate([np.ravel(np.asarray(leaf, float)) for leaf in leaves]) if leaves else np.zeros(0)


def cut(vector: Array, leaves: Sequence[Array]) -> Leaves:
    """Cut a vector into the shapes of `leaves`."""
    pieces = []
    start = 0
    for leaf in leaves:
        stop = start + int(np.size(leaf))
        pieces.append(np.reshape(vector[start:stop], np.shape(leaf)))
        start = stop
    return pieces


def typed(vector: Array, like: Sequence[Array]) -> Leaves:
    """Cut a vector into the shapes of arrays, in their dtypes where these are floating."""
    pieces = cut(vector, like)
    return [piece.astype(floating(leaf))[()] for piece, leaf in zip(pieces, like, strict=True)]


def subscript(shape: tuple[int, ...], position: int) -> str:
    """Write the index of a position in an array, as Python would; nothing for a number."""
    return f"[{', '.join(map(str, np.unravel_index(position, shape)))}]" if shape else ""
