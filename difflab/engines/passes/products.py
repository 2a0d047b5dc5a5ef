"""Sums over products of arrays that are repeated, as `np.sum(a[:, :, None] * b, axis=1)` has them, as matrix products.

The array of all products is never made. Sums are taken in another order, so results may differ in rounding.
"""

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...primitives.arguments import axis_numbers
from ...structure import shape_of
from ..graph import Graph, Variable
from .layout import RULES as LAYOUT
from .rewriting import Rules, Walk, rewritten

SMALLEST, SHORTEST = 1 << 12, 16
"""Products in a sum, and how long each side of the matrices, from which a matrix product pays."""
LARGE = 1 << 21
"""Products from which it pays for narrower matrices, too: below, a loop does as well that takes several such sums."""
REPEATED = 4
"""How many products there must be for each entry of the factors: else reading these is what takes the time, anyway."""


def fold_products(graph: Graph) -> Graph:
    """Make matrix products of large sums over products, and of large Einstein sums, that are some.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> x = np.ones((40, 30))
    >>> at = Signature.of(lambda x: np.sum(x[:, :, None] * x[:, None, :], axis=0), (x,), 0).point((x,))
    >>> [equation.primitive.name for equation in fold_products(trace(at)).equations][-2:]
    ['np.transpose', 'np.matmul']
    """
    return rewritten(graph, RULES)


def _sum_of_products(walk: Walk, x: Any) -> Any:
    factors, now = walk.operands_of(np.multiply, x), walk.now
    if factors is None or not walk.is_only_use(x) or x.dtype.kind != "f":
        return None
    rank = len(x.shape)
    letters = string.ascii_letters[:rank]
    summed = axis_numbers(now.parameters.get("axis"), rank)
    terms = []
    for factor in factors:  # without the axes along which it is repeated
        shape = (1,) * (rank - len(shape_of(factor))) + shape_of(factor)
        terms.append("".join(letter for letter, length in zip(letters, shape, strict=True) if length > 1))
    kept = "".join(letter for n, letter in enumerate(letters) if n not in summed and x.shape[n] > 1)
    contraction = Contraction((terms[0], terms[1]), kept, dict(zip(letters, x.shape, strict=True)))
    if not contraction.pays() or any(getattr(factor, "dtype", None) != x.dtype for factor in factors):
        return None
    a, b = (_reshaped(walk, one, contraction.shape(term)) for one, term in zip(factors, terms, strict=True))
    return walk.reshape(_product(walk, contraction, a, b), now.outputs[0].shape)


def _einstein_sum(walk: Walk, *operands: Any) -> Any:
    dtypes = {getattr(x, "dtype", None) for x in (*operands, walk.now.outputs[0])}
    if len(operands) != 2 or dtypes not in ({np.dtype(float)}, {np.dtype(np.float32)}):
        return None
    inputs, _, kept = walk.now.parameters["subscripts"].partition("->")
    first, second = inputs.split(",")
    pairs = [*zip(first, shape_of(operands[0]), strict=True), *zip(second, shape_of(operands[1]), strict=True)]
    is_plain = len(set(pairs)) == len({letter for letter, _ in pairs})  # no axis is repeated to the length of another
    if not is_plain or any(len(set(term)) < len(term) for term in (first, second)):
        return None
    contraction = Contraction((first, second), kept, dict(pairs))
    return _product(walk, contraction, *operands) if contraction.pays() else None


@dataclass(frozen=True)
class Contraction:
    """A product of two arrays, summed over axes. Each axis has a letter.

    Args:
        terms: the letters of each factor's axes.
        kept: those of the result's.
        lengths: of each axis.
    """

    terms: tuple[str, str]
    kept: str
    lengths: Mapping[str, int]

    def parts(self) -> tuple[str, str, str, str]:
        """Give the letters of the stack, of rows and columns of the result, and of what is summed over."""
        first, second = self.terms
        both = [letter for letter in first if letter in second]
        stack = "".join(letter for letter in self.kept if letter in both)
        rows = "".join(letter for letter in first if letter not in second)
        columns = "".join(letter for letter in second if letter not in first)
        return stack, rows, columns, "".join(letter for letter in both if letter not in self.kept)

    def shape(self, *axes: str) -> tuple[int, ...]:
        """Give the lengths of axes, each of them of one letter, or of several that are one after the other."""
        groups = axes if len(axes) > 1 else axes[0]
        return tuple(math.prod(self.lengths[letter] for letter in group) for group in groups)

    def pays(self) -> bool:
        """Say whether it is a product of matrices, and large for what these are."""
        stack, rows, columns, summed = self.parts()
        products = math.prod(self.shape(stack + rows + columns + summed))
        narrowest = min(self.shape(rows, columns, summed))
        if sorted(stack + rows + columns) != sorted(self.kept) or narrowest < (SHORTEST if products < LARGE else 2):
            return False
        return products >= max(SMALLEST, REPEATED * sum(math.prod(self.shape(term)) for term in self.terms))


def _product(walk: Walk, contraction: Contraction, a: Any, b: Any) -> Any:
    """Write a contraction as a matrix product."""
    stack, rows, columns, summed = contraction.parts()
    first, second = contraction.terms
    left = _arranged(walk, a, first, stack + rows + summed, contraction.shape(*stack, rows, summed))
    right = _arranged(walk, b, second, stack + summed + columns, contraction.shape(*stack, summed, columns))
    found = walk.apply(np.matmul, [left, right], contraction.shape(*stack, rows, columns), a.dtype)
    order = stack + rows + columns
    return _transposed(walk, walk.reshape(found, contraction.shape(order)), order, contraction.kept)


def _arranged(walk: Walk, x: Any, letters: str, order: str, shape: tuple[int, ...]) -> Any:
    return _reshaped(walk, _transposed(walk, x, letters, order), shape)


def _transposed(walk: Walk, x: Any, letters: str, order: str) -> Any:
    axes = [letters.index(letter) for letter in order]
    if letters == order or type(x) is not Variable:
        return x if letters == order else np.transpose(x, axes)
    return walk.apply(np.transpose, [x], tuple(x.shape[axis] for axis in axes), x.dtype, {"axes": axes})


def _reshaped(walk: Walk, x: Any, shape: Sequence[int]) -> Any:
    return walk.reshape(x, tuple(shape)) if type(x) is Variable else np.reshape(x, shape)


RULES: Rules = {
    np.sum: (_sum_of_products,),
    np.einsum: (_einstein_sum,),
    np.reshape: LAYOUT[np.reshape],
    np.transpose: LAYOUT[np.transpose],
}
