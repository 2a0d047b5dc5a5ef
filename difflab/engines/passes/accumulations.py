"""Adding many transposes of indexing into one array, in place of making an array for each.

The sweep back through `x[0] + x[1] + ...` adds n arrays of n entries, each but for one of zeros.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...primitives.indexing import accumulate, scatter
from ...primitives.table import TABLE
from ...structure import shape_of
from ..graph import Equation, Graph, Variable
from .equations import used_in

EVERYWHERE = (Ellipsis,)
"""The index of a term that is an array of the whole shape."""


@dataclass
class Sum:
    """What is added up so far: values, and the index of each."""

    values: list[Any]
    templates: list[Any]

    def add(self, other: "Sum") -> "Sum":
        """Take the terms of another sum, too."""
        self.values += other.values
        self.templates += other.templates
        return self


def gather_accumulations(graph: Graph) -> Graph:
    """Make one equation of additions of arrays whose terms are transposes of indexing, by indices that are known.

    What is used elsewhere, too, stays an equation of its own; what is no longer used is left for dead code.
    """
    used = Counter(used_in(graph))
    sums: dict[Variable, Sum] = {}
    merged: set[Variable] = set()
    for equation in graph.equations:
        output = equation.outputs[0]
        if equation.primitive.function is scatter and len(equation.operands) == 1:
            sums[output] = Sum([equation.operands[0]], [equation.parameters["template"]])
        elif equation.primitive.function is np.add and output.shape:
            terms = [_term(x, output, sums, used) for x in equation.operands]
            if None in terms or all(term is not None and term.templates == [EVERYWHERE] for term in terms):
                continue
            first, second = sorted((term for term in terms if term is not None), key=lambda term: -len(term.values))
            sums[output] = first.add(second)
            merged.update(x for x in equation.operands if isinstance(x, Variable) and x in sums)
    return replace(graph, equations=[_written(equation, sums, merged) for equation in graph.equations])


def _term(operand: Any, total: Variable, sums: dict[Variable, Sum], used: Counter[Variable]) -> Sum | None:
    """Give an operand of an addition as a sum; None if it has another shape or dtype than the total."""
    if shape_of(operand) != total.shape or getattr(operand, "dtype", None) != total.dtype:
        return None
    if isinstance(operand, Variable) and operand in sums and used[operand] == 1:
        return sums[operand]
    return Sum([operand], [EVERYWHERE])


def _written(equation: Equation, sums: dict[Variable, Sum], merged: set[Variable]) -> Equation:
    output = equation.outputs[0]
    if equation.primitive.function is not np.add or output not in sums or output in merged:
        return equation
    found = sums[output]
    parameters = {"templates": tuple(found.templates), "shape": output.shape}
    primitive: Any = TABLE[accumulate]
    return Equation(primitive, tuple(found.values), parameters, (output,))
