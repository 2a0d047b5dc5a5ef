"""Evaluating derived source, at one point or at many: what is undefined, and what cannot be computed, in sentences."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from ..arrays import explain
from ..errors import NotDifferentiable, UnsupportedFunction
from ..lowering.expressions import Expressions
from ..point import Point, describe
from ..types import Array


def evaluated(
    expressions: Expressions, order: int, at: Point, leaves: Sequence[Array], points: tuple[int, ...] = ()
) -> tuple[Array, Array]:
    """Do what `Expressions.evaluate` does; where a value is not a number, neither are its derivatives.

    Waits for the device once.

    Raises:
        NotDifferentiable: at a point, a derivative has become undefined and the values have not.
        UnsupportedFunction: CuPy has not what the formula needs.
    """
    with readable(at):
        expressions.function(order)
    with np.errstate(divide="ignore", invalid="ignore"):  # branches that are not taken are computed, too
        try:
            values, derivatives = expressions.evaluate(order, leaves, points)
        except (TypeError, ValueError) as error:
            explain(f"The derivative's formula of {describe(at.function)}", leaves, error)
            raise
    undefined, lost = np.isnan(values), np.isnan(derivatives)
    if not undefined.any() | lost.any():
        return values, derivatives
    if np.any(np.any(lost, axis=(0, 1)) & ~np.any(undefined, axis=0)):
        raise NotDifferentiable(
            f"The formula of a derivative of {describe(at.function)} is 0/0 or the like at this point, where the "
            f"function has a value: use the method 'forward' or 'reverse', which find a slope where there is one."
        )
    return values, np.where(undefined[:, None], np.nan, derivatives)


@contextmanager
def readable(at: Point) -> Iterator[None]:
    """Say in a sentence what SymPy, or Python's compiler, could not do with an expression."""
    try:
        yield
    except PrintMethodNotImplementedError as error:
        raise UnsupportedFunction(
            f"A derivative of {describe(at.function)} contains what NumPy does not have "
            f"({str(error).splitlines()[0]}): use the method 'forward' or 'reverse'."
        ) from None
    except (RecursionError, SyntaxError):
        raise UnsupportedFunction(
            f"The expression of {describe(at.function)} is nested too deeply to be derived by SymPy, which works by "
            f"recursion: use the method 'forward' or 'reverse'."
        ) from None
