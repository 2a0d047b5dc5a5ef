"""A trace as SymPy expressions: NumPy's functions on object arrays of real expressions."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from sympy.logic.boolalg import Boolean

from ..primitives.primitive import Primitive
from ..types import Array
from . import sympy_functions as functions
from .objects import ObjectArithmetic, along_axes, each_entry
from .sympy_matrices import matrix_functions


class SympyArithmetic(ObjectArithmetic):
    """NumPy's functions on SymPy expressions; integers and booleans other than conditions must be known."""

    library = "SymPy"
    remedy = "write it with elementary functions, or use the method 'forward' or 'reverse'."

    def __init__(self) -> None:
        self.entrywise = _ENTRYWISE
        self.whole = {**_whole(self), **matrix_functions(self)}

    @property
    def special(self) -> Mapping[Any, Callable[..., Any]]:
        from .sympy_special import SPECIAL  # scipy.special takes long to import

        return SPECIAL

    def number(self, value: Any) -> Any:
        """Take a number as an expression: exactly if it is an integer or a short binary fraction.

        >>> arithmetic = SympyArithmetic()
        >>> [arithmetic.number(x) for x in (4.0, 0.75, 0.1)]
        [4, 3/4, 0.100000000000000]
        """
        if isinstance(value, sympy.Expr):
            return value
        if isinstance(value, Boolean):
            return functions.Where(value, 1, 0)
        if isinstance(value, (float, np.floating)):
            return _exact(float(value))
        return sympy.Integer(int(value))


def takes_conditions(primitive: Primitive) -> bool:
    """Say whether a primitive can give and take conditions on the inputs, such as x > 0."""
    function = primitive.function
    return function in _ENTRYWISE or function in _LOGICAL or function in (np.where, np.astype, np.all, np.any)


def _exact(value: float) -> Any:
    if not np.isfinite(value):
        return sympy.S.NaN if value != value else sympy.oo if value > 0 else -sympy.oo
    fraction = Fraction(value)
    if fraction.denominator <= 2**10 and abs(fraction.numerator) <= 2**53:
        return sympy.Rational(fraction.numerator, fraction.denominator)
    return sympy.Float(value)


def _power(x: Any, p: Any) -> Any:
    return x**p if x.is_number or p.is_number else functions.Power(x, p)


def _bessel_i0(x: Any) -> Any:
    from .sympy_special import Iv  # scipy.special takes long to import

    return Iv(0, x)


def _elementary() -> dict[Any, Callable[..., Any]]:
    degree = sympy.pi / 180
    return {
        np.add: operator.add,
        np.subtract: operator.sub,
        np.multiply: operator.mul,
        np.divide: operator.truediv,
        np.negative: operator.neg,
        np.positive: operator.pos,
        np.conjugate: operator.pos,
        np.ldexp: lambda x, n: x * 2**n,
        np.square: lambda x: x**2,
        np.reciprocal: lambda x: 1 / x,
        np.absolute: functions.Abs,
        np.fabs: functions.Abs,
        np.sign: functions.Sign,
        np.power: _power,
        np.float_power: _power,
        np.sqrt: sympy.sqrt,
        np.cbrt: functions.Cbrt,
        np.exp: sympy.exp,
        np.exp2: lambda x: sympy.Integer(2) ** x,
        np.expm1: functions.Expm1,
        np.log: sympy.log,
        np.log2: functions.Log2,
        np.log10: functions.Log10,
        np.log1p: functions.Log1p,
        np.logaddexp: functions.LogAddExp,
        np.logaddexp2: functions.LogAddExp2,
        np.sin: sympy.sin,
        np.cos: sympy.cos,
        np.tan: sympy.tan,
        np.arcsin: sympy.asin,
        np.arccos: sympy.acos,
        np.arctan: sympy.atan,
        np.arctan2: sympy.atan2,
        np.sinh: sympy.sinh,
        np.cosh: sympy.cosh,
        np.tanh: sympy.tanh,
        np.arcsinh: sympy.asinh,
        np.arccosh: sympy.acosh,
        np.arctanh: sympy.atanh,
        np.hypot: functions.Hypot,
        np.sinc: functions.Sinc,
        np.i0: _bessel_i0,
        np.deg2rad: lambda x: x * degree,
        np.radians: lambda x: x * degree,
        np.rad2deg: lambda x: x / degree,
        np.degrees: lambda x: x / degree,
        np.floor: functions.Floor,
        np.ceil: functions.Ceil,
        np.rint: functions.Rint,
        np.trunc: functions.Trunc,
        np.fix: functions.Trunc,
        np.round: lambda x, decimals=0: functions.Rint(x * 10**decimals) / 10**decimals,
        np.around: lambda x, decimals=0: functions.Rint(x * 10**decimals) / 10**decimals,
        np.remainder: functions.Remainder,
        np.floor_divide: functions.FloorDivide,
        np.fmod: functions.Fmod,
        np.maximum: functions.Maximum,
        np.minimum: functions.Minimum,
        np.fmax: functions.Maximum,
        np.fmin: functions.Minimum,
        np.copysign: functions.CopySign,
        np.heaviside: lambda x, at_zero: functions.Where(sympy.Ne(x, 0), (1 + functions.Sign(x)) / 2, at_zero),
    }


def _relation(kind: Any) -> Callable[[Any, Any], Any]:
    def relate(a: Any, b: Any) -> Any:
        # SymPy would try to prove a relation between expressions, which can take long.
        return kind(a, b, evaluate=a.is_number and b.is_number)

    return relate


_ENTRYWISE: dict[Any, Callable[..., Any]] = {
    **_elementary(),
    np.less: _relation(sympy.Lt),
    np.less_equal: _relation(sympy.Le),
    np.greater: _relation(sympy.Gt),
    np.greater_equal: _relation(sympy.Ge),
    np.equal: _relation(sympy.Eq),
    np.not_equal: _relation(sympy.Ne),
}

_LOGICAL = {
    np.logical_and: sympy.And,
    np.logical_or: sympy.Or,
    np.logical_xor: sympy.Xor,
    np.logical_not: sympy.Not,
    np.bitwise_and: sympy.And,
    np.bitwise_or: sympy.Or,
    np.bitwise_xor: sympy.Xor,
    np.invert: sympy.Not,
}


def _whole(numbers: SympyArithmetic) -> dict[Any, Callable[..., Any]]:
    def along(function: Callable[..., Any]) -> Callable[..., Array]:
        return lambda x, **options: along_axes(function, numbers.lift(x), **options)

    def logical(function: Callable[..., Any]) -> Callable[..., Array]:
        return lambda *masks: each_entry(function, *map(_conditions, masks))

    def where(condition: Array, x: Array, y: Array) -> Array:
        return each_entry(functions.Where, _conditions(condition), numbers.lift(x), numbers.lift(y))

    return {
        np.where: where,
        np.astype: lambda x, dtype, copy=True: numbers.lift(x),
        np.sum: along(sympy.Add),
        np.prod: along(sympy.Mul),
        np.max: along(functions.Maximum),
        np.min: along(functions.Minimum),
        np.all: lambda x, **options: along_axes(sympy.And, _conditions(x), **options),
        np.any: lambda x, **options: along_axes(sympy.Or, _conditions(x), **options),
        np.logaddexp.reduce: lambda x, axis=0, keepdims=False: along_axes(
            functions.LogSumExp, numbers.lift(x), axis, keepdims
        ),
        np.cumprod: lambda x, **options: numbers.lift(np.cumprod(x, **options)),
        **{function: logical(meaning) for function, meaning in _LOGICAL.items()},
    }


def _conditions(mask: Array) -> Array:
    """Take booleans, numbers (true if not zero) and conditions as conditions."""

    def condition(entry: Any) -> Any:
        if isinstance(entry, sympy.Expr):
            return _ENTRYWISE[np.not_equal](entry, sympy.S.Zero)
        return entry if isinstance(entry, sympy.Basic) else sympy.true if entry else sympy.false

    return each_entry(condition, np.asarray(mask))
