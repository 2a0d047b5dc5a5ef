"""Cases of indexing, picking, sorting, and calculus with samples."""

from typing import Any

import numpy as np

from difflab.primitives.cumulative import linear_recurrence
from difflab.primitives.indexing import HOLE, gather, join_index, replace, split_index
from tests.primitives.case import Case
from tests.primitives.points import positive, spread

VECTOR, MATRIX, STACK = spread(5), spread(3, 4), spread(2, 3, 4)
MASK = MATRIX > 0.2

INDICES: dict[str, Any] = {
    "integer": 1,
    "negative": (-1, -2),
    "ellipsis": (..., -1),
    "all": (),
    "slices": (slice(None, None, -1), slice(1, None), slice(None, None, 2)),
    "new axes": (slice(None), None, 1, ..., None),
    "list": [1, 0, 1],
    "empty list": [],
    "array": (slice(None), np.array([[0, -1], [2, 2]])),
    "number array": np.array(1),
    "together": (slice(None), [0, 2], [1, -1]),
    "apart": ([0, 1, 1], slice(None), [0, -1, 2]),
    "apart from an integer": (0, slice(None), [0, -1, 2]),
    "apart by a new axis": ([0, 1], None, slice(None), [0, 2]),
    "apart, broadcast": ([[0], [1]], slice(None, None, -1), [0, -1, 2]),
    "mask": STACK > 0,
    "mask of some axes": (slice(None), MASK),
    "mask and integers": (np.array([True, False]), slice(None), [0, 3]),
    "mask of first axes": (STACK > 0)[..., 0],
    "all out": np.zeros((2, 3, 4), bool),
    "true": True,
    "false": np.False_,
    "true and integer": (True, 0),
    "open mesh": np.ix_([0, 1], [2, 0], [1, 3]),
}
"""Of an array of shape (2, 3, 4)."""


def _case(function: Any, *operands: Any, note: str = "", call: Any = None, **parameters: Any) -> Case:
    return Case(function, operands, parameters, call, note=note)


def _near(function: Any, *operands: Any, note: str = "", call: Any = None, **parameters: Any) -> Case:
    return Case(function, operands, parameters, call, value_tolerance=1e-14, note=note)


_INDEXED = [
    *(_case(gather, STACK, call=lambda x, index=index: x[index], note=note) for note, index in INDICES.items()),
    _case(gather, MATRIX, call=lambda x: x[x > 0.2], note="own mask"),
    _case(gather, MATRIX, call=lambda x: x[np.argmax(x, 0), 1], note="own argmax"),
    _case(gather, MATRIX, call=lambda x: x[x[:, 0].argsort()][::-1], note="own order"),
]


def _replaced(index: Any, note: str) -> Case:
    template, arrays = split_index(index)
    values = spread(*STACK[join_index(template, arrays)].shape, seed=1)

    def call(x: Any, values: Any) -> Any:
        return replace(x, values, *arrays, template=template)

    return Case(replace, (STACK, values), call=call, note=note)


_REPLACED = [
    *(_replaced(index, note) for note, index in INDICES.items()),
    _case(replace, STACK, spread(3, 1, seed=1), template=(slice(None), slice(None), slice(1, 3)), note="broadcast"),
    _case(replace, STACK, np.array(0.5), template=(..., 0), note="one number"),
    _case(replace, STACK, spread(2, 3, 2, seed=1), np.array([3, 3]), template=(..., HOLE), note="named twice"),
    _case(
        replace,
        MATRIX,
        call=lambda x: replace(x, x[0], x[:, 0].argsort(), template=(HOLE, slice(None))),
        note="own order",
    ),
]
_PICKED = [
    *(_case(np.take, STACK, indices=[[0, -1], [2, 2]], axis=axis) for axis in (None, 1, -1)),
    *(_case(np.take, VECTOR, indices=[7, -9, 2], mode=mode) for mode in ("wrap", "clip")),
    _case(np.take, VECTOR, indices=2),
    _case(np.take_along_axis, MATRIX, indices=np.array([[1], [0], [2]]), axis=1),
    _case(np.take_along_axis, MATRIX, indices=np.array([3, 3]), axis=None),
    _case(np.compress, MATRIX, call=lambda x: np.compress([True, False, True], x, axis=0)),
    _case(np.extract, MATRIX, call=lambda x: np.extract(MASK, x)),
    *(_case(np.delete, MATRIX, obj=obj, axis=axis) for obj, axis in ((1, 0), ([0, -1], 1), (slice(1, 3), None))),
    _case(np.nonzero, MATRIX, call=lambda x: x[np.nonzero(x * MASK)]),
    _case(np.argwhere, MATRIX, call=lambda x: x[tuple(np.argwhere(x * MASK).T)]),
    _case(np.flatnonzero, MATRIX, call=lambda x: x.ravel()[np.flatnonzero(x * MASK)]),
]
_INSERTED = [
    *(_case(np.insert, MATRIX, obj, 0.5, axis) for obj, axis in ((1, 0), (-1, 1), ([0, 3], 1), (slice(0, 2), None))),
    _case(np.insert, VECTOR, [3, 0], np.array([0.5, 0.6])),
    _case(np.insert, MATRIX, 1, spread(2, 4), 0),
    _case(np.insert, VECTOR, 2, spread(3)),
    _case(np.bincount, np.array([3, 0, 3]), positive(3), minlength=6),
    _case(np.bincount, VECTOR, call=lambda x: x[0] * np.bincount((x * x).astype(int) + 1), note="own numbers"),
    _case(np.bincount, VECTOR, call=lambda x: np.bincount((x * x).astype(int), weights=x), note="own numbers, weights"),
    *(_case(np.apply_along_axis, STACK, call=lambda x, n=n: np.apply_along_axis(np.cumsum, n, x)) for n in (0, 1, -1)),
    _case(np.apply_along_axis, STACK, call=lambda x: np.apply_along_axis(np.sum, 1, x), note="to numbers"),
    _case(np.apply_along_axis, STACK, call=lambda x: np.apply_along_axis(np.outer, 1, x, VECTOR), note="to matrices"),
]
_SORTED = [
    *(_case(np.sort, STACK, axis=axis) for axis in (None, 0, -1)),
    *(_case(np.argsort, STACK, axis=axis) for axis in (None, 0, -1)),
    *(_case(f, STACK, kth=1, axis=axis) for f in (np.partition, np.argpartition) for axis in (None, 0)),
    _case(np.searchsorted, np.sort(VECTOR), spread(3, seed=1), side="right"),
    _case(np.digitize, VECTOR, np.array([-0.5, 0.1, 0.5])),
    _case(np.isin, VECTOR, np.array([VECTOR[0], 7.0])),
    _case(np.unravel_index, MATRIX, call=lambda x: x[np.unravel_index(np.argmax(x), x.shape)]),
    *(_case(f, MATRIX, axis=1) for f in (np.nanargmax, np.nanargmin)),
    _case(np.isclose, VECTOR, spread(5, seed=1), atol=0.5),
    *(Case(f, (VECTOR, VECTOR + 1e-12), differentiable=False) for f in (np.array_equal, np.allclose)),
    Case(np.array_equal, (VECTOR, VECTOR), differentiable=False),
    Case(np.array_equal, (VECTOR, MATRIX), differentiable=False),
]
_TIMES = np.cumsum(positive(4))
_KNOTS = np.array([0.0, 1.0, 2.5, 3.0])
_BETWEEN = np.array([[-1.0, 0.5], [2.7, 9.0]])
_SAMPLED = [
    *(_case(np.diff, STACK, n=n, axis=axis) for n in (0, 1, 2) for axis in (0, -1)),
    _case(np.diff, VECTOR, prepend=0.5, append=np.array([1.0, 2.0])),
    _case(np.diff, MATRIX, spread(3, 1), call=lambda x, first: np.diff(x, prepend=first), note="prepend moves"),
    _case(np.ediff1d, MATRIX, call=lambda x: np.ediff1d(x, to_begin=x[0, 0], to_end=[1.0, 2.0])),
    *(_near(np.unwrap, 7 * STACK, axis=axis) for axis in (0, -1)),
    _near(np.unwrap, 7 * VECTOR, period=3.0, discont=2.0),
    *(_near(np.trapezoid, STACK, dx=0.3, axis=axis) for axis in (0, -1)),
    *(_near(np.trapezoid, STACK, _TIMES[:n], axis=axis) for n, axis in ((3, 1), (4, -1), (2, 0))),
    _near(np.trapezoid, MATRIX, positive(3, 4)),
    _near(np.gradient, VECTOR),
    *(_near(np.gradient, MATRIX, edge_order=order) for order in (1, 2)),
    _near(np.gradient, MATRIX, np.array(0.5), axis=1),
    *(_near(np.gradient, MATRIX, _TIMES, axis=1, edge_order=order) for order in (1, 2)),
    _near(np.gradient, MATRIX, np.array(0.5), _TIMES),
    _near(np.interp, _BETWEEN, _KNOTS, spread(4)),
    _near(np.interp, _BETWEEN, call=lambda x: np.interp(x, _KNOTS, [1.0, 3.0, 2.0, 5.0], left=0.0, right=x[0, 0])),
    _near(np.interp, _BETWEEN, spread(1), call=lambda x, height: np.interp(x, [1.0], height), note="one knot"),
    _near(linear_recurrence, spread(4, seed=1), spread(4), axis=0),
    _near(linear_recurrence, MATRIX, spread(3, 4, seed=1), axis=1),
]
_CONVOLVED = [
    _near(f, spread(n), spread(m, seed=1), mode=mode)
    for f in (np.convolve, np.correlate)
    for mode in ("full", "same", "valid")
    for n, m in ((5, 3), (3, 5), (5, 4), (4, 5), (5, 5), (4, 2), (1, 3))
]

_POLYNOMIALS = [
    *(_near(np.polyval, VECTOR, x) for x in (np.array(0.5), spread(2, 3))),
    *(_near(f, VECTOR, spread(3)) for f in (np.polyadd, np.polysub, np.polymul)),
    *(_near(f, VECTOR, m=m) for f in (np.polyder, np.polyint) for m in (0, 1, 2)),
    _near(np.polyint, VECTOR, m=2, k=[0.5, 0.25]),
    *(_near(np.vander, VECTOR, **options) for options in ({}, {"N": 3}, {"N": 4, "increasing": True})),
]
_FITTED = [
    Case(np.polyfit, (np.cumsum(positive(5)), y, 2), {"w": w}, value_tolerance=1e-12, tolerance=1e-7)
    for y, w in ((VECTOR, None), (spread(5, 2), None), (VECTOR, np.arange(1.0, 6)))
]

CASES = _INDEXED + _REPLACED + _PICKED + _INSERTED + _SORTED + _SAMPLED + _CONVOLVED + _POLYNOMIALS + _FITTED
