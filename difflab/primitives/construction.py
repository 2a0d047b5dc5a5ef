"""Arrays made after the pattern of another, and conversions of dtype."""

from typing import Any

import numpy as np

from ..types import Array
from .table import composite, linear


@composite(np.zeros_like)
def _zeros_like(a: Array, dtype: Any = None, shape: Any = None) -> Array:
    return np.zeros(a.shape if shape is None else shape, dtype or a.dtype)


@composite(np.ones_like)
def _ones_like(a: Array, dtype: Any = None, shape: Any = None) -> Array:
    return np.ones(a.shape if shape is None else shape, dtype or a.dtype)


linear(
    np.astype,
    lambda g, position, x, dtype, copy=True: g,
    ("dtype", "copy"),
    batch=lambda primitive, operands, batched, parameters: primitive.evaluate(operands, parameters),
)
linear(
    np.copy,
    lambda g, position, x: g,
    batch=lambda primitive, operands, batched, parameters: primitive.evaluate(operands, parameters),
)
