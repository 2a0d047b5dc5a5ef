"""NumPy source text of SymPy expressions: one straight line of assignments, each a number or an array of points.

There are no branches: a condition is an array of booleans, by which `np.where` chooses. So the same text runs on
numbers, on arrays of as many numbers as there are points, and on arrays of a device.
"""

import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy
from sympy import S
from sympy.printing.numpy import SciPyPrinter
from sympy.printing.precedence import PRECEDENCE

from ..primitives.substitutes import anywhere
from ..types import Array, Function


def function_source(name: str, arguments: Mapping[str, Array], results: Mapping[str, Sequence[Any]]) -> str:
    """Write a function from arrays to lists of entries, what they have in common being computed once.

    Args:
        name: of the function.
        arguments: of each argument by name, an object array of the symbols that stand for its entries. The function
            takes its entries in order, along the first axis, or a number as it is; each may be an array of points.
        results: of each list by name, its expressions. Entries that are constant are plain numbers.

    >>> x = sympy.symbols("x0:2", real=True)
    >>> print(function_source("f", {"x": np.array(x)}, {"value": [x[0] * x[1] + sympy.sin(x[0] * x[1])]}))
    def f(x):
        x0, x1 = x
        t0 = x0*x1
        value = [t0 + np.sin(t0)]
        return value
    """
    symbols = [symbol for array in arguments.values() for symbol in array.flat]
    shared, reduced = common_subexpressions([each for group in results.values() for each in group], symbols)
    printer = SourcePrinter()
    lines = [_unpacked(argument, array) for argument, array in arguments.items() if array.shape and array.size]
    lines += [f"{symbol} = {printer.doprint(expression)}" for symbol, expression in shared]
    waiting = iter(reduced)
    lines += [_listed(group, [printer.doprint(next(waiting)) for _ in results[group]]) for group in results]
    lines.append(f"return {', '.join(results)}")
    return f"def {name}({', '.join(arguments)}):\n" + "\n".join("    " + line for line in lines)


def common_subexpressions(expressions: Sequence[Any], symbols: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Give the (symbol, expression) pairs to compute first, and the expressions in terms of them."""
    temporaries = sympy.numbered_symbols("t", exclude=symbols, real=True)
    shared, reduced = sympy.cse(list(expressions), symbols=temporaries, order="none")
    return shared, reduced


def compiled(source: str, name: str) -> Function:
    """Run the text of a function's definition, and give the function; scipy.special is there as far as it is used."""
    namespace: dict[str, Any] = {"np": np}
    if special := set(re.findall(r"scipy\.special\.(\w+)", source)):
        import scipy.special

        functions = {each: anywhere(getattr(scipy.special, each)) for each in special}
        namespace["scipy"] = SimpleNamespace(special=SimpleNamespace(**functions))
    exec(compile(source, f"<{name}, derived by SymPy>", "exec"), namespace)
    function: Function = namespace[name]
    return function


def _unpacked(argument: str, array: Array) -> str:
    names = ", ".join(map(str, array.flat))
    return f"{names}{',' if array.size == 1 else ''} = {argument}"


def _listed(name: str, entries: Sequence[str]) -> str:
    if sum(map(len, entries)) < 80:
        return f"{name} = [{', '.join(entries)}]"
    return f"{name} = [\n" + "".join(f"        {entry},\n" for entry in entries) + "    ]"


class SourcePrinter(SciPyPrinter):  # type: ignore[misc]  # sympy has no types
    """Prints expressions as a person would write them for NumPy, without losing digits of numbers."""

    def doprint(self, expr: Any) -> str:
        """Print one expression."""
        text: str = super().doprint(expr)
        return text.replace("numpy.", "np.")

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:
        """Leave a positive fraction bare: it is printed as one number."""
        bare = item.is_Rational and item > 0
        text: str = self._print(item) if bare else super().parenthesize(item, level, strict)
        return text

    def _print_Integer(self, expr: Any) -> str:
        value = int(expr)
        return repr(value) if abs(value) <= 2**53 else repr(float(value))

    def _print_Rational(self, expr: Any) -> str:
        return repr(int(expr.p) / int(expr.q))

    def _print_Float(self, expr: Any) -> str:
        return repr(float(expr))

    def _print_Pi(self, expr: Any) -> str:
        return "np.pi"

    def _print_Exp1(self, expr: Any) -> str:
        return "np.e"

    def _print_Infinity(self, expr: Any) -> str:
        return "np.inf"

    def _print_NegativeInfinity(self, expr: Any) -> str:
        return "-np.inf"

    def _print_NaN(self, expr: Any) -> str:
        return "np.nan"

    def _print_BooleanTrue(self, expr: Any) -> str:
        return "True"

    def _print_BooleanFalse(self, expr: Any) -> str:
        return "False"

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if exponent is S.Half:
            return f"np.sqrt({self._print(base)})"
        if exponent.is_number and exponent < 0:
            return f"1/{self.parenthesize(base**-exponent, PRECEDENCE['Pow'], strict=True)}"
        inner = self.parenthesize(base, PRECEDENCE["Pow"])
        return f"{inner}**{self.parenthesize(exponent, PRECEDENCE['Pow'])}"

    def _print_Relational(self, expr: Any) -> str:
        return f"({self._print(expr.lhs)} {expr.rel_op} {self._print(expr.rhs)})"

    def _print_And(self, expr: Any) -> str:
        return f"({' & '.join(map(self._print, expr.args))})"

    def _print_Or(self, expr: Any) -> str:
        return f"({' | '.join(map(self._print, expr.args))})"

    def _print_Not(self, expr: Any) -> str:
        return f"(~{self._print(expr.args[0])})"
