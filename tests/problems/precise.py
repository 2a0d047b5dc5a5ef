"""An independent truth for the tests: plain NumPy functions run in 60-digit arithmetic, and differences taken there.

NumPy applies `np.exp` to an object array by calling each object's method `exp`; so an array of
`Precise` numbers carries 60 digits through a function written for floats. Nothing of difflab is
used but `flatten`.
"""

import operator
from collections.abc import Callable, Sequence
from functools import total_ordering
from typing import Any

import mpmath
import numpy as np

from difflab.structure import flatten

DIGITS = 60
CONTEXT = mpmath.mp.clone()
CONTEXT.dps = DIGITS
STEP = CONTEXT.mpf(10) ** -20
"""The error of a central difference is then near 1e-40, of truncation and of rounding alike."""


@total_ordering
class Precise:
    """A 60-digit number with the methods that NumPy asks of the entries of an object array."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        number = value.item() if isinstance(value, np.generic) else value
        self.value = number.value if isinstance(number, Precise) else CONTEXT.mpf(number)

    def __repr__(self) -> str:
        return f"Precise({self.value})"

    def __float__(self) -> float:
        return float(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == Precise(other).value

    def __lt__(self, other: Any) -> bool:
        return self.value < Precise(other).value

    def __neg__(self) -> "Precise":
        return Precise(-self.value)

    def __abs__(self) -> "Precise":
        return Precise(abs(self.value))

    def conjugate(self) -> "Precise":
        return self


def _binary(name: str, compute: Callable[[Any, Any], Any]) -> None:
    def forward(self: Precise, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return Precise(compute(self.value, Precise(other).value))

    def reflected(self: Precise, other: Any) -> Any:
        return Precise(compute(Precise(other).value, self.value))

    setattr(Precise, f"__{name}__", forward)
    setattr(Precise, f"__r{name}__", reflected)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    _binary(_name, getattr(operator, _name))


def _unary(name: str) -> None:
    compute = {"log1p": lambda x: CONTEXT.log(1 + x)}.get(name) or getattr(CONTEXT, name)
    setattr(Precise, name, lambda self: Precise(compute(self.value)))


for _name in ("exp", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "ceil"):
    _unary(_name)


def precise(leaf: Any) -> Any:
    """Lift a float or a float array to 60 digits; leave other leaves alone."""
    if isinstance(leaf, float):
        return Precise(leaf)
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
        lifted = np.empty(leaf.shape, dtype=object)
        lifted.flat = [Precise(float(entry)) for entry in leaf.flat]
        return lifted
    return leaf


def lifted(args: Sequence[Any]) -> list[Any]:
    """Lift the float leaves of every argument."""
    trees = []
    for arg in args:
        leaves, structure = flatten(arg)
        trees.append(structure.unflatten([precise(leaf) for leaf in leaves]))
    return trees


def value(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Evaluate in 60 digits; give an array of `Precise` (0-dimensional for a number)."""
    return np.asarray(function(*lifted(args)), dtype=object)


def jacobian(function: Callable[..., Any], args: Sequence[Any], argnums: int | tuple[int, ...] = 0) -> list[Any]:
    """Difference in 60 digits; give one float array `y.shape + x.shape` for each leaf of the arguments `argnums`.

    A gradient is the Jacobian of a number.
    """
    blocks = []
    for number in (argnums,) if isinstance(argnums, int) else argnums:
        leaves, _ = flatten(args[number])
        for position, leaf in enumerate(leaves):
            columns = []
            for index in np.ndindex(np.shape(leaf)):
                moved = [_moved(function, args, number, position, index, sign * STEP) for sign in (1, -1)]
                columns.append(np.asarray((moved[0] - moved[1]) / (2 * STEP), dtype=float))
            block = np.stack(columns, axis=-1)
            blocks.append(block.reshape(block.shape[:-1] + np.shape(leaf)))
    return blocks


def _moved(function: Callable[..., Any], args: Sequence[Any], number: int, position: int, index: Any, step: Any) -> Any:
    trees = lifted(args)
    leaves, structure = flatten(trees[number])
    array = np.array(leaves[position], dtype=object)
    array[index] = array[index] + step
    leaves[position] = array if np.shape(leaves[position]) else array[()]
    trees[number] = structure.unflatten(leaves)
    return np.asarray(function(*trees), dtype=object)
