"""How much a graph computes: equations, operations on numbers, and entries written to arrays."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..engines.graph import Equation, Graph
from ..lowering.native.contractions import contraction
from ..lowering.native.schedule import REDUCTIONS
from ..lowering.native.views import is_look
from ..primitives.indexing import accumulate, gather, scatter
from ..primitives.primitive import Constant, Elementwise
from ..structure import shape_of

MOVES = (gather, scatter, np.stack, np.concatenate, np.copy, np.astype)
"""Functions that put entries elsewhere, and compute nothing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one run of a graph takes.

    Args:
        equations: one for each NumPy function that it calls.
        operations: on numbers: one for each entry computed, compared or summed, two for each multiplication in a
            product of matrices; of other functions, as many as there are entries read or given.
        entries: of new arrays and numbers: an array seen otherwise (a slice, a transpose) is none.
        functions: how often each is called.
    """

    equations: int
    operations: int
    entries: int
    functions: Mapping[str, int]


def counts_of(graph: Graph) -> Counts:
    """Count a graph.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: np.sum(x[1:] * 2.5), (np.ones(4),), 0).point((np.ones(4),))
    >>> counts_of(trace(at))
    Counts(equations=3, operations=6, entries=4, functions={'indexing': 1, 'multiply': 1, 'sum': 1})
    """
    equations = graph.equations
    return Counts(
        len(equations),
        sum(map(_operations, equations)),
        sum(_written(equation) for equation in equations if not _is_view(equation)),
        dict(Counter(map(short_name, equations))),
    )


def short_name(equation: Equation) -> str:
    """Name the function of an equation: `exp` for `np.exp`."""
    if equation.primitive.function is gather:
        return "indexing"
    name: str = equation.primitive.name
    return name.removeprefix("np.")


def _operations(equation: Equation) -> int:
    function = equation.primitive.function
    if function in MOVES or _is_view(equation):
        return 0
    if (product := contraction(equation)) is not None:
        return 2 * product.multiplications
    read = [math.prod(shape_of(operand)) for operand in equation.operands]
    if function is accumulate:
        return sum(read)
    if function in REDUCTIONS:
        return read[0]
    made = _written(equation)
    return made if isinstance(equation.primitive, (Elementwise, Constant)) else max(made, *read)


def _written(equation: Equation) -> int:
    return sum(math.prod(output.shape) for output in equation.outputs)


def _is_view(equation: Equation) -> bool:
    return is_look(equation.primitive.function, equation.parameters)
