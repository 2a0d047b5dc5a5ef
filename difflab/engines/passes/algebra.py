"""Algebra that spares work: x·1, x + 0, −−x, x², negations that meet. One rule a line, in `RULES`.

A rule applies where shape and dtype of the result stay what they were. Values stay what they were, too, infinities and
NaNs among them, but for the sign of a zero where nobody can notice it (see `zeros`), and the rounding of x³ and x⁴.
So there is no rule for x·0, x − x or x / x, which may be NaN; nor for a sum of c·x, where c may be infinite; nor for
0.5·(2·x), where 2·x may overflow.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Graph, Variable
from .factors import one_factor, power, square, times_inverse
from .negations import made, moved_into, moved_out, negated, negative_sum, of_opposites, opposite_of, turned
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


def either(rule: Rule) -> Rule:
    """Try a rule on two operands in both orders."""

    def both(walk: Walk, x: Any, y: Any) -> Any:
        found = rule(walk, x, y)
        return rule(walk, y, x) if found is None else found

    return both


def of_two(*, number: Sequence[Rule], negative: Sequence[Rule], commutes: bool = False) -> tuple[Rule]:
    """Try rules only where they may apply, which is quick to tell.

    Args:
        number: rules for a constant number, which comes first if the function commutes, and another operand.
        negative: rules for two other operands, one of which at least is negated.
        commutes: whether the order of the operands does not matter.
    """

    def tried(walk: Walk, x: Any, y: Any) -> Any:
        is_constant = type(x) is not Variable or type(y) is not Variable
        if is_constant and commutes and type(x) is Variable:
            x, y = y, x
        if is_constant and walk.number(y if type(x) is Variable else x) is not None:
            rules = number
        elif walk.operands_of(np.negative, x) or walk.operands_of(np.negative, y):
            rules = negative
        else:
            return None
        return next((found for rule in rules if (found := rule(walk, x, y)) is not None), None)

    return (tried,)


RULES: Rules = {
    np.negative: (
        lambda walk, x: negated(walk, x),  # −−y = y
        lambda walk, x: opposite_of(walk, x, np.multiply),  # −(c·y) = (−c)·y
        lambda walk, x: opposite_of(walk, x, np.divide),  # −(c / y) = (−c) / y, −(y / c) = y / (−c)
        turned,  # −(y − z) = z − y
    ),
    np.add: of_two(
        number=[
            lambda walk, c, x: x if _adds_nothing(walk, c) else None,  # 0 + x = x
            lambda walk, c, x: made(walk, np.subtract, c, negated(walk, x)),  # c + (−y) = c − y
        ],
        negative=[either(lambda walk, x, y: made(walk, np.subtract, x, negated(walk, y)))],  # x + (−z) = x − z
        commutes=True,
    ),
    np.subtract: of_two(
        number=[
            lambda walk, x, y: x if _adds_nothing(walk, y, sign=1) else None,  # x − 0 = x
            lambda walk, x, y: (
                walk.make(np.negative, y) if _is(walk, x, 0) and walk.zeros_are_free() else None
            ),  # 0 − y
            lambda walk, x, y: made(walk, np.add, x, negated(walk, y)),  # c − (−z) = c + z
        ],
        negative=[lambda walk, x, y: made(walk, np.add, x, negated(walk, y))],  # x − (−z) = x + z
    ),
    np.multiply: of_two(
        number=[
            lambda walk, c, x: x if _is(walk, c, 1) else None,  # 1·x = x
            lambda walk, c, x: walk.make(np.negative, x) if _is(walk, c, -1) else None,  # (−1)·x = −x
            lambda walk, c, x: of_opposites(walk, np.multiply, c, x),  # c·(−y) = (−c)·y
            one_factor,  # c·(p·y) = (c·p)·y
        ],
        negative=[
            lambda walk, x, y: of_opposites(walk, np.multiply, x, y),  # (−w)·(−z) = w·z
            either(moved_into),  # (−z)·(c·w) = z·((−c)·w)
            lambda walk, x, y: moved_out(walk, np.multiply, x, y, place=0),  # (−z)·y = −(z·y)
            lambda walk, x, y: moved_out(walk, np.multiply, x, y, place=1),  # x·(−z) = −(x·z)
        ],
        commutes=True,
    ),
    np.divide: of_two(
        number=[
            lambda walk, x, y: x if _is(walk, y, 1) else None,  # x / 1 = x
            times_inverse,  # x / p = (1 / p)·x
            lambda walk, x, y: of_opposites(walk, np.divide, x, y),  # c / (−z) = (−c) / z, (−z) / c = z / (−c)
        ],
        negative=[
            lambda walk, x, y: of_opposites(walk, np.divide, x, y),  # (−w) / (−z) = w / z
            lambda walk, x, y: moved_out(walk, np.divide, x, y, place=0),  # (−z) / y = −(z / y)
            lambda walk, x, y: moved_out(walk, np.divide, x, y, place=1),  # x / (−z) = −(x / z)
        ],
    ),
    np.sum: (negative_sum,),  # Σ−y = −Σy
    np.absolute: (lambda walk, x: made(walk, np.absolute, negated(walk, x)),),  # |−y| = |y|
    np.power: (power,),  # x², √x and the like
    np.square: (square,),
    np.reciprocal: (lambda walk, x: walk.make(np.divide, 1, x),),
}
