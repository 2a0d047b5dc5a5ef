"""A plain function, or a training step, traced once for each kind of arguments, compiled and replayed.

>>> @compile
... def distance(x, y):
...     return np.sqrt(np.sum((x - y) ** 2))
>>> distance(np.array([0.0, 3.0]), np.array([4.0, 0.0]))
np.float64(5.0)
"""

from collections.abc import Callable, Hashable, Sequence
from functools import update_wrapper
from typing import Any, overload

import numpy as np

from .eager import Tensor
from .engines.reach.search import reach_of
from .errors import InvalidArgument
from .interface import Derivatives
from .lowering.programs import TIERS, Tier
from .methods import get
from .point import describe
from .steps.recording import with_objects
from .steps.step import Step
from .structure import flatten
from .types import Function, Tree


class CompiledFunction:
    """What `compile` gives: the function, replayed where that is possible.

    Args:
        function: plain NumPy code, from numbers, arrays or nests of them to the same.
        tier: see `compile`.
        verify: likewise.
    """

    def __init__(self, function: Function, tier: Tier, verify: bool):
        if tier not in TIERS:
            raise InvalidArgument(f"tier={tier!r} is unknown: use one of {', '.join(map(repr, TIERS))}.")
        update_wrapper(self, function)
        self.function = function
        self.tier: Tier = tier
        self.verify = verify
        self.prepared: dict[Hashable, Derivatives | None] = {}
        """By the kind of the arguments; None where they hold no floating-point numbers."""
        self.step: Step | None = None
        """What makes a training step of it, where it uses tensors."""

    def __call__(self, *arguments: Tree, **named: Tree) -> Any:
        """Give the function's result, in numbers and arrays of its own; the arguments are left as they are.

        Where the function uses tensors, it gives tensors, and changes what it changes.

        Raises:
            InvalidArgument: the result holds no numbers, or a function of arrays was given arguments by name.
            ReplayMismatch: a replay that was verified differs.
        """
        if self.step is not None:
            return self.step(*arguments, **named)
        flat = [flatten(argument) for argument in arguments]
        key = tuple((structure, *map(_kind, leaves)) for leaves, structure in flat)
        if (named or key not in self.prepared) and _uses_tensors(self.function, flatten((arguments, named))[0]):
            self.step = Step(self.function, self.tier, self.verify)
            return self.step(*arguments, **named)
        if named:
            raise InvalidArgument(
                f"{describe(self.function)} was compiled, and is called with {', '.join(named)} by name: give all "
                f"arguments by position."
            )
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


@overload
def compile(  # noqa: A001  (the name that users of other libraries look for)
    function: Function, *, tier: Tier = ..., verify: bool = ...
) -> CompiledFunction: ...


@overload
def compile(  # noqa: A001
    function: None = None, *, tier: Tier = ..., verify: bool = ...
) -> Callable[[Function], CompiledFunction]: ...


def compile(  # noqa: A001
    function: Function | None = None,
    *,
    tier: Tier = "automatic",
    verify: bool = False,
) -> CompiledFunction | Callable[[Function], CompiledFunction]:
    """Give a function that traces another once for each path through its code, and replays what it did.

    A function that uses tensors, as a training step does, is recorded with all that it changes: the sweep, gradients,
    parameters, the state of optimizers and running statistics, and random draws of dropout, which a replay draws anew.

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

    >>> from difflab import optim
    >>> weight = Tensor([1.0, 2.0], requires_grad=True)
    >>> descent = optim.SGD([weight], rate=0.1)
    >>> @compile
    ... def step(x):
    ...     descent.zero_grad()
    ...     loss = (weight @ x) ** 2
    ...     loss.backward()
    ...     descent.step()
    ...     return loss
    >>> [round(step(Tensor([1.0, -1.0])).item(), 4) for _ in range(4)]
    [1.0, 0.36, 0.1296, 0.0467]
    >>> square = compile(lambda x: x**2, tier="native")
    >>> square(np.array([1.0, 3.0]))
    array([1., 9.])
    """
    if function is None:
        return lambda wrapped: CompiledFunction(wrapped, tier, verify)
    return CompiledFunction(function, tier, verify)


def _uses_tensors(function: Function, leaves: Sequence[Any]) -> bool:
    """Say whether there are tensors among the arguments, or in what the function sees by itself or by them."""
    found = (place.value for place in reach_of(with_objects(function, leaves)).places)
    return any(isinstance(x, Tensor) for x in (*leaves, *found))


def _kind(leaf: Any) -> Hashable:
    return (leaf.shape, leaf.dtype) if hasattr(leaf, "dtype") else (type(leaf),)


def _is_real(leaf: Any) -> bool:
    return isinstance(leaf, float) or (isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "f")
