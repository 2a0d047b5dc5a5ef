"""Random programs in plain NumPy, as small trees of statements that print as Python source.

`drawing.py` draws them; the same seed gives the same program.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import difflab


@dataclass(frozen=True)
class Line:
    """A statement of one line."""

    text: str

    def lines(self) -> Iterator[str]:
        yield self.text


@dataclass(frozen=True)
class Block:
    """A head, such as `for k in range(3):`, and what is done under it."""

    head: str
    body: Sequence["Statement"]

    def lines(self) -> Iterator[str]:
        yield self.head
        for statement in self.body:
            yield from (f"    {line}" for line in statement.lines())


Statement = Line | Block


@dataclass(frozen=True)
class Branch:
    """What is known of an `if` or a loop whose length depends on data: how it came out at the points of the program."""

    condition: str
    outcomes: frozenset[Any]


@dataclass(frozen=True)
class Program:
    """A function of `x`, which is differentiated, and of `extra`, a float that is not.

    Args:
        seed: what it was drawn from.
        constants: what its closure holds.
        statements: its body, but for the last line.
        result: what it returns.
        is_scalar: whether that is one number.
        dtype: of the leaves of `x`.
        points: arguments (x, extra) to call it with, on several sides of its branches.
        branches: all those of its body.
    """

    seed: int
    constants: Sequence[str]
    statements: Sequence[Statement]
    result: str
    is_scalar: bool
    dtype: Any
    points: Sequence[tuple[Any, float]]
    branches: Sequence[Branch] = field(default=())

    @property
    def is_mixed(self) -> bool:
        """Whether single and double precision may meet in it."""
        others = ("float32",) if self.dtype == np.float64 else ("weights[", "np.eye", "(2 + np.log(")
        return any(other in self.source for other in others)

    @property
    def source(self) -> str:
        """The text of `make()`, which gives the function."""
        body = [line for statement in self.statements for line in statement.lines()]
        inner = ["def program(x, extra):", *(f"    {line}" for line in [*body, f"return {self.result}"])]
        return "\n".join(["def make():", *(f"    {line}" for line in [*self.constants, *inner, "return program"])])

    def function(self) -> Callable[..., Any]:
        """Give the function, a new one at each call."""
        namespace: dict[str, Any] = {"np": np, "difflab": difflab}
        exec(compile(self.source, f"<program {self.seed}>", "exec"), namespace)
        made: Callable[..., Any] = namespace["make"]()
        return made
