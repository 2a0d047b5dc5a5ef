"""Cases of functions that rearrange, join, split, pad and repeat."""

from typing import Any

import numpy as np

from difflab.primitives.indexing import HOLE, accumulate, gather, scatter
from tests.primitives.case import Case
from tests.primitives.points import positive, spread

VECTOR, MATRIX, STACK = spread(5), spread(3, 4), spread(2, 3, 4)
OTHER = spread(3, 4, seed=1)


def _case(function: Any, *operands: Any, note: str = "", call: Any = None, **parameters: Any) -> Case:
    return Case(function, operands, parameters, call, note=note)


def _joined(function: Any, *operands: Any, **parameters: Any) -> Case:
    return _case(function, *operands, call=lambda *arrays, **options: function(arrays, **options), **parameters)


_RESHAPED = [
    *(_case(np.reshape, MATRIX, shape=shape, order=order) for shape in ((2, -1), (-1,), (2, 3, 2)) for order in "CF"),
    _case(np.reshape, np.array(0.5), shape=(1, 1)),
    _case(np.reshape, spread(1), shape=()),
    *(_case(np.ravel, STACK, order=order) for order in "CF"),
    *(_case(np.expand_dims, MATRIX, axis=axis) for axis in (0, -1, (0, -1), (1, 2))),
    _case(np.squeeze, spread(1, 3, 1)),
    *(_case(np.squeeze, spread(1, 3, 1), axis=axis) for axis in (0, -1, (0, 2))),
    *(_case(np.atleast_1d, x) for x in (np.array(0.5), VECTOR)),
    *(_case(np.atleast_2d, x) for x in (np.array(0.5), VECTOR, MATRIX)),
    *(_case(np.atleast_3d, x) for x in (np.array(0.5), VECTOR, MATRIX, STACK)),
    _case(np.atleast_3d, VECTOR, MATRIX),
    *(_case(np.broadcast_to, x, shape=(2, 3, 4)) for x in (np.array(0.5), spread(4), MATRIX, spread(2, 1, 1))),
    _case(np.broadcast_arrays, MATRIX, spread(2, 1, 1)),
    *(
        _case(np.meshgrid, VECTOR, spread(3), indexing=order, sparse=thin)
        for order in ("xy", "ij")
        for thin in (False, True)
    ),
    _case(np.meshgrid, VECTOR, spread(3), spread(2)),
    _case(np.meshgrid, VECTOR),
]
_REORDERED = [
    *(_case(np.transpose, STACK, axes=axes) for axes in (None, (1, -1, 0), (2, 0, 1))),
    _case(np.matrix_transpose, STACK),
    _case(np.swapaxes, STACK, axis1=0, axis2=-1),
    *(_case(np.moveaxis, STACK, source=a, destination=b) for a, b in ((0, -1), ([0, 1], [-1, 0]), ((2, 0), (0, 1)))),
    *(_case(np.rollaxis, STACK, axis=axis, start=start) for axis, start in ((2, 0), (0, 3), (-1, 1), (0, -1), (1, 1))),
    *(_case(np.flip, STACK, axis=axis) for axis in (None, 0, (0, -1))),
    _case(np.flipud, MATRIX),
    _case(np.fliplr, MATRIX),
    *(_case(np.rot90, STACK, k=k, axes=(2, 0)) for k in range(-1, 4)),
    *(
        _case(np.roll, MATRIX, shift=shift, axis=axis)
        for shift, axis in ((2, None), (-7, 1), ((1, -2), (0, 1)), (1, (0, 1)))
    ),
]
_JOINED = [
    *(_joined(np.stack, MATRIX, OTHER, axis=axis) for axis in (0, 1, -1)),
    *(_joined(np.concatenate, MATRIX, OTHER, axis=axis) for axis in (0, 1, -1)),
    _joined(np.concatenate, MATRIX, VECTOR, axis=None),
    _case(np.concatenate, VECTOR, call=lambda x: np.concatenate([np.ones((2, 2)), x], axis=None), note="constant"),
    _case(np.concatenate, MATRIX, call=lambda x: np.concatenate([x, np.arange(4.0)[None], x]), note="twice"),
    *(_joined(f, VECTOR, VECTOR) for f in (np.vstack, np.hstack, np.dstack, np.column_stack)),
    *(_joined(f, MATRIX, OTHER) for f in (np.vstack, np.hstack, np.dstack, np.column_stack)),
    _joined(np.column_stack, spread(3), MATRIX),
    *(_case(np.append, MATRIX, OTHER, axis=axis) for axis in (None, 0, 1)),
    _case(np.block, MATRIX, OTHER, call=lambda a, b: np.block([[a, b], [b, 2 * a]])),
    _case(np.block, MATRIX, call=lambda a: np.block([[a[0, 0], 3.0], [a[1, 0], a[2, 3]]]), note="entries"),
    _case(np.block, STACK, MATRIX, call=lambda a, b: np.block([[[a]], [[b]]]), note="ranks"),
    _case(np.block, VECTOR, call=lambda a: np.block([a, a[0], 3.0]), note="flat"),
    *(_case(np.split, MATRIX, indices_or_sections=2, axis=axis) for axis in (1, -1)),
    *(_case(np.array_split, VECTOR, indices_or_sections=where) for where in (3, [1, 1, 4, 9], 7)),
    _case(np.vsplit, MATRIX, indices_or_sections=3),
    *(_case(np.hsplit, x, indices_or_sections=[1, 3]) for x in (VECTOR, MATRIX)),
    _case(np.dsplit, STACK, indices_or_sections=2),
    _case(np.unstack, MATRIX, axis=-1),
]
_REPEATED = [
    *(
        _case(np.pad, MATRIX, pad_width=((1, 2), (0, 3)), mode=mode)
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ),
    *(_case(np.pad, MATRIX, pad_width=width) for width in (2, (1, 2), ((1, 2), (0, 3)))),
    _case(np.pad, MATRIX, pad_width=((1, 2), (0, 3)), constant_values=((1, 2), (3, 4))),
    *(_case(np.tile, MATRIX, reps=reps) for reps in (2, (2, 1, 3), (2, 2), ())),
    *(_case(np.repeat, MATRIX, repeats=n, axis=axis) for n, axis in ((3, None), ([1, 0, 2], 0), (2, -1))),
    *(_case(np.resize, VECTOR, new_shape=shape) for shape in ((3, 3), 3)),
]
_DIAGONALS = [
    *(_case(f, x, k=k) for f in (np.tril, np.triu) for x in (MATRIX, STACK) for k in (-1, 0, 2)),
    _case(np.triu, VECTOR),
    *(_case(np.diag, x, k=k) for x in (VECTOR, MATRIX) for k in (-2, 0, 1)),
    *(_case(np.diagonal, STACK, offset=k, axis1=a, axis2=b) for k, a, b in ((0, 0, 1), (-1, 2, 1), (9, 0, 1))),
    _case(np.linalg.diagonal, STACK, offset=1),
    _case(np.diagflat, MATRIX, k=1),
]
_CREATED = [
    *(_case(f, MATRIX, call=lambda x, f=f: f(x) * x) for f in (np.zeros_like, np.ones_like)),
    _case(np.empty_like, MATRIX, call=lambda x: np.sum(np.empty_like(x, shape=(0,))) * x),
    _case(np.full_like, VECTOR, call=lambda x: np.full_like(x, x[0], shape=(2, 3))),
    _case(np.copy, MATRIX),
    *(
        _case(np.astype, MATRIX, call=lambda x, kind=kind: x.astype(kind) * x, note=str(kind))
        for kind in (float, int, bool)
    ),
    *(
        _case(np.linspace, VECTOR, spread(5, seed=1), num=4, endpoint=end, axis=axis)
        for end in (False, True)
        for axis in (0, -1)
    ),
    _case(np.linspace, VECTOR, call=lambda x: np.linspace(x, 3.0, 1), note="one"),
    _case(np.linspace, VECTOR, call=lambda x: np.linspace(0.0, x, 3, retstep=True), note="step"),
    *(
        Case(f, (positive(2), positive(2, seed=1)), {"num": 4}, value_tolerance=1e-14)
        for f in (np.logspace, np.geomspace)
    ),
]
_INDEXED = [
    _case(gather, STACK, template=(slice(None, None, -1), 1)),
    _case(scatter, VECTOR, np.array([3, 0, 3, 6, 3]), template=(HOLE,), shape=(7,)),
    _case(accumulate, VECTOR, VECTOR, templates=((slice(1, 6),), (slice(None, 5),)), shape=(7,)),
]

CASES = _RESHAPED + _REORDERED + _JOINED + _REPEATED + _DIAGONALS + _CREATED + _INDEXED
