"""Negations: where they meet and vanish, and how they are moved to where they do."""

from typing import Any

import numpy as np

from .rewriting import Walk


def negated(walk: Walk, x: Any) -> Any:
    """Give y of −y, a real number; None of anything else."""
    y = walk.operand_of(np.negative, x)
    return y if y is not None and x.dtype.kind == "f" else None


def opposite(walk: Walk, c: Any) -> Any:
    """Give −c of a constant number c that meets real numbers; None of anything else."""
    number = walk.number(c)
    if number is None or isinstance(number, np.integer) or walk.now.outputs[0].dtype.kind != "f":
        return None
    return -number if isinstance(number, np.floating) else -float(number)


def made(walk: Walk, function: Any, *operands: Any) -> Any:
    """Make an equation of arithmetic; None if an operand is None."""
    return None if any(x is None for x in operands) else walk.make(function, *operands)


def moved_out(walk: Walk, function: Any, x: Any, y: Any, place: int) -> Any:
    """Give −(x ∘ y) where the operand at this place is negated, for no other use, and as long as the result."""
    operands = [x, y]
    negative, operands[place] = operands[place], negated(walk, operands[place])
    if operands[place] is None or negative.shape != walk.now.outputs[0].shape or not walk.is_only_use(negative):
        return None
    return walk.make(np.negative, walk.make(function, *operands))


def opposite_of(walk: Walk, x: Any, function: Any) -> Any:
    """Give (−c) ∘ y or y ∘ (−c) for −x, where x is c ∘ y or y ∘ c, c a constant, and nothing else needs x."""
    a, b = walk.operands_of(function, x) or (None, None)
    if a is None or not walk.is_only_use(x):
        return None
    first = opposite(walk, a)
    return made(walk, function, a, opposite(walk, b)) if first is None else walk.make(function, first, b)


def moved_into(walk: Walk, x: Any, y: Any) -> Any:
    """Give z·((−c)·w) for (−z)·(c·w), where nothing else needs c·w."""
    z = negated(walk, x)
    return None if z is None else made(walk, np.multiply, z, opposite_of(walk, y, np.multiply))


def of_opposites(walk: Walk, function: Any, x: Any, y: Any) -> Any:
    """Give c ∘ y, x ∘ c or x ∘ y for two operands that are negated, or one and a constant."""
    both = negated(walk, x), negated(walk, y)
    if both == (None, None):
        return None
    opposites = [opposite(walk, one) if each is None else each for one, each in zip((x, y), both, strict=True)]
    return made(walk, function, *opposites)


def turned(walk: Walk, x: Any) -> Any:
    """Give z − y for −(y − z)."""
    operands = walk.operands_of(np.subtract, x)
    if operands is None or not walk.is_only_use(x) or not walk.zeros_are_free():
        return None
    return walk.make(np.subtract, *reversed(operands))


def negative_sum(walk: Walk, x: Any) -> Any:
    """Give −Σy for Σ−y."""
    y, now = negated(walk, x), walk.now
    if y is None or not walk.is_only_use(x) or not walk.zeros_are_free():
        return None
    total = walk.apply(np.sum, [y], now.outputs[0].shape, now.outputs[0].dtype, now.parameters)
    return walk.make(np.negative, total)
