"""Indexing: `x[…]`, and its transpose.

An index is split into a template of what is static (slices, integers, new axes) and the index
arrays, which are operands, because they may themselves be computed by traced code.
"""

from collections.abc import Sequence
from operator import index as as_integer
from typing import Any

import numpy as np

from ..arrays import assign, beside, place_of
from ..pool import zeros
from ..types import Array
from .batching import item_by_item
from .dispatching import dispatching
from .index_batching import batch_gather, batch_replace, batch_scatter
from .index_template import HOLE, Template, is_mask, join_index
from .layout import VariadicLayout
from .table import general, linear, multilinear

__all__ = [
    "GATHER",
    "HOLE",
    "REPLACE",
    "Template",
    "accumulate",
    "gather",
    "join_index",
    "looked_at",
    "replace",
    "scatter",
    "split_index",
    "take_index",
]


def split_index(index: Any) -> tuple[Template, list[Array]]:
    """Split `index` into its static template and its index arrays."""
    if type(index) is int:
        return (index,), []
    template: list[Any] = []
    arrays = []
    for part in index if isinstance(index, tuple) else (index,):
        if part is None or part is Ellipsis or isinstance(part, (int, np.integer)):
            template.append(part)
        elif isinstance(part, slice):
            template.append(_static_slice(part))
        else:
            template.append(HOLE)
            arrays.append(_index_array(part))
    return tuple(template), arrays


def _static_slice(part: slice) -> slice:
    if type(part.start) in _STATIC and type(part.stop) in _STATIC and part.step is None:
        return part
    return slice(*(None if end is None else as_integer(end) for end in (part.start, part.stop, part.step)))


_STATIC = frozenset((int, type(None)))


def _index_array(part: Any) -> Array:
    if isinstance(part, (list, tuple)):
        return np.asarray(part, None if len(part) else int)
    return looked_at(part) if is_mask(part) else part


def looked_at(mask: Array) -> Array:
    """Give the plain array behind a mask that decides how many entries a result has.

    A trace is then guarded by the mask's entries, because it holds for results of that size alone.
    """
    while hasattr(mask, "guard"):
        mask = mask.guard()
    return mask


def _index_of(x: Array, template: Template, arrays: Sequence[Array]) -> Template:
    """Put index arrays back into the holes of a template, those of NumPy on the device that `x` is on."""
    return join_index(template, [beside(array, x) for array in arrays])


@dispatching
def gather(x: Array, *arrays: Array, template: Template) -> Array:
    """Give `x[index]`, the index being split as `split_index` does."""
    return _entries(x, *arrays, template=template)


def _entries(x: Array, *arrays: Array, template: Template) -> Array:
    return x[_index_of(x, template, arrays) if arrays else template]


@dispatching
def scatter(values: Array, *arrays: Array, template: Template, shape: tuple[int, ...]) -> Array:
    """Give zeros of `shape` with `values` added at the index; repeated entries add up. The transpose of `gather`."""
    result = zeros(shape, values.dtype, like=place_of(values, *arrays))
    _add_entries(result, values, values, result, *arrays, template=template)
    return result


def _add_entries(total: Array, values: Array, y: Array, x: Array, *arrays: Array, template: Template) -> None:
    if not arrays:
        total[template] += values
    elif all(map(is_mask, arrays)):  # no entry is named twice
        total[_index_of(total, template, arrays)] += values
    else:
        np.add.at(total, _index_of(total, template, arrays), values)


def take_index(x: Array, index: Any) -> Array:
    """Give `x[index]` for any index that NumPy allows."""
    template, arrays = split_index(index)
    return gather(x, *arrays, template=template)


def _gather_transpose(g: Array, position: int, x: Array, *arrays: Array, template: Template) -> Array:
    return scatter(g, *arrays, template=template, shape=x.shape)


def _scatter_transpose(g: Array, position: int, values: Array, *arrays: Array, template: Template, shape: Any) -> Array:
    return gather(g, *arrays, template=template)


GATHER = multilinear(
    gather, _gather_transpose, layout=VariadicLayout(gather, ("template",), "indexing x[…]"), batch=batch_gather
)
GATHER.compute = _entries
GATHER.accumulate = _add_entries
multilinear(
    scatter,
    _scatter_transpose,
    layout=VariadicLayout(scatter, ("template", "shape"), "the transpose of indexing"),
    batch=batch_scatter,
)


@dispatching
def accumulate(*values: Array, templates: tuple[Template, ...], shape: tuple[int, ...]) -> Array:
    """Give zeros of a shape with each of `values`, of one dtype, added at its index, which names no entry twice.

    The sum of many transposes of `gather`, in time linear in the entries added.
    """
    result = np.zeros(shape, values[0].dtype, like=place_of(*values))
    for value, template in zip(values, templates, strict=True):
        result[template] += value
    return result


def _accumulate_transpose(
    g: Array, position: int, *values: Array, templates: tuple[Template, ...], shape: Any
) -> Array:
    return gather(g, template=templates[position])


linear(
    accumulate,
    _accumulate_transpose,
    layout=VariadicLayout(accumulate, ("templates", "shape"), "the sum of transposes of indexing"),
    batch=item_by_item,
)


@dispatching
def replace(x: Array, values: Array, *arrays: Array, template: Template) -> Array:
    """Give `x` with `values` in place of its entries at the index; of entries named twice the last value stays."""
    result = np.array(x, like=place_of(x))
    assign(result, _index_of(x, template, arrays), values)
    return result


def _replace_jvp(
    tangents: Sequence[Any], y: Array, x: Array, values: Array, *arrays: Array, template: Template
) -> Array:
    rest, new = (np.zeros_like(each) if t is None else t for t, each in zip(tangents[:2], (x, values), strict=True))
    return replace(rest, new, *arrays, template=template)


def _replace_vjp(
    g: Array, position: int, y: Array, x: Array, values: Array, *arrays: Array, template: Template
) -> Array:
    if position == 0:
        return replace(g, np.zeros((), g.dtype, like=place_of(g)), *arrays, template=template)
    return _only_last(gather(g, *arrays, template=template), arrays, template, x.shape)


def _only_last(flow: Array, arrays: Sequence[Array], template: Template, shape: tuple[int, ...]) -> Array:
    """Give 0 to values that another value at the same entry has overwritten."""
    if not any(np.ndim(array) for array in arrays):
        return flow
    numbers = np.arange(flow.size, like=place_of(flow)).reshape(flow.shape)
    stayed = replace(np.full_like(place_of(flow), -1, int, shape=shape), numbers, *arrays, template=template)
    return np.where(gather(stayed, *arrays, template=template) == numbers, flow, 0)


REPLACE = general(
    replace,
    _replace_jvp,
    _replace_vjp,
    layout=VariadicLayout(replace, ("template",), "item assignment x[…] = …"),
    batch=batch_replace,
    read=frozenset(range(2, 64)),
)
