"""What a method supplies natively, and what follows from it: the one place where it is derived."""

from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from .arrays import place_of
from .carrier import Carrier
from .errors import InvalidArgument, UnsupportedOperator
from .point import Point, describe
from .structure import shape_of
from .types import Array, Tree

Leaves = list[Array]
Pull = Callable[[Sequence[Array]], Leaves]
Shortcut = Callable[..., Tree | None]


class Kernel(ABC):
    """First and second derivatives at a point, on flat lists of leaves, many directions at once.

    A subclass overrides `push` or `pullback` (and says which in `native`), and `curvature` if it
    offers second derivatives. Directions carry a leading axis: `k` tangents of a leaf of shape
    `s` are one array of shape `(k, *s)`.
    """

    native: Literal["push", "pull"]
    shortcuts: Mapping[str, Shortcut] = MappingProxyType({})
    """Quick ways to answer an operator for arguments as they are; each gives None where it does not apply."""

    def value(self, at: Point) -> Leaves:
        """Give the function's output leaves."""
        return at.call([leaf.copy() for leaf in at.leaves])  # which the function may change in place

    def settle(self) -> None:  # noqa: B027  (most have nothing to wait for)
        """Wait for what goes on in the background."""

    def many(self, operator: str, batch: Any, tangents: Sequence[Array] = ()) -> Any:
        """Give what an operator gives at all points of a `Batch`; None where they are to be taken one by one.

        Args:
            operator: its name.
            batch: the points.
            tangents: of `jvp`, one for each leaf, with a first axis of points.
        """
        return None

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        """Push `k` tangents forward: outputs, and for each output leaf `(k, *y.shape)`."""
        outputs, rows = self.rows(at)
        return outputs, split(products(tangents, rows, at.leaves), outputs)

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        """Give the outputs, and the map from `k` cotangents `(k, *y.shape)` to `k` cotangents of each input leaf."""
        outputs, columns = self.columns(at)

        def pull(cotangents: Sequence[Array]) -> Leaves:
            return split(products(cotangents, columns, outputs), at.leaves)

        return outputs, pull

    def columns(self, at: Point) -> tuple[Leaves, Leaves]:
        """Push all n unit directions: outputs, and the Jacobian's columns, `(n, *y.shape)` for each output leaf."""
        return self.push(at, basis(at.leaves))

    def rows(self, at: Point) -> tuple[Leaves, Leaves]:
        """Pull all m unit cotangents back: outputs, and the Jacobian's rows, `(m, *x.shape)` for each input leaf."""
        outputs, pull = self.pullback(at)
        return outputs, pull(basis(outputs))

    def jacobian(self, at: Point) -> list[Leaves]:
        """Give for each output leaf, for each input leaf, `y.shape + x.shape`."""
        if self.native == "push":
            outputs, columns = self.columns(at)
            return by_input(columns, outputs, at.leaves)
        outputs, rows = self.rows(at)
        return by_output(rows, outputs, at.leaves)

    def gradient(self, at: Point) -> Leaves:
        """Give the gradient of a scalar function, leaf by leaf."""
        return self.value_and_gradient(at)[1]

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        """Give the outputs (one scalar leaf) and the gradient, leaf by leaf."""
        if self.native == "push":
            outputs, columns = self.columns(at)
            require_scalar(at, outputs)
            return outputs, by_input(columns, outputs, at.leaves)[0]
        outputs, pull = self.pullback(at)
        require_scalar(at, outputs)
        return outputs, [row[0] for row in pull([one_direction(outputs[0])])]

    def hessian(self, at: Point) -> Leaves:
        """Give the Hessian of a scalar function as `(n, *x.shape)` for each input leaf, n entries in all."""
        return self.curvature(at, basis(at.leaves))

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Give the Hessian of a scalar function times `k` tangents: `(k, *x.shape)` for each input leaf."""
        raise UnsupportedOperator(
            f"{type(self).__name__} has no second derivatives: define its curvature(at, tangents), or leave 'hessian' "
            f"and 'hvp' out of the operators that its method declares."
        )


def one_direction(number: Array) -> Array:
    """Give the one direction of a number, where it is."""
    place = place_of(number)
    dtype = floating(number)
    return _one(dtype) if type(place) is np.ndarray else np.ones_like(place, dtype, shape=1)


@cache
def _one(dtype: np.dtype) -> Array:
    one = np.ones(1, dtype)
    one.flags.writeable = False
    return one


def require_scalar(at: Point, outputs: Sequence[Array]) -> None:
    """Raise `InvalidArgument` unless the outputs are one number, as gradients and Hessians need."""
    if len(outputs) == 1 and shape_of(outputs[0]) == ():
        return
    found = f"shape {np.shape(outputs[0])}" if len(outputs) == 1 else f"a nest of {len(outputs)} arrays"
    raise InvalidArgument(
        f"{describe(at.function)} returned {found}; gradients and Hessians are for functions that return one "
        f"number: use jacobian, or sum the result."
    )


def scalar_call(at: Point) -> Callable[[Sequence[Array]], Leaves]:
    """Give the function of the leaves that refuses, by `require_scalar`, results other than one number."""

    def call(leaves: Sequence[Array]) -> Leaves:
        outputs = at.call(leaves)
        require_scalar(at, outputs)
        return outputs

    return call


def basis(leaves: Sequence[Array]) -> Leaves:
    """Give the unit directions of all leaves together: for each leaf `(n, *shape)`, n entries in all."""
    return split(np.identity(size(leaves), like=place_of(*leaves)), leaves)


def split(flat: Array, leaves: Sequence[Array]) -> Leaves:
    """Cut `(k, n)` into one `(k, *shape)` for each leaf, in its dtype."""
    pieces = []
    start = 0
    for leaf in leaves:
        stop = start + _size(leaf)
        piece = np.reshape(flat[:, start:stop], (flat.shape[0], *np.shape(leaf)))
        pieces.append(piece if piece.dtype == floating(leaf) else piece.astype(floating(leaf)))
        start = stop
    return pieces


def shaped(piece: Array, shape: tuple[int, ...]) -> Array:
    """Reshape, to a number rather than an array without axes."""
    return np.reshape(piece, shape) if shape else np.reshape(piece, -1)[0]


def floating(leaf: Array) -> np.dtype:
    """Give the dtype that a derivative of `leaf` has: its own, or float64 for integers and booleans."""
    return leaf.dtype if leaf.dtype.kind == "f" else np.dtype(float)


def size(leaves: Sequence[Array]) -> int:
    """Count the entries of all leaves together.

    >>> size([np.ones((2, 3)), np.float64(1.0)])
    7
    """
    return sum(map(_size, leaves))


def _size(leaf: Array) -> int:
    size = 1
    for length in np.shape(leaf):
        size *= length
    return size


def _rows(directions: Array, leaf: Array) -> Array:
    return np.reshape(directions, (directions.shape[0], _size(leaf)))


def products(left: Sequence[Array], right: Sequence[Array], leaves: Sequence[Array]) -> Array:
    """Give the `(k, n)` inner products, over all leaves together, of `k` directions with `n`."""
    together = zip(left, right, leaves, strict=True)
    return sum(times(_rows(one, leaf), _rows(other, leaf)) for one, other, leaf in together)


def times(directions: Array, derivatives: Array) -> Array:
    """Give the `(k, m)` products of `k` directions with `(m, n)` derivatives.

    What a direction does not move has no say in its product, though its derivative be infinite.
    """
    with np.errstate(invalid="ignore"):  # of 0 · ∞, which is settled below
        product: Array = np.tensordot(directions, derivatives, (1, 1))
    if isinstance(product, Carrier) or not np.isnan(product).any():
        return product
    return np.stack([derivatives[:, direction != 0] @ direction[direction != 0] for direction in directions])


def by_input(columns: Sequence[Array], outputs: Sequence[Array], leaves: Sequence[Array]) -> list[Leaves]:
    """Cut `(n, *y.shape)` for each output leaf into `y.shape + x.shape` for each input leaf."""
    table = []
    for column, output in zip(columns, outputs, strict=True):
        pieces = split(_rows(column, output).T, leaves)
        shape = np.shape(output)
        table.append([shaped(p, shape + np.shape(leaf)) for p, leaf in zip(pieces, leaves, strict=True)])
    return table


def by_output(rows: Sequence[Array], outputs: Sequence[Array], leaves: Sequence[Array]) -> list[Leaves]:
    """Cut `(m, *x.shape)` for each input leaf, m output entries in all, into `y.shape + x.shape`."""
    table = []
    start = 0
    for output in outputs:
        stop = start + _size(output)
        shape = np.shape(output)
        table.append([shaped(r[start:stop], shape + np.shape(leaf)) for r, leaf in zip(rows, leaves, strict=True)])
        start = stop
    return table
