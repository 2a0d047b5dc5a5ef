"""The size of a function and of its symbolic derivative: as trees, as a shared graph, after common subexpressions."""

import time
from dataclasses import dataclass

from sympy.core.cache import clear_cache

from ..lowering.expressions import operations_after_sharing, operations_as_graph, operations_as_tree
from ..methods.symbolic import SymbolicKernel
from .case import Case


@dataclass(frozen=True, slots=True)
class Swell:
    """Operations of the raw, unsimplified expressions, as `sympy.count_ops` counts them."""

    function_tree: int
    derivative_tree: int
    derivative_graph: int
    """Each distinct subexpression counts once."""
    together_shared: int
    """Function and derivative together, after common subexpressions."""
    seconds: float
    """To differentiate the expressions by every variable."""
    code_bytes: int
    """Of the NumPy source that computes function and derivative."""


def swell_of(case: Case) -> Swell:
    """Trace a function, differentiate its expressions by every variable, and count; runs in the worker."""
    at = case.signature.point(case.arguments)
    names = [f"x{number}" for number in range(len(at.leaves))]
    expressions = SymbolicKernel(names, simplify=False).expressions(at)
    clear_cache()  # SymPy remembers derivatives that it has seen, in other sizes too.
    began = time.perf_counter()
    derivatives = expressions.jacobian
    seconds = time.perf_counter() - began
    return Swell(
        operations_as_tree(expressions.values),
        operations_as_tree(derivatives),
        operations_as_graph(derivatives),
        operations_after_sharing([*expressions.values, *derivatives]),
        seconds,
        len(expressions.source(1).encode()),
    )
