"""Cases of sums, products, extrema, statistics and norms."""

from typing import Any

import numpy as np

from tests.primitives.case import Case
from tests.primitives.points import positive, spread

VECTOR, MATRIX, STACK = spread(5), spread(3, 4), spread(2, 3, 4)
ONE_ZERO = np.array([[2.0, 0.0, 3.0], [0.5, 1.5, 2.0]])
ZEROS = np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.5]])
AXES: tuple[Any, ...] = (None, 0, -1, (0, 2), (-1, 1))
HOLED = np.where(np.arange(12).reshape(3, 4) % 5 == 1, np.nan, 1.0)


def _case(function: Any, *operands: Any, note: str = "", call: Any = None, **parameters: Any) -> Case:
    return Case(function, operands, parameters, call, value_tolerance=1e-14, note=note)


def _with_holes(function: Any) -> Any:
    return lambda x, **parameters: function(x * HOLED, **parameters)


_REDUCTIONS = (np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.ptp)
_SUMS = [
    *(_case(f, STACK, axis=axis, keepdims=kept) for f in _REDUCTIONS for axis in AXES for kept in (False, True)),
    *(_case(f, np.array(0.7)) for f in _REDUCTIONS[:3]),
    *(_case(f, spread(3, 1), axis=1) for f in _REDUCTIONS if f is not np.std),
    *(_case(f, MATRIX, axis=0) for f in (np.amax, np.amin)),
    *(
        _case(np.prod, x, axis=axis, note=note)
        for x, note in ((ONE_ZERO, "one zero"), (ZEROS, "zeros"))
        for axis in AXES[:3]
    ),
    *(_case(f, MATRIX, axis=0, ddof=1) for f in (np.var, np.std)),
    _case(np.var, MATRIX, axis=1, correction=1),
]
_NAN_REDUCTIONS = (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin)
_NAN = [
    *(_case(f, MATRIX, call=_with_holes(f), axis=axis) for f in _NAN_REDUCTIONS for axis in (None, 0, 1)),
    *(_case(f, MATRIX, axis=1, keepdims=True) for f in _NAN_REDUCTIONS),
    *(_case(f, MATRIX, call=_with_holes(f), axis=axis) for f in (np.nancumsum, np.nancumprod) for axis in (None, 0)),
]
_CUMULATIVE = [
    *(_case(f, x, axis=axis) for f in (np.cumsum, np.cumprod) for x in (MATRIX, ZEROS) for axis in (None, 0, -1)),
    *(_case(f, x, axis=0) for f in (np.cumsum, np.cumprod) for x in (VECTOR, STACK)),
    *(
        _case(f, MATRIX, axis=1, include_initial=initial)
        for f in (np.cumulative_sum, np.cumulative_prod)
        for initial in (False, True)
    ),
    *(_case(f, VECTOR, include_initial=True) for f in (np.cumulative_sum, np.cumulative_prod)),
]
_STATISTICS = [
    *(_case(np.average, STACK, axis=axis) for axis in AXES),
    _case(np.average, STACK, positive(3), call=lambda x, w: np.average(x, 1, w)),
    _case(np.average, STACK, positive(4, 2), call=lambda x, w: np.average(x, (2, 0), w, keepdims=True)),
    _case(
        np.average, MATRIX, positive(3, 4), call=lambda x, w: np.average(x, weights=w, returned=True), note="returned"
    ),
    *(_case(np.median, STACK, axis=axis, keepdims=kept) for axis in AXES for kept in (False, True)),
    _case(np.quantile, STACK, q=0.3, axis=(0, 2), keepdims=True),
    _case(np.quantile, STACK, q=np.array([[0.3, 0.1], [1.0, 0.0]]), axis=1),
    _case(np.quantile, MATRIX, np.array(0.41), axis=1, note="q moves"),
    _case(np.percentile, MATRIX, q=[10, 50, 95.0], axis=-1),
    *(_case(np.cov, MATRIX, **options) for options in ({}, {"rowvar": False}, {"bias": True}, {"ddof": 0})),
    _case(np.cov, VECTOR),
    _case(np.cov, VECTOR, spread(5, seed=1)),
    _case(np.corrcoef, MATRIX),
    _case(np.corrcoef, VECTOR, spread(5, seed=1)),
]
_VECTOR_ORDERS = (None, 0, 1, 2, 3, 2.5, -1, -2, np.inf, -np.inf)
_MATRIX_ORDERS = (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
_NORMS = [
    *(_case(np.linalg.norm, VECTOR, ord=ord_) for ord_ in _VECTOR_ORDERS),
    *(_case(np.linalg.norm, STACK, ord=ord_, axis=1, keepdims=True) for ord_ in _VECTOR_ORDERS),
    *(_case(np.linalg.norm, MATRIX, ord=ord_) for ord_ in _MATRIX_ORDERS),
    *(_case(np.linalg.norm, STACK, ord=ord_, axis=(2, 0), keepdims=True) for ord_ in _MATRIX_ORDERS),
    *(_case(np.linalg.norm, STACK, ord=ord_, axis=(0, 1)) for ord_ in _MATRIX_ORDERS),
    _case(np.linalg.norm, STACK),
    _case(np.linalg.vector_norm, STACK, axis=(0, 1), ord=3),
    _case(np.linalg.vector_norm, STACK, keepdims=True),
    _case(np.linalg.matrix_norm, STACK),
    _case(np.linalg.matrix_norm, STACK, ord=1, keepdims=True),
]
_CONSTANT = [
    *(
        Case(f, (MATRIX,), {"axis": axis})
        for f in (np.all, np.any, np.count_nonzero, np.argmax, np.argmin)
        for axis in (None, 1)
    ),
    _case(np.argmax, MATRIX, axis=0, keepdims=True),
]

CASES = _SUMS + _NAN + _CUMULATIVE + _STATISTICS + _NORMS + _CONSTANT
