"""Many points at once: a graph for one point becomes one in which every array has an axis of points, the last.

So a number becomes a row of numbers, one for each point, and all of a program of numbers one loop over points, which
the processor takes eight at a time.
"""

import string
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..engines.graph import Equation, Graph, Variable
from ..primitives.indexing import HOLE, accumulate, gather, scatter
from ..primitives.table import TABLE
from ..structure import shape_of
from .native.contractions import contraction
from .native.instructions import ARITHMETIC, CONDITIONS
from .native.schedule import REDUCTIONS, NotLowered

STACKED = 64
"""Entries up to which sums are kept apart."""


def for_points(graph: Graph, moving: Collection[Variable], count: int) -> Graph:
    """Give the graph that computes the outputs of `graph`, which has no guards, for many points.

    Args:
        graph: for one point.
        moving: its inputs that differ from point to point; they get a first axis of points.
        count: how many points.

    Returns:
        A graph whose outputs have a first axis of points where they depend on what moves.

    Raises:
        NotLowered: an equation for which this is not known.
    """
    return _Lanes(graph, count).graph_for(moving)


class _Lanes:
    def __init__(self, graph: Graph, count: int):
        self.graph = graph
        self.count = count
        self.size = graph.size
        self.equations: list[Equation] = []
        self.lanes: dict[Variable, Variable] = {}
        """What each variable has become, if it depends on the points."""

    def graph_for(self, moving: Collection[Variable]) -> Graph:
        inputs = []
        for variable in self.graph.inputs:
            if variable in moving:
                outer = self.new((self.count, *variable.shape), variable.dtype)
                axes = (*range(1, len(outer.shape)), 0)
                self.lanes[variable] = self.apply(np.transpose, [outer], {"axes": axes}, variable)
                inputs.append(outer)
            else:
                inputs.append(variable)
        for equation in self.graph.equations:
            self.add(equation)
        outputs = [self.points_first(x) for x in self.graph.outputs]
        return replace(self.graph, inputs=inputs, equations=self.equations, outputs=outputs, size=self.size)

    def points_first(self, output: Any) -> Any:
        if output not in self.lanes if isinstance(output, Variable) else True:
            return output
        rank = len(output.shape)
        result = self.new((self.count, *output.shape), output.dtype)
        self.write(np.transpose, [self.lanes[output]], {"axes": (rank, *range(rank))}, result)
        return result

    def add(self, equation: Equation) -> None:
        if not any(isinstance(x, Variable) and x in self.lanes for x in equation.operands):
            self.equations.append(equation)
            return
        function = equation.primitive.function
        if function is accumulate and self.stack_sums(equation):
            return
        if function in ARITHMETIC or function in CONDITIONS:
            self.follow(equation, [self.aligned(x) for x in equation.operands], {})
        elif (found := contraction(equation)) is not None:
            self.contract(equation, found.terms, found.result)
        elif (rule := _PARAMETERS.get(function)) is not None:
            spread = function in (np.stack, np.concatenate, accumulate)
            operands = [self.spread(x) if spread else self.aligned(x) for x in equation.operands]
            self.follow(equation, operands, rule(equation, self.count))
        else:
            raise NotLowered(equation.primitive.name)

    def stack_sums(self, equation: Equation) -> bool:
        """Write numbers that are added into few entries as sums, which share a loop; say whether they are that."""
        (output,) = equation.outputs
        templates = equation.parameters["templates"]
        positions = list(np.ndindex(*output.shape))
        sums: dict[Any, Any] = {}
        for value, template in zip(equation.operands, templates, strict=True):
            if shape_of(value) or len(positions) > STACKED or not all(isinstance(part, int) for part in template):
                return False
            at = tuple(part % length for part, length in zip(template, output.shape, strict=True))
            lanes = self.spread(value)
            number = Variable(0, (), output.dtype)  # what a sum looks like for one point
            sums[at] = lanes if at not in sums else self.apply(np.add, [sums[at], lanes], {}, number)
        rows = [sums.get(at, np.zeros(self.count, output.dtype)) for at in positions]
        stacked = self.new((len(rows), self.count), output.dtype)
        self.write(np.stack, rows, {"axis": 0}, stacked)
        self.lanes[output] = self.apply(np.reshape, [stacked], {"shape": (*output.shape, self.count)}, output)
        return True

    def follow(self, equation: Equation, operands: Sequence[Any], parameters: Mapping[str, Any]) -> None:
        """Do the same with an axis more; `parameters` are those that change."""
        (output,) = equation.outputs
        self.lanes[output] = self.apply(
            equation.primitive.function, operands, {**equation.parameters, **parameters}, output
        )

    def contract(self, equation: Equation, terms: Sequence[str], result: str) -> None:
        point = next(letter for letter in string.ascii_letters if letter not in "".join(terms))
        operands = [self.lanes.get(x, x) if isinstance(x, Variable) else x for x in equation.operands]
        moved = [new is not old for new, old in zip(operands, equation.operands, strict=True)]
        inputs = [term + point if moves else term for term, moves in zip(terms, moved, strict=True)]
        subscripts = f"{','.join(inputs)}->{result}{point}"
        (output,) = equation.outputs
        self.lanes[output] = self.apply(np.einsum, operands, {"subscripts": subscripts}, output)

    def aligned(self, operand: Any) -> Any:
        """Give an operand its axis of points: of length 1 if it is the same for all, and none if it is a number."""
        if isinstance(operand, Variable) and operand in self.lanes:
            return self.lanes[operand]
        shape = shape_of(operand)
        if not shape:
            return operand
        if not isinstance(operand, Variable):
            return np.asarray(operand)[..., None]
        result = self.new((*shape, 1), operand.dtype)
        self.write(np.reshape, [operand], {"shape": result.shape}, result)
        return result

    def spread(self, operand: Any) -> Any:
        """Give an operand its axis of points, in full."""
        aligned = self.aligned(operand)
        shape = (*shape_of(operand), self.count)
        if shape_of(aligned) == shape:
            return aligned
        if not isinstance(aligned, Variable):
            return np.ascontiguousarray(np.broadcast_to(aligned, shape))
        result = self.new(shape, aligned.dtype)
        self.write(np.broadcast_to, [aligned], {"shape": shape}, result)
        return result

    def apply(self, function: Any, operands: Sequence[Any], parameters: Mapping[str, Any], like: Variable) -> Variable:
        result = self.new((*like.shape, self.count), like.dtype)
        self.write(function, operands, parameters, result)
        return result

    def write(self, function: Any, operands: Sequence[Any], parameters: Mapping[str, Any], result: Variable) -> None:
        primitive: Any = TABLE[function]
        self.equations.append(Equation(primitive, tuple(operands), parameters, (result,)))

    def new(self, shape: tuple[int, ...], dtype: Any) -> Variable:
        self.size += 1
        return Variable(self.size - 1, shape, dtype)


def _reduced(equation: Equation, count: int) -> Mapping[str, Any]:
    axis = equation.parameters.get("axis")
    rank = len(shape_of(equation.operands[0]))
    if axis is None:
        return {"axis": tuple(range(rank))}
    return {"axis": tuple(each % rank for each in (axis if isinstance(axis, tuple) else (axis,)))}


def _shaped(equation: Equation, count: int) -> Mapping[str, Any]:
    if equation.parameters.get("order", "C") != "C":
        raise NotLowered("np.reshape of columns")
    return {"shape": (*equation.outputs[0].shape, count)}


def _transposed(equation: Equation, count: int) -> Mapping[str, Any]:
    rank = len(equation.outputs[0].shape)
    axes = equation.parameters.get("axes")
    return {"axes": (*(reversed(range(rank)) if axes is None else (each % rank for each in axes)), rank)}


def _joined(equation: Equation, count: int) -> Mapping[str, Any]:
    axis = equation.parameters.get("axis", 0)
    if axis is None:
        raise NotLowered("np.concatenate of all entries")
    return {"axis": axis % len(equation.outputs[0].shape)}


def _gathered(equation: Equation, count: int) -> Mapping[str, Any]:
    return {"template": _without_ellipsis(equation.parameters["template"], len(shape_of(equation.operands[0])))}


def _scattered(equation: Equation, count: int) -> Mapping[str, Any]:
    shape = equation.parameters["shape"]
    return {"template": _without_ellipsis(equation.parameters["template"], len(shape)), "shape": (*shape, count)}


def _accumulated(equation: Equation, count: int) -> Mapping[str, Any]:
    shape = equation.parameters["shape"]
    templates = tuple(_without_ellipsis(template, len(shape)) for template in equation.parameters["templates"])
    return {"templates": templates, "shape": (*shape, count)}


def _without_ellipsis(template: tuple[Any, ...], rank: int) -> tuple[Any, ...]:
    """Write all axes of an index out, so that one may follow."""
    if HOLE in template:
        raise NotLowered("indexing by arrays")
    used = sum(part is not None and part is not Ellipsis for part in template)
    rest = (slice(None),) * (rank - used)
    if Ellipsis not in template:
        return (*template, *rest)
    at = template.index(Ellipsis)
    return (*template[:at], *rest, *template[at + 1 :])


_PARAMETERS: Mapping[Any, Callable[[Equation, int], Mapping[str, Any]]] = {
    **dict.fromkeys(REDUCTIONS, _reduced),
    np.reshape: _shaped,
    np.broadcast_to: _shaped,
    np.transpose: _transposed,
    np.stack: _joined,
    np.concatenate: _joined,
    gather: _gathered,
    scatter: _scattered,
    accumulate: _accumulated,
}
"""The parameters that change where an axis of points follows the others."""
