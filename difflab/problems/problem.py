"""A problem: a function in plain NumPy, where to differentiate it, and what its derivatives are known to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import InvalidArgument
from ..types import Function, Tree

Operator = Literal["derivative", "gradient", "jacobian"]
"""The first-order operators, one of which is natural to each problem."""


@dataclass(frozen=True)
class Known:
    """A published fact about a problem.

    `expected` is the published value of `what`, at `arguments` if given, else at the default
    arguments for `size` (the problem's own size if None).
    """

    what: Literal["value", "derivative", "gradient", "jacobian", "hessian"]
    expected: Tree
    source: str
    size: int | None = None
    arguments: tuple[Tree, ...] | None = None
    tolerance: float = 1e-12
    """Relative; larger where fewer digits were published."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A function to differentiate, with its data, closed forms and source.

    The closed forms were written by hand and read none of difflab's derivative rules. They take
    the arguments of `function` and give, for its arguments `argnums`, the structure and shapes
    that `Derivatives` promises for the operator.

    >>> from difflab.problems import get
    >>> problem = get("squire_trapp")
    >>> (x,) = problem.arguments(problem.size)
    >>> x, float(problem.closed_forms["derivative"](x))
    (1.5, 3.62203370071632...)
    """

    name: str
    title: str
    function: Function
    """Plain NumPy. float32 arguments give a float32 result."""
    arguments: Callable[[int], tuple[Tree, ...]]
    """From a size to the default arguments, always the same ones."""
    operator: Operator
    source: str
    """The paper or text, with its equation or section."""
    sizes: tuple[int, ...]
    """Sizes worth measuring, growing; a single one if the problem has a fixed size."""
    size: int
    """The default, one of `sizes`."""
    closed_forms: Mapping[str, Function]
    """From an operator's name to the closed form."""
    argnums: int | tuple[int, ...] = 0
    known: tuple[Known, ...] = ()
    smooth: bool = True
    """False if the default point lies on a kink, or if a method differentiates it wrongly; see `notes`."""
    tags: frozenset[str] = field(default_factory=frozenset)
    notes: str = ""
    tolerance: float = 1e-12
    """Relative agreement to expect of exact methods in float64."""

    def at(self, size: int | None = None) -> tuple[Tree, ...]:
        """Give the default arguments for `size`, or for the default size.

        Raises `InvalidArgument` if the problem cannot have that size.
        """
        if size is None:
            size = self.size
        if len(self.sizes) == 1 and size != self.size:
            raise InvalidArgument(f"The problem {self.name!r} has the fixed size {self.size}: leave out size={size}.")
        if size < self.sizes[0]:
            raise InvalidArgument(f"{self.name!r} starts at size {self.sizes[0]}: size={size} is too small.")
        try:
            return self.arguments(size)
        except (MemoryError, OverflowError, ValueError) as error:
            raise InvalidArgument(f"{self.name!r} cannot have size {size}: {error}.") from error
