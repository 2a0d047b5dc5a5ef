"""Functions of one point, run at many points at once."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..array_likes import has_own_arithmetic, is_array_of_another_library
from ..arrays import place_of
from ..carrier import Carrier
from ..errors import InvalidArgument
from ..object_arrays import object_arrays_explained
from ..point import Point, describe
from ..signature import ArgumentNumbers, argument_numbers, read_only
from ..structure import flatten, shape_of
from ..types import Array, Function, Tree
from .batch import unbatch
from .dispatch import Value, next_level
from .points import Points
from .refusals import OBJECT_ARRAYS, refuse_escaped


def vmap(function: Function, argnums: ArgumentNumbers = 0) -> Function:
    """Give the function of many points that calls a function of one point once, for all of them.

    Args:
        function: plain NumPy code, from numbers, arrays or nests of them to the same.
        argnums: the arguments that have a first axis of points, in each of their arrays: a number, or a tuple. The
            others are the same for all points.

    Returns:
        A function of the same arguments. Each array of its result has a first axis of points; what does not depend
        on the point is repeated.

    The function may be differentiated, and may itself take derivatives. What it does besides giving a result, such as
    drawing random numbers, it does once, not for each point. Where it looks at a number (a branch, a loop, `int(x)`,
    `x[mask]`) it goes on if all points agree on it.

    Raises:
        InvalidArgument: arrays without a first axis of one point or more, or of different lengths, or of complex
            numbers, text and the like; when called.
        NotDifferentiable: the points do not agree on what the code looks at; write `np.where`.

    >>> def area(sides):
    ...     return sides[0] * sides[1]
    >>> vmap(area)(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    array([ 2., 12., 30.])
    """
    if not callable(function):
        raise InvalidArgument(f"The function to map is {function!r}: pass a callable such as np.sin.")

    @functools.wraps(function, updated=())
    def mapped(*args: Tree) -> Tree:
        numbers = argument_numbers(argnums, len(args), function)
        flat = [flatten(args[number]) for number in numbers]
        arrays = [_as_array(leaf, function) for leaves, _ in flat for leaf in leaves]
        _require_points(function, arrays)
        level = next_level()
        others = [leaf for number, arg in enumerate(args) if number not in numbers for leaf in flatten(arg)[0]]

        def rebuild(points: Sequence[Array]) -> list[Tree]:
            full = [_protected(arg) for arg in args]
            waiting = iter(points)
            for number, (leaves, structure) in zip(numbers, flat, strict=True):
                full[number] = structure.unflatten([next(waiting) for _ in leaves])
            return full

        at = Point(function, arrays, others, rebuild)
        with object_arrays_explained(OBJECT_ARRAYS):
            outputs = at.call([Points(level, array) for array in arrays])
        if any(isinstance(output, Value) and output.level > level for output in outputs):
            raise refuse_escaped()
        assert at.output_structure is not None
        return at.output_structure.unflatten([_at_all(output, level, arrays) for output in outputs])

    return mapped


def _as_array(leaf: Any, function: Function) -> Array:
    if has_own_arithmetic(leaf):
        raise InvalidArgument(
            f"{describe(function)} under difflab.vmap was given a {type(leaf).__name__}, whose own arithmetic is not "
            f"followed: pass np.asarray(x)."
        )
    is_one = hasattr(leaf, "__array_function__") and not is_array_of_another_library(leaf)
    array: Array = leaf if is_one else np.asarray(leaf)
    if array.dtype.kind not in "fiub":
        raise InvalidArgument(
            f"{describe(function)} under difflab.vmap was given points of dtype {array.dtype}: give real numbers, "
            f"integers or booleans, and leave out of argnums what is the same for all points."
        )
    return array


def _require_points(function: Function, arrays: Sequence[Array]) -> None:
    lengths = {shape_of(array)[0] if shape_of(array) else 0 for array in arrays}
    if len(lengths) == 1 and 0 not in lengths:
        return
    shapes = ", ".join(str(shape_of(array)) for array in arrays)
    raise InvalidArgument(
        f"{describe(function)} under difflab.vmap takes arrays with a first axis of one point or more, of the same "
        f"length in all; they have the shapes {shapes or 'of an empty nest'}: give np.stack(points), and leave out of "
        f"argnums what is the same for all points."
    )


def _protected(arg: Tree) -> Tree:
    """Keep the function from writing into what all points have in common: each would then see another value."""
    leaves, structure = flatten(arg)
    return structure.unflatten([read_only(leaf) for leaf in leaves])


def _at_all(output: Array, level: int, arrays: Sequence[Array]) -> Array:
    """Give an output at all points, in memory of its own."""
    if isinstance(output, np.generic):
        output = np.asarray(output, like=place_of(*arrays))
    data = unbatch(output, level, len(arrays[0]))
    is_new = not isinstance(data, Carrier) and data.base is None and not any(data is array for array in arrays)
    return data if is_new else np.copy(data)
