"""One set of arguments, and the function as the differentiation of it sees it."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .array_likes import has_own_arithmetic
from .arrays import explain
from .errors import InvalidArgument, NotDifferentiable
from .structure import Structure, flatten
from .types import Array, Function
from .user_code import line_of


class Point:
    """One set of arguments, seen as a function of the differentiated leaves alone."""

    __slots__ = ("constants", "function", "leaves", "output_structure", "rebuild")

    def __init__(
        self,
        function: Function,
        leaves: list[Array],
        constants: list[Any],
        rebuild: Callable[[Sequence[Array]], Sequence[Any]],
    ):
        self.function = function
        self.leaves = leaves
        """The differentiated leaves, in order: NumPy arrays or scalars of a floating dtype."""
        self.constants = constants
        """The leaves of all other arguments."""
        self.rebuild = rebuild
        """From leaves to the full list of positional arguments; the constants are bound."""
        self.output_structure: Structure | None = None
        """Structure of the latest result; set by `outputs`, or by a kernel that does not call."""

    @property
    def origin(self) -> list[Array]:
        """The differentiated leaves where the function takes them: those that numerical methods move."""
        return self.leaves

    def call(self, leaves: Sequence[Array]) -> list[Array]:
        """Run the function with `leaves` in place of the differentiated ones; give its output leaves.

        Raises `InvalidArgument` if it writes into its other arguments, or returns what is no number.
        """
        arguments = self.rebuild(leaves)
        try:
            result = self.function(*arguments)
        except (TypeError, ValueError) as error:
            explain(describe(self.function), flatten(list(arguments))[0], error)
            if "read-only" not in str(error):
                raise
            raise InvalidArgument(
                f"{describe(self.function)} writes into an array that it does not own{line_of(error)}, and would give "
                f"another value at each call: copy the argument first, a = a.copy()."
            ) from error
        return self.outputs(result)

    def outputs(self, result: Any) -> list[Array]:
        """Split a result of the function into leaves; raises `InvalidArgument` for what is no number."""
        leaves, self.output_structure = flatten(result)
        if not leaves:
            raise InvalidArgument(
                f"{describe(self.function)} returned nothing to differentiate: return a number or an array."
            )
        return [_checked_output(leaf, self.function) for leaf in leaves]


def describe(function: Function) -> str:
    """Name a function for a message: its qualified name, or its text."""
    return f"`{getattr(function, '__qualname__', None) or repr(function)}`"


def parameter_names(function: Function, count: int) -> list[str]:
    """Give the names under which a function takes its first arguments, as far as it tells; "args[2]" for the rest.

    >>> parameter_names(lambda weights, *inputs: 0, 2)
    ['weights', 'args[1]']
    """
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # compiled functions need not tell
        parameters = []
    known = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    unknown = ["x"] if count == 1 else [f"args[{number}]" for number in range(count)]
    return [*known[:count], *unknown[len(known) :]]


def _checked_output(output: Any, function: Function) -> Array:
    dtype = getattr(output, "dtype", None)
    if has_own_arithmetic(output) or not isinstance(dtype, (np.dtype, type(None))):
        raise InvalidArgument(
            f"{describe(function)} returned a {type(output).__name__}, whose own arithmetic is not followed: return "
            f"np.asarray(y)."
        )
    if dtype is None:
        if isinstance(output, (bool, int, float)):
            return np.float64(output)
        raise InvalidArgument(
            f"{describe(function)} returned {output!r} ({type(output).__name__}): return numbers or arrays."
        )
    if dtype.kind == "O":
        return _gathered(output, function)
    if dtype.kind not in "fiub":
        raise NotDifferentiable(
            f"{describe(function)} returned {dtype} values: return real numbers (np.real, np.abs or np.imag of them)."
        )
    return output


def _gathered(output: Any, function: Function) -> Array:
    """Join an object array of numbers, which `np.array([x[0], x[1]])` makes of differentiated values."""
    items = [_checked_output(item, function) for item in output.flat]
    return np.reshape(np.stack(items), output.shape)
