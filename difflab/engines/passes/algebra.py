"""Algebra that spares work: x·1, x + 0, −−x, x², negations that meet. One rule a line, in `RULES`.

A rule applies where shape and dtype of the result stay what they were. Values stay what they were, too, infinities and
NaNs among them, but for the sign of a zero where nobody can notice it (see `zeros`), and the rounding of x³ and x⁴.
So there is no rule for x·0, x − x or x / x, which may be NaN; nor for a sum of c·x, where c may be infinite; nor for
0.5·(2·x), where 2·x may overflow.
"""

import math
from typing import Any

import numpy as np

from ..graph import Graph, Variable
from .factors import one_factor, power, square, times_inverse
from .rewriting import Rule, Rules, Walk, rewritten


def simplify_algebra(graph: Graph) -> Graph:
    """Replace equations by what gives the same for less; see above.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: -(1 * x - 2 * (x * -4)), (1.0,), 0).point((1.0,))
    >>> simplify_algebra(trace(at)).equations[-1]
    v7:float64[] = np.subtract(v6:float64[], v0:float64[])
    """
    return rewritten(graph, RULES)


# What is asked about operands


def _is(walk: Walk, x: Any, number: float) -> bool:
    """Say whether an operand is a constant, and this number in all entries."""
    found = walk.number(x)
    return found is not None and found == number


def _adds_nothing(walk: Walk, x: Any, sign: int = -1) -> bool:
    """Say whether an operand is a zero that may be left out of a sum: −0, or any where signs of zeros are free."""
    return _is(walk, x, 0) and (walk.zeros_are_free() or math.copysign(1, walk.number(x)) == sign)


def _negated(walk: Walk, x: Any) -> Any:
    """Give y of −y, a real number; None of anything else."""
    y = walk.operand_of(np.negative, x)
    return y if y is not None and x.dtype.kind == "f" else None


def _opposite(walk: Walk, c: Any) -> Any:
    """Give −c of a constant number c that meets real numbers; None of anything else."""
    number = walk.number(c)
    if number is None or isinstance(number, np.integer) or walk.now.outputs[0].dtype.kind != "f":
        return None
    return -number if isinstance(number, np.floating) else -float(number)


# What becomes of equations


def _with(walk: Walk, function: Any, *operands: Any) -> Any:
    """Make an equation of arithmetic; None if an operand is None."""
    return None if any(x is None for x in operands) else walk.make(function, *operands)


def _moved_out(walk: Walk, function: Any, x: Any, y: Any, place: int) -> Any:
    """Give −(x ∘ y) where the operand at this place is negated, for no other use, and as long as the result."""
    operands = [x, y]
    negative, operands[place] = operands[place], _negated(walk, operands[place])
    if operands[place] is None or negative.shape != walk.now.outputs[0].shape or not walk.is_only_use(negative):
        return None
    return walk.make(np.negative, walk.make(function, *operands))


def _opposite_of(walk: Walk, x: Any, function: Any) -> Any:
    """Give −(c ∘ y) or −(y ∘ c) as (−c) ∘ y or y ∘ (−c), c being a constant."""
    a, b = walk.operands_of(function, x) or (None, None)
    if (opposite := _opposite(walk, a)) is not None:
        return _with(walk, function, opposite, b)
    return _with(walk, function, a, _opposite(walk, b))


def _of_opposites(walk: Walk, function: Any, x: Any, y: Any) -> Any:
    """Give c ∘ y, x ∘ c or x ∘ y for two operands that are negated, or one and a constant."""
    negated = _negated(walk, x), _negated(walk, y)
    if negated == (None, None):
        return None
    opposites = [_opposite(walk, one) if each is None else each for one, each in zip((x, y), negated, strict=True)]
    return _with(walk, function, *opposites)


def _turned(walk: Walk, x: Any) -> Any:
    """Give z − y for −(y − z)."""
    operands = walk.operands_of(np.subtract, x)
    if operands is None or not walk.is_only_use(x) or not walk.zeros_are_free():
        return None
    return walk.make(np.subtract, *reversed(operands))


def _negative_sum(walk: Walk, x: Any) -> Any:
    """Give −Σy for Σ−y."""
    y, now = _negated(walk, x), walk.now
    if y is None or not walk.is_only_use(x) or not walk.zeros_are_free():
        return None
    total = walk.apply(np.sum, [y], now.outputs[0].shape, now.outputs[0].dtype, now.parameters)
    return walk.make(np.negative, total)


def either(rule: Rule) -> Rule:
    """Try a rule on two operands in both orders."""

    def both(walk: Walk, x: Any, y: Any) -> Any:
        found = rule(walk, x, y)
        return rule(walk, y, x) if found is None else found

    return both


def signed(*rules: Rule) -> tuple[Rule]:
    """Try rules only where an operand is a constant or negated, which is quick to tell."""

    def tried(walk: Walk, x: Any, y: Any) -> Any:
        made = walk.made
        for one in (x, y):
            if type(one) is not Variable or (one in made and made[one].primitive.function is np.negative):
                return next((found for rule in rules if (found := rule(walk, x, y)) is not None), None)
        return None

    return (tried,)


RULES: Rules = {
    np.negative: (
        lambda walk, x: _negated(walk, x),  # −−y = y
        lambda walk, x: _opposite_of(walk, x, np.multiply),  # −(c·y) = (−c)·y
        lambda walk, x: _opposite_of(walk, x, np.divide),  # −(c / y) = (−c) / y, −(y / c) = y / (−c)
        _turned,  # −(y − z) = z − y
    ),
    np.add: signed(
        either(lambda walk, x, y: x if _adds_nothing(walk, y) else None),  # x + 0 = x
        either(lambda walk, x, y: _with(walk, np.subtract, x, _negated(walk, y))),  # x + (−z) = x − z
    ),
    np.subtract: signed(
        lambda walk, x, y: x if _adds_nothing(walk, y, sign=1) else None,  # x − 0 = x
        lambda walk, x, y: (
            walk.make(np.negative, y) if _is(walk, x, 0) and walk.zeros_are_free() else None
        ),  # 0 − y = −y
        lambda walk, x, y: _with(walk, np.add, x, _negated(walk, y)),  # x − (−z) = x + z
    ),
    np.multiply: signed(
        either(lambda walk, x, y: y if _is(walk, x, 1) else None),  # 1·y = y
        either(lambda walk, x, y: walk.make(np.negative, y) if _is(walk, x, -1) else None),  # (−1)·y = −y
        lambda walk, x, y: _of_opposites(walk, np.multiply, x, y),  # (−x)·(−y) = x·y, c·(−y) = (−c)·y
        either(one_factor),  # c·(p·y) = (c·p)·y
        lambda walk, x, y: _moved_out(walk, np.multiply, x, y, place=0),  # (−x)·y = −(x·y)
        lambda walk, x, y: _moved_out(walk, np.multiply, x, y, place=1),  # x·(−y) = −(x·y)
    ),
    np.divide: signed(
        lambda walk, x, y: x if _is(walk, y, 1) else None,  # x / 1 = x
        times_inverse,  # x / p = (1 / p)·x
        lambda walk, x, y: _of_opposites(walk, np.divide, x, y),  # (−x) / (−y) = x / y, c / (−y) = (−c) / y
        lambda walk, x, y: _moved_out(walk, np.divide, x, y, place=0),  # (−x) / y = −(x / y)
        lambda walk, x, y: _moved_out(walk, np.divide, x, y, place=1),  # x / (−y) = −(x / y)
    ),
    np.sum: (_negative_sum,),  # Σ−y = −Σy
    np.absolute: (lambda walk, x: _with(walk, np.absolute, _negated(walk, x)),),  # |−y| = |y|
    np.power: (power,),
    np.square: (square,),
    np.reciprocal: (lambda walk, x: walk.make(np.divide, 1, x),),
}
