"""The closed form that a person wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import ClassVar

import numpy as np

from ..arrays import place_of
from ..errors import InvalidArgument
from ..interface import Differentiator, OnDevices, Support
from ..kernel import Kernel, Leaves, Pull, floating, products, require_scalar, split
from ..point import Point, describe
from ..signature import Signature, as_shaped
from ..structure import BARE, flatten
from ..types import Array, Function, Tree

FIRST_ORDER = ("derivative", "gradient", "value_and_gradient", "jacobian", "jvp", "vjp")
"""What follows from any of the forms but the Hessian."""


@dataclass(frozen=True)
class Manual(Differentiator):
    """Derivatives by closed forms: functions of the same positional arguments as the function itself.

    Each form gives what the operator of its name gives (`Derivatives`), for the `argnums` that it is
    prepared with, except that `jvp` and `vjp` give ẏ and x̄ alone:

    Args:
        derivative: dy/dx of a function of one number, of y's shape.
        gradient: of a scalar-valued function, in the structure and shapes of the argument(s).
        jacobian: of shape y.shape + x.shape.
        hessian: of a scalar-valued function, of shape x.shape + x.shape.
        jvp: called as `jvp(*args, tangents=...)`; ẏ, of y's structure and shapes.
        vjp: called as `vjp(*args, cotangents=...)`; x̄, of the structure and shapes of the argument(s).

    Any first-order form gives all first-order operators, and the Hessian gives hvp. What a form
    returns is checked for structure and shape; whether it is right, the other methods can tell.
    `prepare` calls the function once, to learn the shapes of its result.

    >>> import numpy as np
    >>> cubes = Manual(gradient=lambda x: 3 * x**2).prepare(lambda x: np.sum(x**3), np.ones(2))
    >>> cubes.gradient(np.array([1.0, 2.0]))
    array([ 3., 12.])
    >>> cubes.jvp(np.array([1.0, 2.0]), tangents=np.array([1.0, 1.0]))
    (np.float64(9.0), np.float64(15.0))
    """

    derivative: Function | None = None
    gradient: Function | None = None
    jacobian: Function | None = None
    hessian: Function | None = None
    jvp: Function | None = None
    vjp: Function | None = None

    name = "manual"
    summary = "the closed form that a person wrote"
    reads_rules = False
    on_devices: ClassVar[OnDevices] = "all"

    @cached_property
    def operators(self) -> Mapping[str, Support]:
        """The forms that were given, and what follows from them."""
        given = {field.name for field in fields(self) if getattr(self, field.name) is not None}
        offered = FIRST_ORDER if given - {"hessian"} else ()
        second = ("hessian", "hvp") if "hessian" in given else ()
        return {operator: "native" if operator in given else "derived" for operator in (*offered, *second)}

    @classmethod
    def capabilities(cls) -> Mapping[str, Support]:
        """What follows from all the forms together."""
        return cls(**{field.name: callable for field in fields(cls)}).operators  # any function will do

    def kernel(self, signature: Signature, at: Point) -> "ManualKernel":
        """Call the function once, to learn the structure and shapes of its result."""
        if not self.operators:
            raise InvalidArgument(
                f"The method 'manual' has no closed form for {describe(signature.function)}: pass one, as in "
                f"Manual(gradient=lambda x: 2 * x), or choose another method."
            )
        return ManualKernel(self, signature, at)


class ManualKernel(Kernel):
    """Calls the forms, checks what they return, and contracts it with directions."""

    def __init__(self, forms: Manual, signature: Signature, at: Point):
        self.forms = forms
        self.signature = signature
        self.native = "pull" if forms.vjp else "push"
        self.outputs = at.call(at.leaves)
        """The result at the example, for its shapes and dtypes."""
        self.output_structure = at.output_structure or BARE
        if forms.gradient or forms.hessian:
            require_scalar(at, self.outputs)
        if forms.derivative and [np.shape(x) for x in at.leaves] != [()]:
            raise InvalidArgument(
                f"Manual(derivative=...) is for functions of one number, and {describe(at.function)} is differentiated "
                f"with respect to shapes {[np.shape(x) for x in at.leaves]}: pass gradient=... or jacobian=... instead."
            )

    def jacobian(self, at: Point) -> list[Leaves]:
        """Use a whole form, or else unit directions through vjp or jvp."""
        at.output_structure = self.output_structure
        return self._blocks(at, "derivative", "jacobian", "gradient") or super().jacobian(at)

    def gradient(self, at: Point) -> Leaves:
        """Use a whole form, without calling the function, or else vjp or jvp."""
        require_scalar(at, self.outputs)
        blocks = self._blocks(at, "gradient", "derivative", "jacobian")
        return blocks[0] if blocks else super().value_and_gradient(at)[1]

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        """Call the function for its value."""
        return self.value(at), self.gradient(at)

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        """Use jvp, or else the Jacobian's rows."""
        if self.forms.jvp is None:
            return super().push(at, tangents)
        directions = [self.signature.moving_trees(tangent) for tangent in zip(*tangents, strict=True)]
        expected = self.output_structure.unflatten(self.outputs)
        pushed = [self._called(at, "jvp", expected, tangents=direction) for direction in directions]
        return self.value(at), _stacked(pushed, self.outputs)

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        """Use vjp, or else the Jacobian's columns."""
        if self.forms.vjp is None:
            return super().pullback(at)

        def pull(cotangents: Sequence[Array]) -> Leaves:
            weights = [self.output_structure.unflatten(cotangent) for cotangent in zip(*cotangents, strict=True)]
            expected = self.signature.moving_trees(at.leaves)
            pulled = [self._called(at, "vjp", expected, cotangents=weight) for weight in weights]
            return _stacked(pulled, at.leaves)

        return self.value(at), pull

    def rows(self, at: Point) -> tuple[Leaves, Leaves]:
        """Join the blocks of a whole form, if there is one."""
        blocks = self._blocks(at, "jacobian", "gradient", "derivative")
        if not blocks:
            return super().rows(at)
        by_leaf = zip(*blocks, strict=True)
        return self.value(at), [
            np.concatenate([_joined(block, y, x) for block, y in zip(column, self.outputs, strict=True)])
            for column, x in zip(by_leaf, at.leaves, strict=True)
        ]

    def columns(self, at: Point) -> tuple[Leaves, Leaves]:
        """Join the blocks of a whole form, if there is one."""
        blocks = self._blocks(at, "jacobian", "gradient", "derivative")
        if not blocks:
            return super().columns(at)
        joined = [
            np.concatenate(
                [np.reshape(block, (*np.shape(y), np.size(x))) for block, x in zip(row, at.leaves, strict=True)],
                axis=-1,
            )
            for row, y in zip(blocks, self.outputs, strict=True)
        ]
        return self.value(at), [np.moveaxis(columns, -1, 0) for columns in joined]

    def hessian(self, at: Point) -> Leaves:
        """Join the blocks of the Hessian."""
        leaves = at.leaves
        expected = [self.signature.moving_trees([_like(x, z) for z in leaves]) for x in leaves]
        found = self._called(at, "hessian", self.signature.moving_trees(expected))
        count = len(leaves)
        return [
            np.concatenate([_joined(block, z, x) for block, z in zip(found[number::count], leaves, strict=True)])
            for number, x in enumerate(leaves)
        ]

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Contract the Hessian, which need not be symmetric if the form is wrong, with tangents on its right."""
        return split(products(tangents, self.hessian(at), at.leaves), at.leaves)

    def _blocks(self, at: Point, *names: str) -> list[Leaves]:
        """Call the first of these whole forms that was given: for each output leaf, for each input leaf, a block."""
        name = next((name for name in names if getattr(self.forms, name)), None)
        if name is None:
            return []
        if name == "gradient":
            expected = self.signature.moving_trees(at.leaves)
        else:
            rows = [self.signature.moving_trees([_like(y, x) for x in at.leaves]) for y in self.outputs]
            expected = self.output_structure.unflatten(rows)
        found = self._called(at, name, expected)
        width = len(at.leaves)
        return [found[start : start + width] for start in range(0, len(found), width)]

    def _called(self, at: Point, name: str, expected: Tree, **directions: Tree) -> Leaves:
        """Call the form `name` and give its leaves; raises `InvalidArgument` unless they are as `expected`."""
        form = getattr(self.forms, name)
        found, structure = flatten(form(*at.rebuild(at.leaves), **directions))
        wanted, wanted_structure = flatten(expected)

        def what(position: int) -> str:
            path = structure.paths("")[position]
            return f"The result of {describe(form)}, the {name} given for {describe(at.function)}, {path}".rstrip()

        if structure != wanted_structure:
            raise InvalidArgument(f"{what(0)} has the structure [{structure}]; it must be [{wanted_structure}].")
        return [
            as_shaped(leaf, np.shape(like), floating(like), partial(what, position))[()]  # numbers as numbers
            for position, (leaf, like) in enumerate(zip(found, wanted, strict=True))
        ]


def _like(left: Array, right: Array) -> Array:
    """Stand for a block of shape left.shape + right.shape, in the dtype of `right`, without its memory."""
    return np.broadcast_to(np.zeros((), right.dtype, like=place_of(right)), np.shape(left) + np.shape(right))


def _joined(block: Array, left: Array, right: Array) -> Array:
    """Join the axes of `left` in a block of shape left.shape + right.shape into one."""
    return np.reshape(block, (np.size(left), *np.shape(right)))


def _stacked(rows: Sequence[Leaves], leaves: Leaves) -> Leaves:
    """Join `k` lists of leaves into one `(k, *shape)` for each leaf."""
    return [_stack([row[number] for row in rows], leaf) for number, leaf in enumerate(leaves)]


def _stack(entries: Sequence[Array], leaf: Array) -> Array:
    if not entries:
        return np.zeros((0, *np.shape(leaf)), floating(leaf), like=place_of(leaf))
    return np.stack([np.reshape(each, np.shape(leaf)) for each in entries]).astype(floating(leaf), copy=False)
