"""Which entries of a cotangent are asked for.

A cotangent is 0 for one of two reasons: the result does not depend on what lies behind it (a branch that np.where did
not take, an output of weight 0), or it happens to be 0 (a product with a partial of 0). Only the first annihilates an
infinite or undefined partial; so the two are told apart, entry by entry.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from ..arrays import place_of
from ..primitives.primitive import Elementwise, Linear, Multilinear, Primitive
from ..primitives.table import TABLE
from ..structure import shape_of
from ..types import Array
from .dispatch import apply


def asked_after(
    primitive: Primitive,
    operands: Sequence[Array],
    asked: Sequence[Array | None],
    parameters: Mapping[str, Any],
    output: Array,
) -> Array:
    """Say which entries of `output` are asked for; `asked` says it of each operand (None if it is no cotangent)."""
    if primitive is TABLE[np.where]:
        condition, *branches = operands
        flags = [x != 0 if flag is None else flag for x, flag in zip(branches, asked[1:], strict=True)]
        return np.where(condition, *flags)
    if isinstance(primitive, Elementwise):
        return np.broadcast_to(reduce(np.logical_or, [flag for flag in asked if flag is not None]), shape_of(output))
    if isinstance(primitive, Linear):
        counted = [(x != 0 if flag is None else flag) * 1.0 for x, flag in zip(operands, asked, strict=True)]
        return apply(primitive, counted, parameters) > 0
    if isinstance(primitive, Multilinear):
        counted = [_neutral(x) if flag is None else flag * 1.0 for x, flag in zip(operands, asked, strict=True)]
        return apply(primitive, counted, parameters) > 0
    return np.ones_like(place_of(output), bool, shape=shape_of(output))


def _neutral(x: Array) -> Array:
    """Give ones for a factor, and index arrays as they are."""
    return np.ones_like(x) if x.dtype.kind == "f" else x
