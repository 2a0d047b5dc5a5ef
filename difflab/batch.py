"""Derivatives at many points of a function written for one.

>>> from difflab.methods import Reverse
>>> prepared = Reverse().prepare(lambda x: x[0] * x[1], np.ones(2))
>>> prepared.batch(np.array([[1.0, 2.0], [3.0, 4.0]])).gradient()
array([[2., 1.],
       [4., 3.]])
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arrays import as_array, current
from .errors import InvalidArgument
from .point import describe
from .signature import placed
from .structure import flatten
from .types import Array, Tree


class Batch:
    """Points, and what a prepared method gives at all of them: each result has a first axis of points.

    The differentiated arguments have that axis, in each of their leaves; the others are the same for all points.
    Methods that compile do all points in one loop. `symbolic` evaluates its formulas on arrays of points. `forward` and
    `reverse` run the function on all of them at once, if it goes the same way at all points and does nothing besides
    giving a result. The others take them one by one.

    Args:
        derivatives: the prepared method, `Derivatives`.
        points: all arguments.

    Raises:
        InvalidArgument: leaves of differentiated arguments have no first axis, or of different lengths.
        PreparationMismatch: one point is not like what was prepared for.
    """

    def __init__(self, derivatives: Any, points: Sequence[Tree]):
        self.derivatives = derivatives
        signature = derivatives.signature
        self.device: str = signature.device or "cpu"
        """That was asked for: points are copied there, all at once."""
        with current(self.device):
            self.points = placed(points, signature.moving, signature.device)
        self.leaves: list[Array] = []
        for number in signature.moving:
            if number < len(points):
                self.leaves += map(as_array, flatten(self.points[number])[0])
        lengths = {leaf.shape[0] if leaf.ndim else 0 for leaf in self.leaves}
        if len(lengths) != 1 or 0 in lengths:
            shapes = ", ".join(str(leaf.shape) for leaf in self.leaves)
            raise InvalidArgument(
                f"A batch of points of {describe(signature.function)} has a first axis of one point or more in each "
                f"array of the differentiated arguments; they have the shapes {shapes}: give np.stack(points)."
            )
        (self.count,) = lengths
        with current(self.device):
            signature.point(self.point(0))

    def point(self, number: int) -> list[Tree]:
        """Give the arguments of one point."""
        moving = self.derivatives.signature.moving
        arguments = list(self.points)
        for position in moving:
            leaves, structure = flatten(self.points[position])
            arguments[position] = structure.unflatten([as_array(leaf)[number] for leaf in leaves])
        return arguments

    def value(self) -> Tree:
        """Give the values."""
        return self._all("value")

    def gradient(self) -> Tree:
        """Give the gradients."""
        return self._all("gradient")

    def value_and_gradient(self) -> tuple[Array, Tree]:
        """Give the values and the gradients."""
        values, gradients = self._all("value_and_gradient")
        return values, gradients

    def jacobian(self) -> Tree:
        """Give the Jacobians."""
        return self._all("jacobian")

    def hessian(self) -> Tree:
        """Give the Hessians."""
        return self._all("hessian")

    def jvp(self, tangents: Tree) -> tuple[Tree, Tree]:
        """Give values and derivatives along tangents, which have a first axis of points, too.

        Raises:
            InvalidArgument: the tangents have not the structure of the argument(s), or an axis of another length.
        """
        with current(self.device):
            return self._pushed(tangents)

    def _pushed(self, tangents: Tree) -> tuple[Tree, Tree]:
        (tangents,) = placed([tangents], (0,), self.derivatives.signature.device)
        leaves, structure = flatten(tangents)
        arrays = [as_array(leaf) for leaf in leaves]
        if any(array.ndim == 0 or len(array) != self.count for array in arrays):
            shapes = ", ".join(str(array.shape) for array in arrays)
            raise InvalidArgument(
                f"Tangents at {self.count} points have a first axis of that length; they have the shapes {shapes}."
            )

        def at(n: int) -> Tree:
            return structure.unflatten([array[n] for array in arrays])

        first = self.derivatives.signature.moving_leaves(at(0), "tangents")
        directions = [array.astype(leaf.dtype, copy=False) for array, leaf in zip(arrays, first, strict=True)]
        found = self.derivatives.kernel.many("jvp", self, directions)
        if found is None:
            found = self.one_by_one("jvp", directions)
        values, pushed = found
        return values, pushed

    def alone(self, operator: str, number: int, tangents: Sequence[Array] = ()) -> Any:
        """Give what an operator gives at one point; `tangents` are those of `jvp`, one for each leaf, of all points."""
        call: Callable[..., Any] = getattr(self.derivatives, operator)
        along = {"tangents": self.derivatives.signature.moving_trees([x[number] for x in tangents])} if tangents else {}
        return call(*self.point(number), **along)

    def one_by_one(self, operator: str, tangents: Sequence[Array] = (), known: Sequence[Any] = ()) -> Any:
        """Give what an operator gives at all points, taken in turn; it is `known` already for the first of them."""
        others = range(len(known), self.count)
        return _stacked([*known, *(self.alone(operator, number, tangents) for number in others)])

    def _all(self, operator: str) -> Any:
        with current(self.device):
            found = self.derivatives.kernel.many(operator, self)
            return self.one_by_one(operator) if found is None else found


def _stacked(results: Sequence[Tree]) -> Any:
    """Stack the leaves of nests; raises `InvalidArgument` unless they are of one structure and shape."""
    flat = [flatten(result) for result in results]
    leaves, structure = flat[0]
    shapes = [np.shape(leaf) for leaf in leaves]
    for number, (others, other) in enumerate(flat):
        found = [np.shape(leaf) for leaf in others]
        if (other, found) != (structure, shapes):
            raise InvalidArgument(
                f"Results at many points have the same structure and shapes at all of them; they have [{structure}] of "
                f"{shapes} at point 0, and [{other}] of {found} at point {number}: take points of one kind at a time."
            )
    return structure.unflatten([np.stack(each) for each in zip(*(leaves for leaves, _ in flat), strict=True)])
