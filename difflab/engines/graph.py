"""A trace as a graph: static single assignment over primitives, with the guards it holds under."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import on_the_cpu
from ..primitives.primitive import Primitive
from ..structure import Structure
from ..types import Array
from .constants import Copies

Run = Callable[[Primitive, Sequence[Any], Mapping[str, Any]], Any]
"""What a primitive does to operands and parameters."""


@dataclass(slots=True, eq=False)  # and not frozen: that takes three times as long to make
class Variable:
    """One array of the trace: an input, or the output of one equation. Compared by identity, and never changed."""

    number: int
    shape: tuple[int, ...]
    dtype: Any

    def __repr__(self) -> str:
        return f"v{self.number}:{self.dtype}{list(self.shape)}"


@dataclass(slots=True, eq=False)
class Equation:
    """`outputs = primitive(*operands, **parameters)`; operands are variables or constant arrays; never changed."""

    primitive: Primitive
    operands: tuple[Any, ...]
    parameters: Mapping[str, Any]
    outputs: tuple[Variable, ...]

    def __repr__(self) -> str:
        operands = ", ".join(map(repr, self.operands))
        options = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"{', '.join(map(repr, self.outputs))} = {self.primitive.name}({operands}{options})"


@dataclass(frozen=True, slots=True)
class Guard:
    """A value that the traced code looked at (a branch, an index): the trace holds while it is `expected`."""

    variable: Variable
    expected: Any
    """On the CPU."""
    after: int
    """How many equations had run when it was looked at."""
    place: tuple[str, int] | None = None
    """Where: file and number of the line, if that is known."""

    def holds(self, value: Any) -> bool:
        """Say whether the traced code would take the same path; of a value on a device a copy is looked at."""
        return bool(np.array_equal(on_the_cpu(value), self.expected, equal_nan=False))


@dataclass(slots=True)
class Graph:
    """A function as it ran once."""

    inputs: list[Variable] = field(default_factory=list)
    """The differentiated leaves; all other arguments are constants of the trace."""
    equations: list[Equation] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    """Variables, or constants where the result does not depend on the inputs."""
    guards: list[Guard] = field(default_factory=list)
    output_structure: Structure | None = None
    size: int = 0
    """How many variables there are."""
    numbers_are_looked_at: bool = False
    """While tracing: whether `float(x)` is a guard, as `int(x)` is; else it is refused, as it loses a derivative."""
    weak: set[Variable] = field(default_factory=set)
    """While tracing: what stands for Python floats."""
    copies: Copies = field(default_factory=dict)
    """While tracing: the constant arrays as they were when they were used."""

    def __repr__(self) -> str:
        lines = [f"inputs  {', '.join(map(repr, self.inputs))}"]
        lines += [f"  {equation!r}" for equation in self.equations]
        lines += [f"  guard {guard.variable!r} == {guard.expected!r}" for guard in self.guards]
        return "\n".join([*lines, f"outputs {', '.join(map(repr, self.outputs))}"])


class GuardFailure(Exception):
    """These arguments take another path through the code than the trace did."""

    def __init__(self, guard: Guard, value: Any):
        super().__init__(f"{guard.variable!r} is {value!r}; the trace holds for {guard.expected!r}")
        self.guard = guard


def evaluate(
    graph: Graph,
    inputs: Sequence[Array],
    run: Run | None = None,
    look: Callable[[Guard, Any], None] | None = None,
) -> list[Any]:
    """Run a graph on other inputs.

    Args:
        graph: the trace to run.
        inputs: one value for each of the graph's inputs.
        run: what a primitive does to operands and parameters; by default, its NumPy function.
        look: what to do with a guard and its value, at the place where the traced code looked at it; by default,
            raise `GuardFailure` where that code would have taken another path.
    """
    run = run or plain
    look = look or require
    values: dict[Variable, Any] = dict(zip(graph.inputs, inputs, strict=True))
    guards = iter(graph.guards)
    guard = next(guards, None)
    for position, equation in enumerate(graph.equations):
        while guard is not None and guard.after <= position:
            look(guard, values[guard.variable])
            guard = next(guards, None)
        operands = [values[x] if isinstance(x, Variable) else x for x in equation.operands]
        primitive = equation.primitive
        result = run(primitive, operands, equation.parameters)
        if primitive.multiple:
            values.update(zip(equation.outputs, result, strict=True))
        else:
            values[equation.outputs[0]] = result
    while guard is not None:
        look(guard, values[guard.variable])
        guard = next(guards, None)
    return [values[x] if isinstance(x, Variable) else x for x in graph.outputs]


def plain(primitive: Primitive, operands: Sequence[Any], parameters: Mapping[str, Any]) -> Any:
    """Run a primitive's own NumPy function."""
    return primitive.evaluate(operands, parameters)


def require(guard: Guard, value: Any) -> None:
    """Raise `GuardFailure` where the traced code would have taken another path."""
    if not guard.holds(value):
        raise GuardFailure(guard, value)
