"""Products of arrays summed over axes: which axes they share, and the order of the loops.

Each axis has a letter, as in Einstein's summation. The innermost loop goes along an axis on which all arrays step by
one entry, or stay; there it becomes vector instructions.
"""

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engines.graph import Equation, Variable
from ...structure import shape_of
from .views import Shape, View

LARGEST = 1 << 21
"""Multiplications up to which products of matrices, and of more axes, are written as loops."""


@dataclass(frozen=True, slots=True)
class Contraction:
    """What is multiplied and summed.

    Args:
        terms: the letters of each operand's axes.
        result: those of the result's.
        lengths: of each axis.
    """

    terms: tuple[str, ...]
    result: str
    lengths: dict[str, int]

    @property
    def multiplications(self) -> int:
        """How many there are."""
        return math.prod(self.lengths.values())

    def strides(self, view: View, letters: str, order: str) -> Shape:
        """Give the strides of an array, whose axes have these letters, along all axes in an order."""
        along = dict.fromkeys(self.lengths, 0)
        for letter, length, stride in zip(letters, view.shape, view.strides, strict=True):
            along[letter] += stride if length > 1 else 0
        return tuple(along[letter] for letter in order)

    def order(self, views: Sequence[View]) -> str:
        """Choose an order of the loops for operands that stand so, the result row by row."""
        summed = "".join(letter for letter in self.lengths if letter not in self.result)
        letters = self.result + summed
        terms = [*self.terms, self.result]

        def cost(letter: str) -> tuple[bool, int]:
            steps = [self.strides(view, term, letter)[0] for view, term in zip(views, terms, strict=True)]
            return any(step not in (0, 1) for step in steps), -self.lengths[letter]

        innermost = min(letters, key=cost, default="")
        return letters.replace(innermost, "") + innermost


def contraction(equation: Equation) -> Contraction | None:
    """Read a product as a contraction; None if it is none, or repeats an axis."""
    shapes = [shape_of(operand) for operand in equation.operands]
    if equation.primitive.function is np.matmul:
        *terms, result = _letters_of_matmul(*map(len, shapes))
    elif equation.primitive.function is np.einsum:
        inputs, result = equation.parameters["subscripts"].split("->")
        terms = inputs.split(",")
    else:
        return None
    lengths: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, length in zip(term, shape, strict=True):
            lengths[letter] = max(length, lengths.get(letter, 1))
    repeats = any(len(set(term)) < len(term) for term in (*terms, result)) or not set(result) <= set(lengths)
    return None if repeats else Contraction(tuple(terms), result, lengths)


def _letters_of_matmul(left: int, right: int) -> tuple[str, str, str]:
    """Give letters for stacks of matrices, or vectors: m rows, k summed over, n columns."""
    stack = string.ascii_uppercase[: max(left, right, 2) - 2]
    first = stack[len(stack) - max(left - 2, 0) :] + ("mk" if left > 1 else "k")
    second = stack[len(stack) - max(right - 2, 0) :] + ("kn" if right > 1 else "k")
    return first, second, stack + ("m" if left > 1 else "") + ("n" if right > 1 else "")


def is_written_as_loops(equation: Equation) -> bool:
    """Say whether an equation is a product of floating-point arrays that is small enough, or of vectors."""
    found = contraction(equation)
    has_numbers = any(shape_of(x) == () and not isinstance(x, Variable) for x in equation.operands)
    if found is None or has_numbers or equation.outputs[0].dtype.kind != "f":
        return False
    of_vectors = sum(found.lengths[letter] > 1 for letter in found.lengths) <= 2
    return of_vectors or found.multiplications <= LARGEST


def loads_of(found: Contraction, views: Sequence[View], order: str) -> list[View]:
    """Give the operands as views of the loop's shape."""
    shape = tuple(found.lengths[letter] for letter in order)
    return [
        View(view.source, shape, found.strides(view, term, order), view.offset)
        for view, term in zip(views, found.terms, strict=True)
    ]
