"""A case says how one row of the table of rules is called, at a point where it is smooth.

Cases live in `cases_*.py`, one file a group of rules, each with a list `CASES`; `test_rules.py` finds them by that name
and runs every check of `checks.py` over each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from difflab.primitives.layout import name_of
from difflab.structure import flatten


@dataclass(frozen=True)
class Case:
    """One way of calling one row.

    Args:
        function: the row: its key in the table.
        operands: what it is called on.
        parameters: what else, by keyword.
        call: how, if not by `function(*operands, **parameters)`; must run `function`.
        argnums: the operands that are differentiated; by default those that are floating-point arrays.
        domains: for functions that act entry by entry, the interval that each operand is drawn from.
        differentiable: False for functions whose results are no arrays (np.shape): only values are compared.
        tolerance: of comparisons with numerical differentiation, relative to the largest entry.
        value_tolerance: of values, relative to the largest entry; not 0 where a definition sums in another order.
        note: tells cases of one function apart.
    """

    function: Any
    operands: tuple[Any, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    call: Callable[..., Any] | None = None
    argnums: tuple[int, ...] | None = None
    domains: tuple[tuple[float, float], ...] = ()
    differentiable: bool = True
    tolerance: float = 1e-8
    value_tolerance: float = 0.0
    note: str = ""

    @property
    def moving(self) -> tuple[int, ...]:
        """Positions of the operands that are differentiated."""
        if self.argnums is not None:
            return self.argnums
        return tuple(n for n, x in enumerate(self.operands) if isinstance(x, np.ndarray) and x.dtype.kind == "f")

    @property
    def leaves(self) -> list[Any]:
        """The operands that are differentiated."""
        return [self.operands[n] for n in self.moving]

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        """Call the function with its differentiated operands replaced by `leaves`; give the arrays of its result."""
        operands = list(self.operands)
        for n, leaf in zip(self.moving, leaves, strict=True):
            operands[n] = leaf
        return flatten((self.call or self.function)(*operands, **self.parameters))[0]

    def only(self, position: int) -> "Case":
        """Give the same case, differentiated with respect to one operand."""
        return replace(self, argnums=(position,))

    def cast(self, dtype: Any) -> "Case":
        """Give the same case with the differentiated operands in another dtype."""
        moving = self.moving
        operands = tuple(x.astype(dtype) if n in moving else x for n, x in enumerate(self.operands))
        return replace(self, operands=operands, argnums=moving)

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        shapes = ",".join(str(np.shape(x)).replace(" ", "") for x in self.operands)
        return f"{name_of(self.function)}({shapes})" + "".join(f"[{part}]" for part in (options, self.note) if part)


def pointwise(
    function: Any, *domains: tuple[float, float], argnums: tuple[int, ...] | None = None, tolerance: float = 1e-8
) -> Case:
    """Give the case of a function that acts entry by entry, its operands drawn from `domains` and broadcast."""
    shapes = [(3, 1), (4,), (2, 1, 4)] if len(domains) > 1 else [(3, 4)]
    operands = draw(np.random.default_rng(0), domains, shapes[: len(domains)])
    return Case(function, operands, domains=domains, argnums=argnums, tolerance=tolerance)


def draw(
    generator: np.random.Generator, domains: Sequence[tuple[float, float]], shapes: Sequence[tuple[int, ...]]
) -> tuple[Any, ...]:
    """Draw an array from each interval, such that no entry of one is close to an entry of another (no ties)."""
    operands = []
    for lane, ((low, high), shape) in enumerate(zip(domains, shapes, strict=True)):
        within = (lane + generator.uniform(0.1, 0.6, shape)) / len(domains)
        operands.append(np.asarray(low + (high - low) * (generator.integers(20, size=shape) + within) / 20))
    return tuple(operands)


def all_cases() -> list[Case]:
    """Give the cases of every file `cases_*.py` beside this one."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
    return [case for name in names for case in import_module(f"tests.primitives.{name}").CASES]
