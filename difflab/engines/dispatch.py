"""Who runs a primitive: the operand of the highest level.

Each transformation (a forward pass, a reverse sweep, a batch, a trace) takes the next level, so an
inner one is always above the outer ones that enclose it, and their perturbations are never
confused (Siskind and Pearlmutter 2005; levels as in JAX's Autodidax). Levels only count upwards:
nothing needs to be undone after an exception, and threads do not disturb each other.
"""

import itertools
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..array_likes import has_own_arithmetic, is_array_of_another_library, is_number_of_another_library
from ..arrays import MAKERS, made_beside
from ..carrier import Carrier
from ..primitives.layout import NO_PARAMETERS
from ..primitives.primitive import Fused, Primitive
from ..primitives.remedies import no_rule_for, no_rule_for_method
from ..primitives.table import TABLE, Composite, lookup
from ..types import Array
from .refusals import refuse_other_arithmetic
from .views import relate

EAGER = 1
"""The level of the tensors that people hold: below every transformation of a function that uses them."""

next_level = itertools.count(EAGER + 1).__next__
"""Give the level of a new transformation, above all before it."""


class Value(Carrier):
    """A value that a transformation passes through a function in place of an array.

    NumPy hands each call on such a value to `__array_ufunc__` or `__array_function__`, from where
    the call goes, in canonical form, to `process` of the operand of the highest level.
    """

    __slots__ = ("__weakref__", "level")

    level: int
    stands_for_array: ClassVar[bool] = False
    """Whether loops for arrays are run on what is behind it, as they are where a training step is recorded."""

    def takes(self, primitive: Primitive, operands: Sequence[Array]) -> bool:
        """Say whether `process` runs this primitive, not only those of its definition."""
        return not isinstance(primitive, Fused)

    @abstractmethod
    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to operands of which none has a higher level than this value."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__":
            row = TABLE.get(ufunc)
            if kwargs or row is None or isinstance(row, Composite):
                return call(ufunc, inputs, kwargs)
            return apply(row, inputs) if len(inputs) > 1 else self.process(row, inputs, NO_PARAMETERS)
        if (along_axis := _ALONG_AXIS.get((ufunc, method))) is not None:
            return call(along_axis, inputs, {"axis": 0, **kwargs})
        if method == "outer" and not kwargs:
            left, right = inputs
            return ufunc(np.reshape(left, np.shape(left) + (1,) * np.ndim(right)), right)
        raise no_rule_for_method(ufunc, method)

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if function is np.where and len(args) == 1:
            function = np.nonzero  # which np.where of a condition alone is
        if function in MAKERS:
            return made_beside(function, args, kwargs, self)
        return call(function, args, kwargs)


_ALONG_AXIS: dict[tuple[np.ufunc, str], Any] = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
    (np.logaddexp, "reduce"): np.logaddexp.reduce,
}


def apply(primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any] = NO_PARAMETERS) -> Any:
    """Apply a primitive to arrays and values."""
    top: Value | None = None
    level = 0
    for operand in operands:
        if isinstance(operand, Value):
            if operand.level > level:
                top, level = operand, operand.level
        elif (type(operand) is not np.ndarray or operand.dtype.char == "O") and gather(operand) is not operand:
            return apply(primitive, [gather(each) for each in operands], parameters)
    if top is None:
        return primitive.evaluate(operands, parameters)
    if primitive.definition is not None and not top.takes(primitive, operands):
        return primitive.definition(*operands, **parameters)
    return top.process(primitive, operands, parameters)


def call(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run a NumPy function some of whose arguments are values, by its row in the table."""
    row = TABLE.get(function) or lookup(function)
    if row is None:
        raise no_rule_for(function, args, kwargs)
    if isinstance(row, Composite):
        result = row(args, dict(kwargs))
    else:
        operands, parameters = row.layout.split(args, kwargs)
        result = apply(row, operands, parameters)
    if function is np.diagonal or (kwargs and kwargs.get("copy") is False):  # views in NumPy, computed as copies here
        relate(result, next(iter(args), None))
    return result


def gather(operand: Any) -> Array:
    """Join lists, and the object arrays that `np.array([x[0], x[1]])` makes, into one array or value.

    Fractions and numbers of other libraries become floats, and their arrays NumPy's; arrays with an arithmetic of
    their own (matrices, masked arrays, pandas) are refused.
    """
    if type(operand) in _NUMBERS or isinstance(operand, np.generic):
        return operand
    if has_own_arithmetic(operand):
        raise refuse_other_arithmetic(operand)
    if isinstance(operand, np.ndarray):
        if operand.dtype.char != "O":
            return operand
        if not any(isinstance(item, Value) for item in operand.flat):
            return operand.astype(float)
        return np.reshape(np.stack(list(operand.flat)), operand.shape)
    if isinstance(operand, (list, tuple)):
        if not any(isinstance(item, (Value, list, tuple, np.ndarray)) for item in operand):
            return np.asarray(operand)
        return np.stack([gather(item) for item in operand])
    if is_array_of_another_library(operand):
        return np.asarray(operand)
    return float(operand) if is_number_of_another_library(operand) else operand


_NUMBERS = frozenset((int, float, np.float64, np.float32))
