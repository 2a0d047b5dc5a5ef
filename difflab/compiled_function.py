"""A plain function, traced once for each kind of arguments, compiled and replayed.

>>> @compile
... def distance(x, y):
...     return np.sqrt(np.sum((x - y) ** 2))
>>> distance(np.array([0.0, 3.0]), np.array([4.0, 0.0]))
np.float64(5.0)
"""

from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Any, Literal

import numpy as np

from .interface import Derivatives
from .methods import get
from .structure import flatten
from .types import Function, Tree


class CompiledFunction:
    """What `compile` gives: the function, replayed where that is possible.

    Args:
        function: plain NumPy code, from numbers, arrays or nests of them to the same.
        tier: see `compile`.
        verify: likewise.
    """

    def __init__(self, function: Function, tier: str, verify: bool):
        update_wrapper(self, function)
        self.function = function
        self.tier = tier
        self.verify = verify
        self.prepared: dict[Hashable, Derivatives | None] = {}
        """By the kind of the arguments; None where they hold no floating-point numbers."""

    def __call__(self, *arguments: Tree) -> Any:
        """Give the function's result, in numbers and arrays of its own; the arguments are left as they are.

        Raises:
            InvalidArgument: the result holds no numbers.
            ReplayMismatch: a replay that was verified differs.
        """
        flat = [flatten(argument) for argument in arguments]
        key = tuple((structure, *map(_kind, leaves)) for leaves, structure in flat)
        if key not in self.prepared:
            moving = tuple(n for n, (leaves, _) in enumerate(flat) if leaves and all(map(_is_real, leaves)))
            self.prepared[key] = self._prepare(arguments, moving) if moving else None
        prepared = self.prepared[key]
        return self.function(*arguments) if prepared is None else prepared.value(*arguments)

    def _prepare(self, arguments: tuple[Tree, ...], moving: tuple[int, ...]) -> Derivatives:
        method = type(get("reverse_compiled"))(tier=self.tier, verify=self.verify)  # type: ignore[call-arg]
        return method.prepare(self.function, *arguments, argnums=moving)

    def __repr__(self) -> str:
        return f"compile({self.function!r})"


def compile(  # noqa: A001  (the name that users of other libraries look for)
    function: Function | None = None,
    *,
    tier: Literal["automatic", "native", "source"] = "automatic",
    verify: bool = False,
) -> CompiledFunction | Callable[[Function], CompiledFunction]:
    """Give a function that traces another once for each path through its code, and replays what it did.

    Branches, loops whose length depends on data, changed globals and side effects are handled as by the method
    `reverse_compiled`. The arguments that hold floating-point numbers may change from call to call; others, such as
    counts, make a trace of their own.

    Args:
        function: plain NumPy code; without it, a decorator is given.
        tier: "native" compiles at the first call, "source" runs generated NumPy source, "automatic" calls the function
            itself first, and compiles in the background what is called again.
        verify: whether to compare the first replays with the function.

    Raises:
        InvalidArgument: `tier` is none of these.

    >>> square = compile(lambda x: x**2, tier="native")
    >>> square(np.array([1.0, 3.0]))
    array([1., 9.])
    """
    if function is None:
        return lambda wrapped: CompiledFunction(wrapped, tier, verify)
    return CompiledFunction(function, tier, verify)


def _kind(leaf: Any) -> Hashable:
    return (leaf.shape, leaf.dtype) if hasattr(leaf, "dtype") else (type(leaf),)


def _is_real(leaf: Any) -> bool:
    return isinstance(leaf, float) or (isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "f")
