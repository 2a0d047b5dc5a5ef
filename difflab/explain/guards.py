"""What a trace holds for, as conditions that a person can read."""

import linecache
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engines.graph import Equation, Graph, Guard, Variable
from .writing import Lines, constant

DEPTH = 3
"""Equations in a row that are written into one another."""
LONGEST = 60
"""Characters of what is written so."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A guard in words.

    Args:
        guard: of the trace.
        text: what has to be so: `x[0] > 0 is True`.
        line: of the code that looked: file, number and text; nothing if that is not known.
    """

    guard: Guard
    text: str
    line: str

    def __str__(self) -> str:
        return f"{self.text}   ({self.line})" if self.line else self.text


def conditions_of(graph: Graph, lines: Lines, seen: Sequence[Variable]) -> list[Condition]:
    """Describe the guards of a trace.

    Args:
        graph: the trace.
        lines: its equations as text.
        seen: the inputs that are arrays around the function.
    """
    made = {x: equation for equation in graph.equations for x in equation.outputs}
    return [
        Condition(guard, _text(guard, made, lines, around=guard.variable in seen), _line(guard.place))
        for guard in graph.guards
    ]


def _text(guard: Guard, made: dict[Variable, Equation], lines: Lines, *, around: bool) -> str:
    if around:
        return f"the entries of {lines.name(guard.variable)} are as they were"
    written = _expression(guard.variable, made, lines, DEPTH)
    return f"{written} is {_value(guard.expected)}"


def _expression(variable: Variable, made: dict[Variable, Equation], lines: Lines, depth: int) -> str:
    """Write how a variable is computed, as far as that is short; else its name."""
    equation = made.get(variable)
    if equation is None or not depth or len(equation.outputs) > 1:
        return lines.name(variable)
    written = lines.value(equation)
    for operand in equation.operands:
        if isinstance(operand, Variable):
            written = _inserted(_expression(operand, made, lines, depth - 1), lines.name(operand), written)
    return written if len(written) <= LONGEST else lines.name(variable)


def _inserted(inner: str, name: str, text: str) -> str:
    """Write an expression in place of a name, in parentheses where it needs them.

    >>> _inserted("a + b", "v1", "np.exp(v1) * v1")
    'np.exp(a + b) * (a + b)'
    """

    def insert(found: re.Match[str]) -> str:
        before, after = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()[:1]
        stands_alone = before in ("(", "[", ",") and after in (")", "]", ",")
        return f"({inner})" if _is_infix(inner) and not stands_alone else inner

    return re.sub(rf"\b{name}\b", insert, text)


def _is_infix(text: str) -> bool:
    """Say whether an expression is one of operators: `a + b`, not `f(a + b)`."""
    while (shorter := re.sub(r"\([^()]*\)|\[[^][]*\]", "", text)) != text:
        text = shorter
    return " " in text


def _value(expected: Any) -> str:
    return constant(expected) if getattr(expected, "shape", ()) else str(expected)


def _line(place: tuple[str, int] | None) -> str:
    if place is None:
        return ""
    file, number = place
    text = linecache.getline(file, number).strip()
    return f"{Path(file).name}, line {number}{': ' if text else ''}{text}"
