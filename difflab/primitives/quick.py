"""How NumPy's own arrays and numbers compute some functions in less time than those functions take.

A ufunc takes twenty times as long for a number as Python's operator, and the functions that NumPy has in Python look
for what they need no more once a call is split into operands and parameters.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..types import Array


def _sum(x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.add.reduce(x, axis=axis, keepdims=keepdims)


def _product(x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return np.multiply.reduce(x, axis=axis, keepdims=keepdims)


def _max(x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return x.max(axis=axis, keepdims=keepdims)


def _min(x: Array, axis: Any = None, keepdims: Any = False) -> Array:
    return x.min(axis=axis, keepdims=keepdims)


def _reshape(x: Array, shape: Any, order: Any = "C") -> Array:
    return x.reshape(shape, order=order)


def _transpose(x: Array, axes: Any = None) -> Array:
    return x.transpose(axes)


QUICK: dict[Any, Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.negative: operator.neg,
    np.power: operator.pow,
    np.sum: _sum,
    np.prod: _product,
    np.max: _max,
    np.min: _min,
    np.reshape: _reshape,
    np.transpose: _transpose,
}
"""By function, what gives the same result."""
