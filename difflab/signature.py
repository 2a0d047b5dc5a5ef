"""What a function was prepared for: which arguments move, their structure, shapes and dtypes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .array_likes import has_own_arithmetic, is_array_of_another_library
from .arrays import array, device_of, is_on_gpu, moved, require_device, same_device
from .errors import InvalidArgument, PreparationMismatch
from .point import Point, describe
from .structure import BARE, Structure, flatten, shape_of
from .types import Array, Function, Tree

ArgumentNumbers = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments that derivatives were prepared for."""

    function: Function
    argnums: ArgumentNumbers
    moving: tuple[int, ...]
    """The differentiated positions, never negative."""
    structures: tuple[Structure, ...]
    """Of each positional argument."""
    kinds: tuple[tuple[Any, ...], ...]
    """Of each argument, of each leaf: (shape, dtype), or the type of a leaf that is no array."""
    one_array: tuple[tuple[int, ...], Any] | None
    """The shape and dtype of the only argument, if it is the only one and no nest: the common case, made quick."""
    device: str | None = None
    """Where arguments are copied to; None leaves them where they are."""

    @classmethod
    def of(
        cls, function: Function, args: Sequence[Tree], argnums: ArgumentNumbers, device: str | None = None
    ) -> "Signature":
        """Read the signature off example arguments, once they are on the device.

        Raises `DeviceUnavailable` for a device that cannot be used.
        Raises `InvalidArgument` for a wrong `argnums`, and for a differentiated leaf that is no
        real floating-point number or array (Python integers are taken as floats).
        """
        if not callable(function):
            raise InvalidArgument(f"The function to differentiate is {function!r}: pass a callable such as np.sin.")
        require_device(device)
        moving = argument_numbers(argnums, len(args), function)
        args = placed(args, moving, device)
        flat = [flatten(arg) for arg in args]
        for number in moving:
            leaves, structure = flat[number]
            if not leaves:
                raise InvalidArgument(f"Argument {number} of {describe(function)} holds no numbers to differentiate.")
            _as_moving(leaves, structure, number, function)
        kinds = tuple(
            tuple(_moving_kind(leaf) if number in moving else _kind(leaf) for leaf in leaves)
            for number, (leaves, _) in enumerate(flat)
        )
        structures = tuple(structure for _, structure in flat)
        one_array = kinds[0][0] if structures == (BARE,) else None
        return cls(function, argnums, moving, structures, kinds, one_array, device)

    def point(self, args: Sequence[Tree]) -> Point:
        """Bind arguments; raises `PreparationMismatch` if they are not as prepared."""
        if self.one_array is not None and len(args) == 1:
            (arg,) = args
            if type(arg) is np.ndarray and (arg.shape, arg.dtype) == self.one_array:
                return Point(self.function, [arg], [], list)
        if self.device is not None:
            args = placed(args, self.moving, self.device)
        if len(args) != len(self.structures):
            raise PreparationMismatch(
                f"{describe(self.function)} was prepared for {len(self.structures)} arguments and called with "
                f"{len(args)}: pass as many, or prepare again."
            )
        moving: dict[int, list[Array]] = {}
        trees = list(args)
        constants: list[Any] = []
        for number, arg in enumerate(args):
            found, structure = flatten(arg)
            if number in self.moving:
                found = moving[number] = _as_moving(found, structure, number, self.function)
            else:
                constants += found
                trees[number] = structure.unflatten([read_only(leaf) for leaf in found])
            self._check(number, found, structure)
        leaves = [leaf for number in self.moving for leaf in moving[number]]  # in the order that argnums has
        if len(args) == 1 and self.structures[0].specification is None:
            return Point(self.function, leaves, constants, list)
        return Point(self.function, leaves, constants, lambda moved: self._rebuild(trees, moved))

    def moving_trees(self, leaves: Sequence[Array]) -> Tree:
        """Put one value for each differentiated leaf into the structure of the differentiated argument(s)."""
        if self.one_array is not None and self.argnums == 0:
            return leaves[0]
        trees = []
        start = 0
        for number in self.moving:
            stop = start + len(self.kinds[number])
            trees.append(self.structures[number].unflatten(leaves[start:stop]))
            start = stop
        return trees[0] if isinstance(self.argnums, int) else tuple(trees)

    def moving_leaves(self, tree: Tree, what: str) -> list[Array]:
        """Flatten `what` (tangents), which must have the structure and shapes of the differentiated argument(s)."""
        trees = (tree,) if isinstance(self.argnums, int) else tree
        if not isinstance(trees, (tuple, list)) or len(trees) != len(self.moving):
            raise InvalidArgument(
                f"{what} must be a tuple of {len(self.moving)}, one for each of argnums={self.argnums}."
            )
        leaves: list[Array] = []
        for number, one in zip(self.moving, trees, strict=True):
            found, structure = flatten(one)
            expected = self.structures[number]
            if structure != expected:
                raise InvalidArgument(
                    f"{what} for argument {number} has the structure [{structure}], the argument [{expected}]: "
                    f"give {what} the structure of the argument."
                )
            for leaf, (shape, dtype, *place) in zip(found, self.kinds[number], strict=True):
                direction = as_shaped(leaf, shape, dtype, partial(_named, what, number))
                leaves.append(array(direction, device=place[0], copy=False) if place else direction)
        return leaves

    def _rebuild(self, args: Sequence[Tree], moved: Sequence[Array]) -> list[Tree]:
        full = list(args)
        start = 0
        for number in self.moving:
            stop = start + len(self.kinds[number])
            full[number] = self.structures[number].unflatten(moved[start:stop])
            start = stop
        return full

    def _check(self, number: int, leaves: Sequence[Any], structure: Structure) -> None:
        expected = self.structures[number]
        if structure is not expected and structure != expected:
            raise PreparationMismatch(
                f"Argument {number} of {describe(self.function)} has the structure [{structure}]; it was prepared "
                f"for [{expected}]: prepare again for the new structure."
            )
        for position, (leaf, kind) in enumerate(zip(leaves, self.kinds[number], strict=True)):
            if (found := _kind(leaf)) != kind:
                path = structure.paths(f"args[{number}]")[position]
                raise PreparationMismatch(
                    f"{path} of {describe(self.function)} is {in_words(found)}; it was prepared for "
                    f"{in_words(kind)}: prepare again, or convert the argument."
                )


def as_shaped(leaf: Any, shape: tuple[int, ...], dtype: Any, what: Callable[[], str]) -> Array:
    """Take `leaf` as an array of `shape` and `dtype`; raises `InvalidArgument`, saying `what`, if it does not fit."""
    array = leaf if hasattr(leaf, "dtype") else np.asarray(leaf)
    if array.shape != shape:
        raise InvalidArgument(f"{what()} has shape {array.shape}; it must have shape {shape}.")
    if array.dtype.kind not in "biuf":
        raise InvalidArgument(f"{what()} has dtype {array.dtype}; it must be real numbers.")
    return array if array.dtype == dtype else array.astype(dtype)


def argument_numbers(argnums: ArgumentNumbers, count: int, function: Function) -> tuple[int, ...]:
    """Give `argnums` as numbers from 0; raises `InvalidArgument` unless each names another of `count` arguments."""
    numbers: tuple[Any, ...] = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers or not all(isinstance(n, int) and -count <= n < count for n in numbers):
        raise InvalidArgument(
            f"argnums={argnums!r} does not fit {describe(function)} called with {count} arguments: "
            f"use a number from 0 to {count - 1}, or a tuple of them."
        )
    moving = tuple(n % count for n in numbers)
    if len(set(moving)) != len(moving):
        raise InvalidArgument(f"argnums={argnums} names an argument twice: name each once.")
    return moving


def _as_moving(leaves: Sequence[Any], structure: Structure, number: int, function: Function) -> list[Array]:
    """Take leaves of a differentiated argument as arrays; raises `InvalidArgument` for one that cannot move."""
    moving = []
    for position, leaf in enumerate(leaves):
        if type(leaf) in (int, float):
            moving.append(np.float64(leaf))
        elif getattr(getattr(leaf, "dtype", None), "kind", None) == "f" and _has_arithmetic_of_arrays(leaf):
            moving.append(leaf)
        else:
            path = structure.paths(f"args[{number}]")[position]
            raise InvalidArgument(f"{path} of {describe(function)} {_why_not_moving(leaf)}")
    return moving


def _why_not_moving(leaf: Any) -> str:
    dtype = np.dtype(complex) if isinstance(leaf, complex) else getattr(leaf, "dtype", None)
    if dtype is None:
        return (
            f"is {leaf!r} ({type(leaf).__name__}): only numbers and arrays can be differentiated. Pass it as another "
            f"argument and leave that one out of argnums."
        )
    if not isinstance(dtype, np.dtype):
        return f"is a {type(leaf).__module__}.{type(leaf).__name__}: pass a NumPy array, np.asarray(x)."
    if dtype.kind == "c":
        return (
            f"is complex ({dtype}): difflab differentiates with respect to real numbers. Pass the real and imaginary "
            f"parts as two real arguments."
        )
    if not _has_arithmetic_of_arrays(leaf):
        return (
            f"is a {type(leaf).__name__}, whose own arithmetic is not followed: pass np.asarray(x); a mask or an "
            f"index, where it matters, as another argument."
        )
    return (
        f"has dtype {dtype}: convert it with .astype(float), or leave this argument out of argnums if it is a constant."
    )


def read_only(leaf: Any) -> Any:
    """Protect a constant array: a function that wrote into it would give another value at each call."""
    if not isinstance(leaf, np.ndarray):
        return leaf
    view = leaf.view()
    view.flags.writeable = False
    return view


def _has_arithmetic_of_arrays(leaf: Any) -> bool:
    """Tell arrays from what looks like one and computes otherwise."""
    if type(leaf) in (np.ndarray, np.float64):
        return True
    return not has_own_arithmetic(leaf) and not is_array_of_another_library(leaf)


def _moving_kind(leaf: Any) -> tuple[Any, ...]:
    dtype = getattr(leaf, "dtype", None)
    shape = shape_of(leaf)
    if type(leaf) is not np.ndarray and is_on_gpu(leaf):
        return shape, dtype, device_of(leaf)
    return shape, np.dtype(float) if dtype is None else dtype


def _named(what: str, number: int) -> str:
    return f"{what} for argument {number}"


def _kind(leaf: Any) -> Any:
    if type(leaf) is float:
        return (), _FLOAT
    dtype = getattr(leaf, "dtype", None)
    if type(leaf) is not np.ndarray and is_on_gpu(leaf):
        return leaf.shape, dtype, device_of(leaf)
    return type(leaf) if dtype is None else (leaf.shape, dtype)


_FLOAT = np.dtype(float)


def in_words(kind: Any) -> str:
    """Describe the kind of a leaf."""
    if not isinstance(kind, tuple):
        return f"a Python {kind.__name__}"
    return f"{kind[1]} of shape {kind[0]}" + "".join(f" on {place}" for place in kind[2:])


def placed(args: Sequence[Tree], moving: Collection[int], device: str | None) -> list[Tree]:
    """Copy the arrays of arguments to a device, and the numbers of those that move; all else is given as it is.

    So are arrays of text and dates, and masked arrays and matrices, which would become others on the way.
    """
    if device is None:
        return list(args)
    found = []
    for number, arg in enumerate(args):
        leaves, structure = flatten(arg)
        kinds = (np.ndarray, np.floating, float) if number in moving else np.ndarray
        found.append(structure.unflatten([_placed(leaf, kinds, device) for leaf in leaves]))
    return found


def _is_of_numbers(leaf: Any) -> bool:
    """Say whether a device may hold it, not text or dates."""
    return np.result_type(leaf).kind in "fiubc"


def _placed(leaf: Any, kinds: Any, device: str) -> Any:
    here = device_of(leaf) if is_on_gpu(leaf) else "cpu"
    moves = here != "cpu" or (isinstance(leaf, kinds) and not has_own_arithmetic(leaf) and _is_of_numbers(leaf))
    return moved(leaf, device) if moves and not same_device(here, device) else leaf
