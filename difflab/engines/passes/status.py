"""What a replay has to tell beside its results, as one more result: whether the trace holds for these inputs.

The status is 0 where it does and all is decided; n + 1 where guard n is the first to fail; -1 where a derivative is
NaN, which plain arithmetic may have made of 0 · ∞.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...primitives.table import TABLE
from ...structure import shape_of
from ..graph import Equation, Graph, Variable

UNDECIDED = -1


def with_status(graph: Graph, derivatives: Sequence[int]) -> Graph:
    """Replace the guards of a graph by its status, and by the values of those that are no conditions.

    Args:
        graph: a trace.
        derivatives: which of its outputs may be undecided.

    Returns:
        A graph without guards; its outputs are those of `graph`, `looked_at`, and the status (int64, of no axes).
    """
    return _Writer(graph).written(derivatives)


def looked_at(graph: Graph) -> list[Variable]:
    """Give the variables of guards whose values neither the inputs nor the guards' failing tells."""
    known = set(graph.inputs)
    return list(
        dict.fromkeys(
            guard.variable
            for guard in graph.guards
            if guard.variable not in known and (guard.variable.dtype != bool or guard.variable.shape)
        )
    )


class _Writer:
    def __init__(self, graph: Graph):
        self.graph = graph
        self.equations = list(graph.equations)
        self.size = graph.size

    def written(self, derivatives: Sequence[int]) -> Graph:
        graph = self.graph
        undecided = [self.holds_nan(graph.outputs[n]) for n in derivatives if isinstance(graph.outputs[n], Variable)]
        status: Any = np.int64(0)
        for condition in undecided:
            status = self.where(condition, UNDECIDED, status)
        for number, guard in reversed(list(enumerate(graph.guards))):
            status = self.where(self.fails(guard.variable, guard.expected), number + 1, status)
        outputs = [*graph.outputs, *looked_at(graph), status]
        return replace(graph, equations=self.equations, outputs=outputs, guards=[], size=self.size)

    def fails(self, variable: Variable, expected: Any) -> Variable:
        if variable.dtype == bool and variable.shape == ():
            return self.apply(np.logical_not, variable) if expected else variable
        differs = self.apply(np.not_equal, variable, expected)
        if variable.dtype.kind == "f" and np.any(nan := np.isnan(expected)):  # which stays as it was if it is NaN again
            differs = self.apply(np.where, nan, self.apply(np.not_equal, self.apply(np.isnan, variable), nan), differs)
        if variable.dtype.kind == "f" and np.any(expected == 0):  # of which the sign may matter
            one = variable.dtype.type(1)
            sign = self.apply(np.copysign, one, variable)
            differs = self.apply(np.logical_or, differs, self.apply(np.not_equal, sign, np.copysign(one, expected)))
        return self.apply(np.any, differs) if variable.shape else differs

    def holds_nan(self, output: Variable) -> Variable:
        condition = self.apply(np.isnan, output)
        return self.apply(np.any, condition) if shape_of(output) else condition

    def where(self, condition: Variable, number: int, otherwise: Any) -> Variable:
        return self.apply(np.where, condition, np.int64(number), otherwise)

    def apply(self, function: Any, *operands: Any) -> Variable:
        """Add an equation."""
        shape = () if function is np.any else np.broadcast_shapes(*map(shape_of, operands))
        dtype = operands[1].dtype if function in (np.where, np.copysign) else np.dtype(bool)
        output = Variable(self.size, shape, dtype)
        self.size += 1
        primitive: Any = TABLE[function]
        self.equations.append(Equation(primitive, operands, {}, (output,)))
        return output
