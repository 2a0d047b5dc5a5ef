"""Sums of many outer products as one matrix product.

The sweep back through a recurrence adds to the gradient of its weights, at each step, a column times a row. As one
product it is read and written once. Sums are taken in another order, so results may differ in rounding.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...structure import shape_of
from ..graph import Equation, Graph, Variable
from .equations import primitive_of, used_in

FEWEST, SMALLEST = 4, 64
"""Outer products in a sum, and entries of it, from which it becomes a matrix product."""


@dataclass(slots=True)
class Sum:
    """What is added up so far: columns (m, 1) times rows, all (n,) or all (1, n), and one further term, if any."""

    columns: list[Any]
    rows: list[Any]
    other: Any = None

    def and_also(self, more: "Sum") -> "Sum | None":
        """Take the terms of another sum, too; None if there are two further terms, or rows of both kinds."""
        ranks = {len(shape_of(row)) for row in (*self.rows[:1], *more.rows[:1])}
        if (self.other is not None and more.other is not None) or len(ranks) > 1:
            return None
        self.columns += more.columns
        self.rows += more.rows
        self.other = more.other if self.other is None else self.other
        return self


def gather_outer_products(graph: Graph) -> Graph:
    """Make one matrix product of outer products that are added up.

    What is used elsewhere, too, stays an equation of its own; what is no longer used is left for dead code.
    """
    sums, merged = _sums(graph)
    equations: list[Equation] = []
    written = [0]
    size = graph.size
    for equation in graph.equations:
        output = equation.outputs[0]
        found = None if output in merged else sums.get(output)
        if found is None or len(found.columns) < FEWEST:
            equations.append(equation)
        else:
            equations += _written(found, output, size)
            size += 4
        written.append(len(equations))
    guards = [replace(guard, after=written[guard.after]) for guard in graph.guards]
    return replace(graph, equations=equations, guards=guards, size=size)


def _sums(graph: Graph) -> tuple[dict[Variable, Sum], set[Variable]]:
    """Find outer products and their sums, by their results, and those that went into larger sums."""
    used: Counter[Variable] | None = None
    sums: dict[Variable, Sum] = {}
    merged: set[Variable] = set()
    for equation in graph.equations:
        function, output = equation.primitive.function, equation.outputs[0]
        if len(output.shape) != 2 or (function is not np.multiply and function is not np.add):
            continue
        if function is np.multiply:
            if (product := _outer_product(equation)) is not None:
                sums[output] = product
        elif any(x in sums for x in equation.operands if type(x) is Variable):
            used = used or Counter(used_in(graph))
            terms = [_term(x, output, sums, used) for x in equation.operands]
            first, second = sorted(terms, key=lambda term: -len(term.columns) if term else 0)
            if first is not None and second is not None and (total := first.and_also(second)) is not None:
                sums[output] = total
                merged.update(x for x in equation.operands if type(x) is Variable and x in sums and used[x] == 1)
    return sums, merged


def _outer_product(equation: Equation) -> Sum | None:
    output = equation.outputs[0]
    m, n = output.shape
    if output.dtype.kind != "f" or m * n < SMALLEST or min(m, n) < 2:
        return None
    for column, row in (equation.operands, equation.operands[::-1]):
        shapes, dtypes = (shape_of(column), shape_of(row)), {getattr(x, "dtype", None) for x in (column, row)}
        if shapes in (((m, 1), (n,)), ((m, 1), (1, n))) and dtypes == {output.dtype}:
            return Sum([column], [row])
    return None


def _term(x: Any, total: Variable, sums: dict[Variable, Sum], used: Counter[Variable]) -> Sum | None:
    """Give an operand of an addition as a sum; None if it has another shape or dtype than the total."""
    if shape_of(x) != total.shape or getattr(x, "dtype", None) != total.dtype:
        return None
    return sums[x] if isinstance(x, Variable) and x in sums and used[x] == 1 else Sum([], [], x)


def _written(found: Sum, output: Variable, size: int) -> Iterator[Equation]:
    """Write a sum; new variables have numbers from `size` on."""
    (m, n), count, dtype = output.shape, len(found.columns), output.dtype
    columns, rows = Variable(size, (m, count), dtype), Variable(size + 1, (count, n), dtype)
    product = output if found.other is None else Variable(size + 2, output.shape, dtype)
    join = np.stack if len(shape_of(found.rows[0])) == 1 else np.concatenate
    yield Equation(primitive_of(np.concatenate), tuple(found.columns), {"axis": 1}, (columns,))
    yield Equation(primitive_of(join), tuple(found.rows), {"axis": 0}, (rows,))
    yield Equation(primitive_of(np.matmul), (columns, rows), {}, (product,))
    if found.other is not None:
        yield Equation(primitive_of(np.add), (product, found.other), {}, (output,))
