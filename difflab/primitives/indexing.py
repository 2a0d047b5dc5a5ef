"""Indexing: `x[…]`, its transpose, and the functions that pick entries.

An index is split into a template of what is static (slices, integers, new axes) and the index
arrays, which are operands, because they may themselves be computed by traced code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..types import Array
from .dispatching import dispatching
from .layout import VariadicLayout
from .table import multilinear


class Hole:
    """Stands in a template for the next index array."""

    def __repr__(self) -> str:
        return "array"


HOLE = Hole()
Template = tuple[Any, ...]


def split_index(index: Any) -> tuple[Template, list[Array]]:
    """Split `index` into its static template and its index arrays."""
    template = []
    arrays = []
    for part in index if isinstance(index, tuple) else (index,):
        if part is None or part is Ellipsis or isinstance(part, (slice, int, np.integer)):
            template.append(part)
        else:
            template.append(HOLE)
            arrays.append(np.asarray(part) if isinstance(part, (list, tuple, bool)) else part)
    return tuple(template), arrays


def join_index(template: Template, arrays: Sequence[Array]) -> Template:
    """Put index arrays back into the holes of a template."""
    waiting = iter(arrays)
    return tuple(next(waiting) if part is HOLE else part for part in template)


@dispatching
def gather(x: Array, *arrays: Array, template: Template) -> Array:
    """Give `x[index]`, the index being split as `split_index` does."""
    return x[join_index(template, arrays)]


@dispatching
def scatter(values: Array, *arrays: Array, template: Template, shape: tuple[int, ...]) -> Array:
    """Give zeros of `shape` with `values` added at the index; repeated entries add up. The transpose of `gather`."""
    result = np.zeros(shape, values.dtype)
    index = join_index(template, arrays)
    if arrays:
        np.add.at(result, index, values)
    else:
        result[index] = values
    return result


def take_index(x: Array, index: Any) -> Array:
    """Give `x[index]` for any index that NumPy allows."""
    template, arrays = split_index(index)
    return gather(x, *arrays, template=template)


def _batch_gather(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    template = _behind_batch_axis(parameters["template"])
    if template is None or any(batched[1:]):
        return np.stack([primitive.evaluate([x, *operands[1:]], parameters) for x in operands[0]])
    return gather(operands[0], *operands[1:], template=template)


def _batch_scatter(
    primitive: Any, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    template = _behind_batch_axis(parameters["template"])
    if template is None or any(batched[1:]):
        return np.stack([primitive.evaluate([values, *operands[1:]], parameters) for values in operands[0]])
    shape = (len(operands[0]), *parameters["shape"])
    return scatter(operands[0], *operands[1:], template=template, shape=shape)


def _behind_batch_axis(template: Template) -> Template | None:
    """Index past a leading axis; None where NumPy would move the advanced indices' axes in front of it."""
    advanced = [n for n, part in enumerate(template) if part is HOLE or isinstance(part, (int, np.integer))]
    apart = HOLE in template and advanced[-1] - advanced[0] != len(advanced) - 1
    return None if apart else (slice(None), *template)


def _gather_transpose(g: Array, position: int, x: Array, *arrays: Array, template: Template) -> Array:
    return scatter(g, *arrays, template=template, shape=np.shape(x))


def _scatter_transpose(g: Array, position: int, values: Array, *arrays: Array, template: Template, shape: Any) -> Array:
    return gather(g, *arrays, template=template)


multilinear(gather, _gather_transpose, layout=VariadicLayout(gather, ("template",), "indexing x[…]"), batch=_batch_gather)
multilinear(
    scatter,
    _scatter_transpose,
    layout=VariadicLayout(scatter, ("template", "shape"), "the transpose of indexing"),
    batch=_batch_scatter,
)
