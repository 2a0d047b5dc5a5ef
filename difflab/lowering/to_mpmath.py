"""A trace in arithmetic of many digits: NumPy's functions on object arrays of mpmath numbers.

Only what functions do to values is read from a trace, never a derivative rule. Outside a
function's real domain its value is nan, as in NumPy.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import mpmath
import numpy as np

from ..primitives.primitive import Constant, Primitive
from ..types import Array
from .mpmath_matrices import matrix_functions
from .objects import ObjectArithmetic, along_axes, as_array, each_entry, is_discrete

Context = Any
"""An `mpmath.MPContext`: it holds the working precision, and makes the numbers."""


class MpmathArithmetic(ObjectArithmetic):
    """NumPy's functions on numbers of one mpmath context, rounded to its precision.

    Args:
        digits: decimal digits to work with; `context.dps` changes it.
    """

    library = "mpmath"
    remedy = (
        "write it with functions of numpy or scipy.special that can be, or give the derivative in closed form "
        "instead of asking for many digits."
    )

    def __init__(self, digits: int):
        self.context: Context = mpmath.mp.clone()
        self.context.dps = digits
        self.entrywise = _entrywise(self.context)
        self.whole = {**_whole(self), **matrix_functions(self)}

    @cached_property
    def special(self) -> Mapping[Any, Callable[..., Any]]:
        from .mpmath_special import special_functions  # scipy.special takes long to import

        return {function: real(self.context, meaning) for function, meaning in special_functions(self.context).items()}

    def otherwise(self, primitive: Primitive, operands: Sequence[Any], parameters: Mapping[str, Any]) -> Any:
        """Ask in floating point what is answered by integers or booleans (np.isclose, np.digitize)."""
        if isinstance(primitive, Constant):
            answer = primitive.evaluate([np.asarray(x, float) for x in operands], parameters)
            if is_discrete(answer):
                return answer
        return super().otherwise(primitive, operands, parameters)

    def number(self, value: Any) -> Any:
        return value if isinstance(value, self.context.mpf) else self.context.mpf(value)


def _entrywise(ctx: Context) -> dict[Any, Callable[..., Any]]:
    return {
        np.add: lambda a, b: a + b,
        np.subtract: lambda a, b: a - b,
        np.multiply: lambda a, b: a * b,
        np.divide: lambda a, b: _quotient(ctx, a, b),
        np.negative: lambda x: -x,
        np.positive: lambda x: x,
        np.conjugate: lambda x: x,
        np.ldexp: lambda x, n: x * ctx.mpf(2) ** n,
        np.square: lambda x: x * x,
        np.reciprocal: lambda x: _quotient(ctx, ctx.one, x),
        np.absolute: abs,
        np.fabs: abs,
        np.sign: ctx.sign,
        np.power: lambda x, p: _power(ctx, x, p),
        np.float_power: lambda x, p: _power(ctx, x, p),
        np.sqrt: real(ctx, ctx.sqrt),
        np.cbrt: lambda x: ctx.sign(x) * ctx.cbrt(abs(x)),
        np.exp: ctx.exp,
        np.exp2: lambda x: ctx.mpf(2) ** x,
        np.expm1: ctx.expm1,
        np.log: real(ctx, ctx.log),
        np.log2: real(ctx, lambda x: ctx.log(x) / ctx.ln2),
        np.log10: real(ctx, lambda x: ctx.log(x) / ctx.ln10),
        np.log1p: real(ctx, ctx.log1p),
        np.logaddexp: lambda a, b: max(a, b) + ctx.log1p(ctx.exp(-abs(a - b))),
        np.logaddexp2: lambda a, b: max(a, b) + ctx.log1p(ctx.mpf(2) ** -abs(a - b)) / ctx.ln2,
        np.sin: ctx.sin,
        np.cos: ctx.cos,
        np.tan: ctx.tan,
        np.arcsin: real(ctx, ctx.asin),
        np.arccos: real(ctx, ctx.acos),
        np.arctan: ctx.atan,
        np.arctan2: ctx.atan2,
        np.sinh: ctx.sinh,
        np.cosh: ctx.cosh,
        np.tanh: ctx.tanh,
        np.arcsinh: ctx.asinh,
        np.arccosh: real(ctx, ctx.acosh),
        np.arctanh: real(ctx, ctx.atanh),
        np.hypot: ctx.hypot,
        np.sinc: ctx.sincpi,
        np.i0: lambda x: ctx.besseli(0, x),
        np.deg2rad: ctx.radians,
        np.radians: ctx.radians,
        np.rad2deg: ctx.degrees,
        np.degrees: ctx.degrees,
        np.floor: ctx.floor,
        np.ceil: ctx.ceil,
        np.rint: ctx.nint,
        np.trunc: lambda x: _truncated(ctx, x),
        np.fix: lambda x: _truncated(ctx, x),
        np.round: lambda x, decimals=0: ctx.nint(x * ctx.mpf(10) ** decimals) / ctx.mpf(10) ** decimals,
        np.around: lambda x, decimals=0: ctx.nint(x * ctx.mpf(10) ** decimals) / ctx.mpf(10) ** decimals,
        np.remainder: lambda a, b: a - b * ctx.floor(_quotient(ctx, a, b)),
        np.floor_divide: lambda a, b: ctx.floor(_quotient(ctx, a, b)),
        np.fmod: lambda a, b: a - b * _truncated(ctx, _quotient(ctx, a, b)),
        np.maximum: lambda a, b: a if a >= b or ctx.isnan(a) else b,
        np.minimum: lambda a, b: a if a <= b or ctx.isnan(a) else b,
        np.fmax: lambda a, b: a if a >= b or ctx.isnan(b) else b,
        np.fmin: lambda a, b: a if a <= b or ctx.isnan(b) else b,
        np.copysign: lambda a, b: -abs(a) if b < 0 else abs(a),
        np.nan_to_num: lambda x, **options: x if ctx.isfinite(x) else ctx.mpf(np.nan_to_num(float(x), **options)),
        np.heaviside: lambda x, at_zero: ctx.one if x > 0 else ctx.zero if x < 0 else at_zero,
    }


def _whole(numbers: MpmathArithmetic) -> dict[Any, Callable[..., Any]]:
    table: dict[Any, Callable[..., Any]] = {
        np.where: lambda condition, x, y: np.where(condition, numbers.lift(x), numbers.lift(y)),
        np.astype: lambda x, dtype, copy=True: _converted(numbers, x, np.dtype(dtype)),
        np.prod: lambda x, **options: numbers.lift(np.prod(x, **options)),
        np.logaddexp.reduce: lambda x, axis=0, keepdims=False: along_axes(
            lambda *entries: _log_sum_exp(numbers.context, entries), numbers.lift(x), axis, keepdims
        ),
    }
    for comparison in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal):
        table[comparison] = lambda a, b, compare=comparison: compare(numbers.lift(a), numbers.lift(b)).astype(bool)
    for test, holds in ((np.isnan, numbers.context.isnan), (np.isinf, numbers.context.isinf)):
        table[test] = lambda x, holds=holds: each_entry(holds, x).astype(bool)
    table[np.isfinite] = lambda x: each_entry(numbers.context.isfinite, x).astype(bool)
    table[np.signbit] = lambda x: (x < 0).astype(bool)
    for picking in (np.max, np.min, np.cumprod):
        table[picking] = lambda x, pick=picking, **options: as_array(pick(x, **options))
    for searching in (np.argmax, np.argmin, np.argsort, np.argpartition, np.searchsorted):
        table[searching] = lambda *x, search=searching, **options: search(*x, **options)
    return table


def real(ctx: Context, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give nan where the function has no real value, or a pole."""

    def restricted(*x: Any) -> Any:
        try:
            value = function(*x)
        except (ValueError, ZeroDivisionError):
            return ctx.nan
        return value if isinstance(value, ctx.mpf) else ctx.nan

    return restricted


def _quotient(ctx: Context, a: Any, b: Any) -> Any:
    if b:
        return a / b
    return a * ctx.inf


def _power(ctx: Context, x: Any, p: Any) -> Any:
    if x == 0 and p < 0:
        return ctx.inf
    value = x**p
    return value if isinstance(value, ctx.mpf) else ctx.nan


def _truncated(ctx: Context, x: Any) -> Any:
    return ctx.floor(x) if x >= 0 else ctx.ceil(x)


def _log_sum_exp(ctx: Context, entries: Sequence[Any]) -> Any:
    largest = max(entries)
    return largest + ctx.log(ctx.fsum(ctx.exp(entry - largest) for entry in entries))


def _converted(numbers: MpmathArithmetic, x: Array, dtype: Any) -> Array:
    """Convert to booleans or integers as NumPy does; to floats without rounding."""
    if dtype.kind in "biu":
        return np.asarray(x).astype(dtype)
    return numbers.lift(x)
