"""SymPy functions for what NumPy has and SymPy has not, or has with other derivatives.

SymPy's own Abs, sign and floor differentiate to Dirac deltas and unevaluated derivatives; these are
flat wherever they are differentiable, as in the table of rules. `log1p`, `expit` and their like
keep the accuracy that the formulas they stand for lose.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import sympy

Partial = Callable[..., Any]


class RealFunction(sympy.Function):  # type: ignore[misc]  # sympy has no types
    """A function of real numbers with real values."""

    source: ClassVar[str]
    """What NumPy code calls it."""
    partials: ClassVar[tuple[Partial, ...]]
    """For each argument, from all arguments to the partial derivative."""

    def _eval_is_extended_real(self) -> bool:
        return True

    def fdiff(self, argindex: int = 1) -> Any:
        """Give the partial derivative by one argument, counted from 1."""
        return self.partials[argindex - 1](*self.args)

    def _numpycode(self, printer: Any) -> str:
        """Print as NumPy source; SymPy's printers look for this method."""
        return f"{self.source}({', '.join(map(printer._print, self.args))})"


class Where(RealFunction):
    """The second argument where the condition holds, else the third; SymPy's Piecewise, without its own reasoning."""

    source = "np.where"

    @classmethod
    def eval(cls, condition: Any, x: Any, y: Any) -> Any:
        """Choose at once where the condition is known."""
        if condition in (sympy.true, sympy.false):
            return x if condition else y
        return x if x == y else None

    def _eval_derivative(self, symbol: Any) -> Any:
        condition, x, y = self.args
        return Where(condition, x.diff(symbol), y.diff(symbol))


class Tie(RealFunction):
    """1 where two numbers are equal, else 0."""

    partials = (lambda a, b: sympy.S.Zero,) * 2

    def _numpycode(self, printer: Any) -> str:
        a, b = map(printer._print, self.args)
        return f"np.where({a} == {b}, 1.0, 0.0)"


class Extremum(RealFunction):
    """Of any number of arguments; those that attain it share its derivative equally."""

    def fdiff(self, argindex: int = 1) -> Any:
        """Give this argument's share."""
        ties = [Tie(x, self) for x in self.args]
        return ties[argindex - 1] / sympy.Add(*ties)

    def _numpycode(self, printer: Any) -> str:
        return _by_pairs(self, printer)


class Maximum(Extremum):
    """The largest of its arguments."""

    source = "np.maximum"


class Minimum(Extremum):
    """The smallest of its arguments."""

    source = "np.minimum"


class LogSumExp(RealFunction):
    """The logarithm of the sum of the exponentials of any number of arguments; its derivative is their softmax."""

    source = "np.logaddexp"

    def fdiff(self, argindex: int = 1) -> Any:
        """Give this argument's share of the sum."""
        return sympy.exp(self.args[argindex - 1] - self)

    def _numpycode(self, printer: Any) -> str:
        return _by_pairs(self, printer)


def _by_pairs(function: RealFunction, printer: Any) -> str:
    """Print a function of any number of arguments as NumPy's function of two: of two halves, each made in this way."""

    def of(texts: Sequence[str]) -> str:
        half = len(texts) // 2
        return texts[0] if not half else f"{function.source}({of(texts[:half])}, {of(texts[half:])})"

    return of(list(map(printer._print, function.args)))


def declare(name: str, source: str, *partials: Partial) -> Any:
    """Make a function of real numbers; `partials` are in its arguments."""
    members = {"source": source, "partials": partials, "nargs": len(partials), "__doc__": f"{source} as an expression."}
    return type(name, (RealFunction,), members)


def flat(*x: Any) -> Any:
    """Give 0, the derivative of a function that is flat wherever it has one."""
    return sympy.S.Zero


LN2 = sympy.log(2)

Sign: Any = declare("sign", "np.sign", flat)
Abs: Any = declare("Abs", "np.abs", Sign)
Floor: Any = declare("floor", "np.floor", flat)
Ceil: Any = declare("ceil", "np.ceil", flat)
Rint: Any = declare("rint", "np.rint", flat)
Trunc: Any = declare("trunc", "np.trunc", flat)
FloorDivide: Any = declare("floor_divide", "np.floor_divide", flat, flat)
Remainder: Any = declare("remainder", "np.remainder", lambda a, b: sympy.S.One, lambda a, b: -FloorDivide(a, b))
Fmod: Any = declare("fmod", "np.fmod", lambda a, b: sympy.S.One, lambda a, b: -Trunc(a / b))
CopySign: Any = declare("copysign", "np.copysign", lambda a, b: Sign(a) * CopySign(1, b), flat)

Power: Any = declare(
    "power",
    "np.power",
    lambda x, p: p * Power(x, p - 1),
    lambda x, p: Where(sympy.Ne(x, 0), Power(x, p) * sympy.log(x), sympy.S.Zero),
)
Cbrt: Any = declare("cbrt", "np.cbrt", lambda x: 1 / (3 * Cbrt(x) ** 2))
Expm1: Any = declare("expm1", "np.expm1", sympy.exp)
Log1p: Any = declare("log1p", "np.log1p", lambda x: 1 / (1 + x))
Log2: Any = declare("log2", "np.log2", lambda x: 1 / (LN2 * x))
Log10: Any = declare("log10", "np.log10", lambda x: 1 / (sympy.log(10) * x))
Hypot: Any = declare("hypot", "np.hypot", lambda a, b: a / Hypot(a, b), lambda a, b: b / Hypot(a, b))
Expit: Any = declare("expit", "scipy.special.expit", lambda x: Expit(x) * Expit(-x))
LogAddExp: Any = declare("logaddexp", "np.logaddexp", lambda a, b: Expit(a - b), lambda a, b: Expit(b - a))
LogAddExp2: Any = declare(
    "logaddexp2", "np.logaddexp2", lambda a, b: Expit(LN2 * (a - b)), lambda a, b: Expit(LN2 * (b - a))
)


def _sinc_slope(x: Any) -> Any:
    """Give the derivative of sin(πx)/(πx); near 0, where the formula cancels, by its Taylor polynomial."""
    terms = [
        (-1) ** k * 2 * k * sympy.pi ** (2 * k) * x ** (2 * k - 1) / sympy.factorial(2 * k + 1) for k in range(1, 10)
    ]
    return Where(x**2 < sympy.Rational(1, 25), sympy.Add(*terms), (sympy.cos(sympy.pi * x) - Sinc(x)) / x)


Sinc: Any = declare("sinc", "np.sinc", _sinc_slope)
