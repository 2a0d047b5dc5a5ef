"""What each elementwise function is on numbers: an instruction, a few of them, or a call of the C library."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .text import Number, Text, literal

Emit = Callable[[Text, Sequence[Number], str], Number]
"""Writes a function of numbers, all of the kind given (but for conditions); gives the result."""


def converted(text: Text, number: Number, kind: str) -> Number:
    """Give a number as another kind, as NumPy converts it."""
    if number.kind == kind:
        return number
    if kind == "i1":
        return text.assign(
            f"fcmp une {number.kind} {number.text}, 0.0"
            if number.kind in ("double", "float")
            else f"icmp ne {number.kind} {number.text}, 0",
            kind,
        )
    how = _CONVERSIONS[number.kind, kind]
    return text.assign(f"{how} {number.kind} {number.text} to {kind}", kind)


_CONVERSIONS = {
    ("i1", "double"): "uitofp",
    ("i1", "float"): "uitofp",
    ("i1", "i64"): "zext",
    ("i64", "double"): "sitofp",
    ("i64", "float"): "sitofp",
    ("float", "double"): "fpext",
    ("double", "float"): "fptrunc",
    ("double", "i64"): "fptosi",
    ("float", "i64"): "fptosi",
}


def _infix(for_reals: str, for_integers: str = "") -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        operation = for_integers if kind == "i64" else for_reals
        if kind == "i1" or not operation:
            raise NotImplementedError
        left, right = operands
        return text.assign(f"{operation} {kind} {left.text}, {right.text}", kind)

    return emit


def _c_function(name: str) -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        require_real(kind)
        return text.call(name if kind == "double" else f"{name}f", operands, kind)

    return emit


def _intrinsic(name: str) -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        require_real(kind)
        return text.call(f"llvm.{name}.f{64 if kind == 'double' else 32}", operands, kind)

    return emit


def _comparison(for_reals: str, for_integers: str) -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        left, right = operands
        instruction = f"fcmp {for_reals}" if kind in ("double", "float") else f"icmp {for_integers}"
        if kind == "i1" and for_integers not in ("eq", "ne"):
            raise NotImplementedError
        return text.assign(f"{instruction} {kind} {left.text}, {right.text}", "i1")

    return emit


def _scaled(factor: float) -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        require_real(kind)
        return text.assign(f"fmul {kind} {operands[0].text}, {literal(factor, kind).text}", kind)

    return emit


def require_real(kind: str) -> None:
    """Raise `NotImplementedError` for numbers that are not real."""
    if kind not in ("double", "float"):
        raise NotImplementedError


def _negative(text: Text, operands: Sequence[Number], kind: str) -> Number:
    if kind == "i64":
        return text.assign(f"sub i64 0, {operands[0].text}", kind)
    require_real(kind)
    return text.assign(f"fneg {kind} {operands[0].text}", kind)


def _reciprocal(text: Text, operands: Sequence[Number], kind: str) -> Number:
    require_real(kind)
    return text.assign(f"fdiv {kind} {literal(1, kind).text}, {operands[0].text}", kind)


def _square(text: Text, operands: Sequence[Number], kind: str) -> Number:
    return _infix("fmul", "mul")(text, [operands[0], operands[0]], kind)


def power(text: Text, operands: Sequence[Number], kind: str) -> Number:
    """Write x to the power y: products for small whole y, as NumPy has it for 2."""
    require_real(kind)
    base, exponent = operands
    products = {literal(n, kind).text: n for n in (1, 2, 3, 4)}
    if (count := products.get(exponent.text)) is not None:
        square = base if count == 1 else _square(text, [base], kind)
        if count in (1, 2):
            return square
        return _infix("fmul")(text, [square, base if count == 3 else square], kind)
    if exponent.text == literal(0.5, kind).text:
        return _intrinsic("sqrt")(text, [base], kind)
    if exponent.text == literal(-1, kind).text:
        return _reciprocal(text, [base], kind)
    return _c_function("pow")(text, operands, kind)


def _sign(text: Text, operands: Sequence[Number], kind: str) -> Number:
    require_real(kind)
    (x,) = operands
    zero = literal(0, kind).text
    one = text.call(f"llvm.copysign.f{64 if kind == 'double' else 32}", [literal(1, kind), x], kind)
    is_zero = text.assign(f"fcmp ueq {kind} {x.text}, {zero}", "i1")  # or NaN, which stays one
    rest = text.assign(f"fadd {kind} {x.text}, {zero}", kind)
    return text.assign(f"select i1 {is_zero.text}, {kind} {rest.text}, {kind} {one.text}", kind)


def _remainder(text: Text, operands: Sequence[Number], kind: str) -> Number:
    """Write x modulo y as Python has it, with the sign of y."""
    require_real(kind)
    x, y = operands
    zero = literal(0, kind).text
    rest = text.assign(f"frem {kind} {x.text}, {y.text}", kind)
    is_below, y_is_below = (text.assign(f"fcmp olt {kind} {number.text}, {zero}", "i1") for number in (rest, y))
    signs_differ = text.assign(f"xor i1 {is_below.text}, {y_is_below.text}", "i1")
    is_rest = text.assign(f"fcmp one {kind} {rest.text}, {zero}", "i1")
    differs = text.assign(f"and i1 {is_rest.text}, {signs_differ.text}", "i1")
    moved = text.assign(f"fadd {kind} {rest.text}, {y.text}", kind)
    result = text.assign(f"select i1 {differs.text}, {kind} {moved.text}, {kind} {rest.text}", kind)
    is_zero = text.assign(f"fcmp oeq {kind} {result.text}, {zero}", "i1")
    signed = text.call(f"llvm.copysign.f{64 if kind == 'double' else 32}", [literal(0, kind), y], kind)
    return text.assign(f"select i1 {is_zero.text}, {kind} {signed.text}, {kind} {result.text}", kind)


def _choice(text: Text, operands: Sequence[Number], kind: str) -> Number:
    condition, x, y = operands
    return text.assign(f"select i1 {condition.text}, {kind} {x.text}, {kind} {y.text}", kind)


def _is_nan(text: Text, operands: Sequence[Number], kind: str) -> Number:
    (x,) = operands
    return text.assign(f"fcmp uno {kind} {x.text}, {x.text}", "i1") if kind in ("double", "float") else literal(0, "i1")


def _magnitude_is(comparison: str) -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        require_real(kind)
        size = _intrinsic("fabs")(text, operands, kind)
        return text.assign(f"fcmp {comparison} {kind} {size.text}, {literal(math.inf, kind).text}", "i1")

    return emit


def _logical(instruction: str) -> Emit:
    def emit(text: Text, operands: Sequence[Number], kind: str) -> Number:
        if kind != "i1":
            raise NotImplementedError
        left, right = operands
        return text.assign(f"{instruction} i1 {left.text}, {right.text}", kind)

    return emit


def _not(text: Text, operands: Sequence[Number], kind: str) -> Number:
    if kind != "i1":
        raise NotImplementedError
    return text.assign(f"xor i1 {operands[0].text}, true", kind)


def _same(text: Text, operands: Sequence[Number], kind: str) -> Number:
    return operands[0]


C_FUNCTIONS: dict[Any, str] = {
    np.exp: "exp",
    np.exp2: "exp2",
    np.expm1: "expm1",
    np.log: "log",
    np.log2: "log2",
    np.log10: "log10",
    np.log1p: "log1p",
    np.cbrt: "cbrt",
    np.hypot: "hypot",
    np.sin: "sin",
    np.cos: "cos",
    np.tan: "tan",
    np.sinh: "sinh",
    np.cosh: "cosh",
    np.tanh: "tanh",
    np.arcsin: "asin",
    np.arccos: "acos",
    np.arctan: "atan",
    np.arctan2: "atan2",
    np.arcsinh: "asinh",
    np.arccosh: "acosh",
    np.arctanh: "atanh",
}

ARITHMETIC: dict[Any, Emit] = {
    np.add: _infix("fadd", "add"),
    np.subtract: _infix("fsub", "sub"),
    np.multiply: _infix("fmul", "mul"),
    np.divide: _infix("fdiv"),
    np.negative: _negative,
    np.positive: _same,
    np.copy: _same,
    np.astype: _same,
    np.conjugate: _same,
    np.reciprocal: _reciprocal,
    np.square: _square,
    np.power: power,
    np.float_power: power,
    np.remainder: _remainder,
    np.fmod: _infix("frem"),
    np.absolute: _intrinsic("fabs"),
    np.fabs: _intrinsic("fabs"),
    np.sqrt: _intrinsic("sqrt"),
    np.maximum: _intrinsic("maximum"),
    np.minimum: _intrinsic("minimum"),
    np.fmax: _intrinsic("maxnum"),
    np.fmin: _intrinsic("minnum"),
    np.copysign: _intrinsic("copysign"),
    np.floor: _intrinsic("floor"),
    np.ceil: _intrinsic("ceil"),
    np.trunc: _intrinsic("trunc"),
    np.rint: _intrinsic("rint"),
    np.sign: _sign,
    np.deg2rad: _scaled(math.pi / 180),
    np.radians: _scaled(math.pi / 180),
    np.rad2deg: _scaled(180 / math.pi),
    np.degrees: _scaled(180 / math.pi),
    np.where: _choice,
    **{function: _c_function(name) for function, name in C_FUNCTIONS.items()},
}
"""Functions whose operands are all of the result's kind (but for the condition of `np.where`)."""

CONDITIONS: dict[Any, Emit] = {
    np.less: _comparison("olt", "slt"),
    np.less_equal: _comparison("ole", "sle"),
    np.greater: _comparison("ogt", "sgt"),
    np.greater_equal: _comparison("oge", "sge"),
    np.equal: _comparison("oeq", "eq"),
    np.not_equal: _comparison("une", "ne"),
    np.isnan: _is_nan,
    np.isinf: _magnitude_is("oeq"),
    np.isfinite: _magnitude_is("olt"),
    np.logical_and: _logical("and"),
    np.logical_or: _logical("or"),
    np.logical_xor: _logical("xor"),
    np.bitwise_and: _logical("and"),
    np.bitwise_or: _logical("or"),
    np.bitwise_xor: _logical("xor"),
    np.logical_not: _not,
    np.invert: _not,
}
"""Functions that give conditions; their operands are of one kind, that of all together."""
