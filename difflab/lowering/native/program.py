"""A graph as a program of this machine that Python calls with arrays."""

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from ...engines.graph import Graph, Variable
from ...pool import empty
from ...types import Array
from .entrance import UNFIT, Entrance, entrance_text, expected, layout_is_known
from .schedule import NotLowered
from .writer import written

LONG = 20_000
"""Entries computed, all equations together, from which other threads of Python may run meanwhile."""


class Program:
    """A compiled graph without guards.

    Args:
        graph: what it computes; constant outputs are copied.
        has_status: whether the last output is a whole number that is given apart.
        is_draft: whether it shall be there soon; `finish` makes it fast.

    Raises:
        NotLowered: an equation is none that programs have.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: np.sum(x * x), (np.ones(3),), 0).point((np.ones(3),))
    >>> Program(trace(at))([np.array([1.0, 2.0, 3.0])])
    [np.float64(14.0)]
    """

    def __init__(self, graph: Graph, *, has_status: bool = False, is_draft: bool = False):
        if not layout_is_known():
            raise NotLowered("arrays as this build of Python lays them out")
        program = written(graph, has_status=has_status)
        self.constants = program.constants
        self.inputs = [(variable.shape, variable.dtype) for variable in graph.inputs]
        results = graph.outputs[:-1] if has_status else graph.outputs
        self.results = [(x.shape, x.dtype) for x in results if isinstance(x, Variable)]
        self._constant_results = [None if isinstance(x, Variable) else x for x in results]
        variables = [*graph.inputs, *(x for equation in graph.equations for x in equation.outputs), *self.constants]
        self.is_mixed = any(x.dtype == np.float32 for x in variables)
        """Whether there are numbers of single precision in it."""
        self.has_constant_results = len(self.results) < len(results)
        work = sum(int(np.prod(x.shape)) for equation in graph.equations for x in equation.outputs)
        entrance = entrance_text(
            [expected(*each) for each in self.inputs],
            len(self.results) + len(self.constants),
            program.bytes,
            is_long=work > LONG,
        )
        self.entrance = Entrance(program.text + entrance, has_loops=program.has_loops, is_draft=is_draft)

    def finish(self) -> None:
        """Make a draft as fast as it gets; it answers meanwhile."""
        self.entrance.finish()

    def run(self, inputs: Sequence[Array]) -> tuple[list[Array], int]:
        """Compute the outputs, arrays of their own and numbers, and the status (0 if there is none)."""
        results = [empty(shape, dtype) for shape, dtype in self.results]
        status = self.entrance.call(*inputs, *results, *self.constants)
        if status == UNFIT:
            fitting = [_as_expected(value, *each) for value, each in zip(inputs, self.inputs, strict=True)]
            status = self.entrance.call(*fitting, *results, *self.constants)
            assert status != UNFIT
        computed = [result if result.shape else result[()] for result in results]
        if self.has_constant_results:
            waiting = iter(computed)
            computed = [next(waiting) if each is None else copy(each) for each in self._constant_results]
        return computed, status

    def __call__(self, inputs: Sequence[Array]) -> list[Array]:
        """Compute the outputs."""
        return self.run(inputs)[0]


def _as_expected(value: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Give a number, or an array whose entries stand one after the other, of a dtype.

    Raises:
        ValueError: the shape is another.
    """
    dtype = np.dtype(dtype.type)  # the one object that programs compare with: others are equal to it
    array = np.require(value, dtype, ["C", "A"]).view(dtype, np.ndarray)
    if np.shape(value) != shape:
        raise ValueError(f"A program for an array of shape {shape} was called with one of shape {np.shape(value)}.")
    return array if shape else array[()]
