"""What reverse mode records and computes, counted: nodes of the tape, and scalar operations of run and sweep."""

import math
from collections.abc import Sequence
from copy import copy

import numpy as np

from ..engines.dispatch import next_level
from ..engines.graph import Equation, Graph
from ..engines.node import Node
from ..engines.recorded import Recorded
from ..engines.tape import sweep
from ..engines.trace import trace
from ..point import Point
from ..primitives.primitive import Constant, Elementwise, Linear, Multilinear
from ..signature import Signature
from ..structure import shape_of
from ..types import Array
from .case import Case

SUMS = (np.sum, np.mean, np.cumsum)
"""The linear functions that compute; the others only move entries."""


def tape_nodes(case: Case) -> int:
    """Count the primitives that one run of the function records; runs in the worker."""
    at = case.signature.point(case.arguments)
    outputs, _ = _recorded(at, at.leaves)
    found: set[Node] = set()
    waiting = [output.node for output in outputs if isinstance(output, Recorded)]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [parent for _, parent, _ in node.parents]
    return sum(node.primitive is not None for node in found)


def sweep_operations(case: Case) -> int:
    """Count the scalar operations of running the function forward and sweeping back once; runs in the worker.

    Both are traced: entries of elementwise results, entries summed, multiply-adds of products.
    """
    at = case.signature.point(case.arguments)

    def run_and_sweep(*leaves: Array) -> list[Array]:
        outputs, inputs = _recorded(at, leaves)
        ones = [np.ones(shape_of(output)) for output in outputs]
        arrived = [adjoint for adjoint in sweep(outputs, ones, inputs) if adjoint is not None]
        return [*(output.data if isinstance(output, Recorded) else output for output in outputs), *arrived]

    signature = Signature.of(run_and_sweep, at.leaves, tuple(range(len(at.leaves))))
    return operations(trace(signature.point(at.leaves)))


def operations(graph: Graph) -> int:
    """Count the scalar operations of a trace."""
    return sum(map(_operations, graph.equations))


def _recorded(at: Point, leaves: Sequence[Array]) -> tuple[list[Array], list[Recorded]]:
    level = next_level()
    inputs = [Recorded(level, leaf) for leaf in leaves]
    return at.call([copy(x) for x in inputs]), inputs


def _operations(equation: Equation) -> int:
    made = sum(math.prod(output.shape) for output in equation.outputs)
    read = [math.prod(shape_of(operand)) for operand in equation.operands]
    match equation.primitive:
        case Elementwise():
            return made
        case Multilinear():
            return 2 * math.isqrt(made * math.prod(read))  # n·k, k·m and n·m entries: n·k·m multiply-adds
        case Linear():
            return sum(read) if equation.primitive.function in SUMS else 0
        case Constant():
            return 0
        case _:
            return max(made, *read)
