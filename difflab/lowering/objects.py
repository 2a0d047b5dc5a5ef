"""Running a trace in another arithmetic: object arrays whose entries are numbers of another library.

NumPy itself moves, adds and multiplies such entries; so whatever only rearranges entries, or is
linear in them, needs no lowering. The rest is told by two tables: functions that act entry by
entry, and functions of whole arrays.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..carrier import refuse_carriers
from ..engines.graph import Graph, Variable
from ..errors import UnsupportedFunction
from ..primitives.indexing import REPLACE
from ..primitives.primitive import Linear, Multilinear, Primitive
from ..types import Array


class ObjectArithmetic(ABC):
    """NumPy's functions on object arrays of another library's numbers.

    Arrays of integers and booleans (indices, masks) that come from comparing or sorting may stay
    as they are; floating-point arrays are lifted, without rounding.
    """

    library: ClassVar[str]
    remedy: ClassVar[str]
    """What to do about a function that is in neither table."""

    entrywise: Mapping[Any, Callable[..., Any]]
    """From NumPy function to what it does to numbers; parameters are passed by name."""
    whole: Mapping[Any, Callable[..., Any]]
    """From NumPy function to what it does to object arrays; parameters are passed by name."""

    @property
    @abstractmethod
    def special(self) -> Mapping[Any, Callable[..., Any]]:
        """What `entrywise` is for NumPy, for the functions of scipy.special."""

    @abstractmethod
    def number(self, value: Any) -> Any:
        """Take a Python number, or a number of the library, as a number of the library."""

    def lift(self, array: Array) -> Array:
        """Take an array or number as an object array of the library's numbers; refuse one of an outer derivative."""
        refuse_carriers([array])
        return each_entry(self.number, np.asarray(array).astype(object))

    def lower(self, graph: Graph) -> Graph:
        """Lift the floating-point constants of a graph, once for all its runs."""
        equations = [
            replace(equation, operands=tuple(self._constant(x) for x in equation.operands))
            for equation in graph.equations
        ]
        outputs = [x if isinstance(x, Variable) else self.lift(x) for x in graph.outputs]
        return replace(graph, equations=equations, outputs=outputs)

    def _constant(self, operand: Any) -> Any:
        if isinstance(operand, Variable) or is_discrete(operand):
            return operand
        return self.lift(operand)

    def run(self, primitive: Primitive, operands: Sequence[Any], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive, as `engines.graph.evaluate` asks."""
        if all(is_discrete(operand) for operand in operands):
            result = primitive.evaluate(operands, parameters)
            if is_discrete(result):
                return result
        if scalar := self._scalar(primitive):
            return each_entry(partial(scalar, **parameters), *(self.lift(operand) for operand in operands))
        if primitive.function in self.whole:
            return self.whole[primitive.function](*operands, **parameters)
        if isinstance(primitive, (Linear, Multilinear)) or primitive is REPLACE:
            return self.lift(primitive.evaluate(operands, parameters))
        return self.otherwise(primitive, operands, parameters)

    def otherwise(self, primitive: Primitive, operands: Sequence[Any], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive that is in no table; raises `UnsupportedFunction` unless a subclass knows how."""
        raise UnsupportedFunction(f"{primitive.name} cannot be lowered to {self.library}: {self.remedy}")

    def _scalar(self, primitive: Primitive) -> Callable[..., Any] | None:
        table = self.special if primitive.name.startswith("scipy.special.") else self.entrywise
        return table.get(primitive.function)


def as_array(value: Any) -> Array:
    """Take an object that NumPy has unpacked from an array without axes as such an array again."""
    if isinstance(value, np.ndarray):
        return value
    array = np.empty((), object)
    array[()] = value
    return array


def each_entry(function: Callable[..., Any], *arrays: Array) -> Array:
    """Apply a function of entries to object arrays, broadcast together."""
    with np.errstate(all="ignore"):  # NumPy would report what the other library does with floats on its way
        return as_array(np.frompyfunc(function, len(arrays), 1)(*arrays))


def is_discrete(operand: Any) -> bool:
    """Say whether an operand is made of integers or booleans (an index, a mask)."""
    return np.asarray(operand).dtype.kind in "biu"


def over_matrices(function: Callable[..., Any], *stacks: Array) -> Any:
    """Apply a function of matrices to stacks of them, over all leading axes broadcast together."""
    leading = np.broadcast_shapes(*(stack.shape[:-2] for stack in stacks))
    if not leading:
        return function(*stacks)
    spread = [np.broadcast_to(stack, leading + stack.shape[-2:]) for stack in stacks]
    results = [function(*(stack[at] for stack in spread)) for at in np.ndindex(*leading)]
    if isinstance(results[0], tuple):
        return tuple(_stacked(column, leading) for column in zip(*results, strict=True))
    return _stacked(results, leading)


def _stacked(results: Sequence[Array], leading: tuple[int, ...]) -> Array:
    together = np.stack([as_array(result) for result in results])
    return together.reshape(leading + together.shape[1:])


def along_axes(function: Callable[..., Any], x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """Apply a function of any number of entries to those along `axis` (None is all axes)."""
    axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    kept = [each for each in range(x.ndim) if each not in axes]
    shape = tuple(x.shape[each] for each in kept)
    rows = np.transpose(x, (*kept, *axes)).reshape(*shape, -1)
    result = np.empty(shape, object)
    for position in np.ndindex(*shape):
        result[position] = function(*rows[position])
    return np.expand_dims(result, axes) if keepdims else result
