"""A graph as a program of this machine that Python calls with arrays."""

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from ...engines.graph import Graph, Variable
from ...types import Array
from .entrance import Entrance, entrance_text, layout_is_known
from .machine import Code
from .schedule import NotLowered
from .writer import written

LONG = 20_000
"""Entries computed, all equations together, from which other threads of Python may run meanwhile."""


class Program:
    """A compiled graph without guards.

    Args:
        graph: what it computes; constant outputs are copied.

    Raises:
        NotLowered: an equation is none that programs have.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: np.sum(x * x), (np.ones(3),), 0).point((np.ones(3),))
    >>> Program(trace(at))([np.array([1.0, 2.0, 3.0])])
    [np.float64(14.0)]
    """

    def __init__(self, graph: Graph):
        if not layout_is_known():
            raise NotLowered("arrays as this build of Python lays them out")
        program = written(graph)
        self.constants = program.constants
        self._inputs = [variable.dtype if variable.shape else None for variable in graph.inputs]
        self._kinds = [(variable.shape, variable.dtype) for variable in graph.outputs if isinstance(variable, Variable)]
        self._outputs = [None if isinstance(output, Variable) else output for output in graph.outputs]
        self._all_computed = len(self._kinds) == len(self._outputs)
        arguments = [*(dtype is None for dtype in self._inputs), *[False] * (len(self._kinds) + len(self.constants))]
        work = sum(int(np.prod(x.shape)) for equation in graph.equations for x in equation.outputs)
        entrance = entrance_text(arguments, program.bytes, is_long=work > LONG)
        self._entrance = Entrance(Code(program.text + entrance, has_loops=program.has_loops))

    def __call__(self, inputs: Sequence[Array]) -> list[Array]:
        """Compute the outputs: arrays of their own, and numbers."""
        results = [np.empty(shape, dtype) for shape, dtype in self._kinds]
        self._entrance.call(*map(_passed, inputs, self._inputs), *results, *self.constants)
        computed = [result if result.shape else result[()] for result in results]
        if self._all_computed:
            return computed
        waiting = iter(computed)
        return [next(waiting) if output is None else copy(output) for output in self._outputs]


def _passed(value: Any, dtype: Any) -> Any:
    """Give what the program reads: a number, or an array whose entries stand one after the other in a dtype."""
    if dtype is None:
        return value[()] if type(value) is np.ndarray else value
    return value if value.dtype is dtype and value.flags.carray else np.require(value, dtype, ["C", "A"])
