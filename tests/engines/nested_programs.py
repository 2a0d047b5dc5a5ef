"""Random programs with derivatives of inner functions in them, as NumPy code and as SymPy expressions.

A program is a tree, evaluated by `run` with either set of words: an inner derivative knows all the variables of the
functions around it, so that their perturbations must be told apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

import difflab


@dataclass(frozen=True)
class Program:
    """An operation on smaller programs; `variable` picks one of the variables in scope."""

    operation: str
    parts: tuple["Program", ...] = ()
    variable: int = 0


def random_program(generator: np.random.Generator, depth: int, scope: int = 1, size: int = 6) -> Program:
    """Draw a program over `scope` variables in which derivatives are nested `depth` deep.

    Each inner function has the product of its own variable and the next outer one as a factor.
    """
    if depth > 0:
        both = Program("product", (Program("variable", variable=scope - 1), Program("variable", variable=scope)))
        inner = Program("product", (random_program(generator, depth - 1, scope + 1, size), both))
        at = random_program(generator, 0, scope, 2)
        rest = random_program(generator, 0, scope, 2)
        return Program("product", (Program("derivative", (inner, at)), rest))
    if size <= 1:
        return Program("variable", variable=int(generator.integers(scope)))
    operation = generator.choice(["sum", "product", "product", "sine", "exponential"])
    if operation in ("sine", "exponential"):
        return Program(operation, (random_program(generator, 0, scope, size - 1),))
    left = int(generator.integers(1, size))
    return Program(operation, tuple(random_program(generator, 0, scope, each) for each in (left, size - left)))


Words = dict[str, Callable[..., Any]]


def run(program: Program, scope: Sequence[Any], words: Words) -> Any:
    """Evaluate a program on the values of the variables in scope, the outermost first."""
    if program.operation == "variable":
        return scope[program.variable]
    if program.operation == "derivative":
        inner, at = program.parts
        level = len(scope)
        return words["derivative"](lambda y: run(inner, [*scope, y], words), run(at, scope, words), level)
    return words[program.operation](*(run(part, scope, words) for part in program.parts))


def numpy_words(modes: Sequence[str]) -> Words:
    """Compute with NumPy; the derivative with n variables in scope is taken by `modes[n - 1]`."""
    return {
        "sum": lambda a, b: a + b,
        "product": lambda a, b: a * b,
        "sine": np.sin,
        "exponential": lambda a: np.exp(np.sin(a)),
        "derivative": lambda f, at, level: difflab.derivative(f, at, method=modes[level - 1]),
    }


def _symbolic_derivative(f: Callable[[Any], Any], at: Any, level: int) -> Any:
    y = sympy.Symbol(f"y{level}")
    return sympy.diff(f(y), y).subs(y, at)


SYMPY_WORDS: Words = {
    "sum": lambda a, b: a + b,
    "product": lambda a, b: a * b,
    "sine": sympy.sin,
    "exponential": lambda a: sympy.exp(sympy.sin(a)),
    "derivative": _symbolic_derivative,
}
