"""Dropping what only shows the same entries in another shape, or repeats them where they would be repeated anyway.

All is exact, but for the sign of a zero where nobody can notice it (see `zeros`): a sum over axes of length 1, and the
transpose of an index that takes all entries, give 0 for −0. A matrix of one column is multiplied as a vector.
"""

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...primitives.arguments import axis_numbers
from ...primitives.indexing import gather, scatter
from ...primitives.primitive import Constant, Elementwise
from ...primitives.table import TABLE
from ...structure import shape_of
from ..graph import Graph, Variable
from .rewriting import Rules, Walk, rewritten


def simplify_layout(graph: Graph) -> Graph:
    """Drop reshapes, transposes, repetitions, indices and sums that leave the entries as they are.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: np.sum(x[None].T * 2, axis=1), (np.ones(3),), 0).point((np.ones(3),))
    >>> [equation.primitive.name for equation in trace(at).equations]
    ['indexing x[…]', 'np.transpose', 'np.multiply', 'np.sum']
    >>> [equation.primitive.name for equation in simplify_layout(trace(at)).equations]
    ['np.reshape', 'np.transpose', 'np.multiply', 'np.reshape']
    """
    return rewritten(graph, RULES)


def _by_rows(walk: Walk, x: Variable) -> Any:
    """Give the entries of x, row by row, in the shape of the result: from where they are in this order first."""
    return walk.reshape(_first_by_rows(walk, x), walk.now.outputs[0].shape)


def _first_by_rows(walk: Walk, x: Variable) -> Variable:
    while (made := walk.made.get(x)) is not None and made.primitive.function is np.reshape and _is_by_rows(made):
        x = made.operands[0]
    return x


def _is_by_rows(equation: Any) -> bool:
    return bool(equation.parameters.get("order", "C") == "C") and type(equation.operands[0]) is Variable


def _reshape(walk: Walk, x: Variable) -> Any:
    shape = walk.now.outputs[0].shape
    if not _is_by_rows(walk.now):
        return None
    return x if x.shape == shape else None if _first_by_rows(walk, x) is x else _by_rows(walk, x)


def _indexing(walk: Walk, x: Any, *arrays: Any) -> Any:
    """Take an index that takes all entries, row by row, for a reshape, and an entry of a stack as it was stacked."""
    template = walk.now.parameters["template"]
    if not arrays and _takes_all(walk, x, template):
        return _by_rows(walk, x)
    if len(template) == 1 and type(template[0]) is int and (stacked := walk.operands_of(np.stack, x)):
        return stacked[template[0]] if walk.made[x].parameters.get("axis", 0) == 0 else None
    return None


def _transposed_indexing(walk: Walk, x: Any, *arrays: Any) -> Any:
    is_all = not arrays and _takes_all(walk, x, walk.now.parameters["template"])
    return _by_rows(walk, x) if is_all and walk.zeros_are_free() else None


def _takes_all(walk: Walk, x: Any, template: Sequence[Any]) -> bool:
    is_turned = any(isinstance(part, slice) and part.step is not None and part.step < 0 for part in template)
    return not is_turned and _has_as_many(walk, x)


def _has_as_many(walk: Walk, x: Any) -> bool:
    """Say whether a variable has as many entries as the result, and any."""
    return type(x) is Variable and 0 < math.prod(x.shape) == math.prod(walk.now.outputs[0].shape)


def _transpose(walk: Walk, x: Variable) -> Any:
    axes = _axes(walk.now)
    if (inner := walk.operand_of(np.transpose, x)) is not None:
        order = _axes(walk.made[x])
        x, axes = inner, tuple(order[axis] for axis in axes)
    if axes == tuple(range(len(axes))):
        return x
    return None if inner is None else walk.apply(np.transpose, [x], walk.now.outputs[0].shape, x.dtype, {"axes": axes})


def _axes(equation: Any) -> tuple[int, ...]:
    """Give the order of axes of a transpose."""
    rank, axes = len(equation.outputs[0].shape), equation.parameters.get("axes")
    return tuple(range(rank))[::-1] if axes is None else axis_numbers(axes, rank)


def _reduction(walk: Walk, x: Any) -> Any:
    """Drop axes of length 1 in place of reducing over them."""
    is_free = walk.now.primitive.function is not np.sum or walk.zeros_are_free()
    return _by_rows(walk, x) if _has_as_many(walk, x) and is_free else None


def _once(walk: Walk, x: Any) -> Any:
    """Give what is repeated to x, or x without axes of length 1 in front."""
    while (made := walk.made.get(x) if type(x) is Variable else None) is not None:
        function, source = made.primitive.function, made.operands[0]
        is_longer = function is np.reshape and x.shape == (1,) * (len(x.shape) - len(shape_of(source))) + shape_of(
            source
        )
        if function is not np.broadcast_to and not (is_longer and _is_by_rows(made)):
            break
        x = source
    return x


def _repetition(walk: Walk, x: Variable) -> Any:
    shape = walk.now.outputs[0].shape
    source = _once(walk, x)
    if source.shape == shape:
        return source
    return None if source is x else walk.apply(np.broadcast_to, [source], shape, source.dtype, {"shape": shape})


def _entry_by_entry(walk: Walk, *operands: Any) -> Any:
    """Leave it to the function to repeat its operands, where another has the shape of the result."""
    now = walk.now
    shape = now.outputs[0].shape
    if not shape:
        return None
    result = list(operands)
    for n, x in enumerate(operands):
        source = _once(walk, x)
        if source is not x and np.broadcast_shapes(*map(shape_of, [*result[:n], source, *result[n + 1 :]])) == shape:
            result[n] = source
    if all(map(operator.is_, result, operands)):
        return None
    return walk.apply(now.primitive.function, result, shape, now.outputs[0].dtype, now.parameters)


def _matmul(walk: Walk, a: Any, b: Any) -> Any:
    """Multiply with a vector where a matrix of one column, or row, stands for one."""
    now = walk.now.outputs[0]
    column, row = walk.operand_of(np.reshape, b), walk.operand_of(np.reshape, a)
    if len(shape_of(b)) == 2 and b.shape[1] == 1 and shape_of(column) == b.shape[:1]:
        return walk.reshape(walk.apply(np.matmul, [a, column], now.shape[:-1], now.dtype), now.shape)
    if len(shape_of(a)) == 2 and a.shape[0] == 1 and shape_of(row) == a.shape[1:]:
        shape = now.shape[:-2] + now.shape[-1:] if len(shape_of(b)) > 1 else ()
        return walk.reshape(walk.apply(np.matmul, [row, b], shape, now.dtype), now.shape)
    return None


def _same(walk: Walk, x: Any) -> Any:
    return x


def _repeats_operands(function: Any) -> bool:
    """Say whether a function of several operands acts entry by entry."""
    row = TABLE[function]
    of_entries = isinstance(row, Elementwise) and len(row.differentials) > 1
    return of_entries or (isinstance(row, Constant) and isinstance(function, np.ufunc) and function.nin > 1)


RULES: Rules = {
    **dict.fromkeys(filter(_repeats_operands, TABLE), (_entry_by_entry,)),
    **dict.fromkeys((np.sum, np.prod, np.max, np.min, np.all, np.any), (_reduction,)),
    **dict.fromkeys((np.positive, np.copy, np.astype, np.conjugate), (_same,)),
    np.reshape: (_reshape,),
    gather: (_indexing,),
    scatter: (_transposed_indexing,),
    np.transpose: (_transpose,),
    np.broadcast_to: (_repetition,),
    np.matmul: (_matmul,),
}
