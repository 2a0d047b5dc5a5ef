"""Constant factors and divisors: which of them can be one, and what is quicker than a division or a power."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..graph import Variable
from .rewriting import Rule, Walk

LARGEST = 2.0**100
"""What factors are made up to; and divisors, and their inverses, made factors."""


def one_factor(walk: Walk, c: Any, x: Any) -> Any:
    """Give (c·p)·y for c·(p·y) where both are the same for all y: neither makes y smaller, and p·y is not rounded."""
    outer, factors, output = walk.number(c), walk.operands_of(np.multiply, x), walk.now.outputs[0]
    if factors is None or output.dtype.kind != "f":
        return None
    p, y = factors if type(factors[1]) is Variable else factors[::-1]
    inner = walk.number(p)
    if inner is None or y.dtype != output.dtype or min(abs(outer), abs(inner)) < 1:
        return None
    is_exact = is_power_of_two(inner) or (is_power_of_two(outer) and float(inner).is_integer())
    product = output.dtype.type(outer) * output.dtype.type(inner)
    return walk.make(np.multiply, product, y) if is_exact and abs(product) < LARGEST else None


def times_inverse(walk: Walk, x: Any, c: Any) -> Any:
    """Give (1 / c)·x for x / c, where c is a power of two."""
    number, output = walk.number(c), walk.now.outputs[0]
    if number is None or output.dtype.kind != "f" or getattr(x, "dtype", None) != output.dtype:
        return None
    is_exact = is_power_of_two(number) and 1 / LARGEST <= abs(number) <= LARGEST
    return walk.make(np.multiply, 1 / output.dtype.type(number), x) if is_exact else None


def is_power_of_two(x: Any) -> bool:
    """Say whether a number is 2ⁿ or −2ⁿ.

    >>> [is_power_of_two(x) for x in (0.5, -1, 8, 3, 0, np.inf)]
    [True, True, True, False, False, False]
    """
    return math.frexp(abs(x))[0] == 0.5


def power(walk: Walk, x: Any, y: Any) -> Any:
    """Give products, a root or an inverse for a power whose exponent is a constant number."""
    exponent = None if type(y) is np.ndarray and y.shape else walk.number(y)
    rule = None if exponent is None else POWERS.get(exponent)
    return None if rule is None or type(x) is not Variable else rule(walk, x)


def square(walk: Walk, x: Any) -> Any:
    """Give x·x."""
    return walk.make(np.multiply, x, x)


POWERS: Mapping[float, Rule] = {
    -1: lambda walk, x: walk.make(np.divide, 1, x),
    0.5: lambda walk, x: walk.make(np.sqrt, x),
    1: lambda walk, x: x,
    2: square,
    3: lambda walk, x: walk.make(np.multiply, square(walk, x), x),
    4: lambda walk, x: square(walk, square(walk, x)),
}
"""By exponent. NumPy has all but 3 and 4 this way; those differ from its power in rounding, and take a tenth of it."""
