"""The affine map of a fully connected layer."""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...pool import empty
from ...types import Array
from ..table import fused


def _check(x: Array, weight: Array, bias: Array | None) -> None:
    if np.ndim(weight) != 2:
        raise InvalidArgument(
            f"The weight of a linear map has two axes, (outputs, inputs), and was given with shape {np.shape(weight)}."
        )
    outputs, inputs = np.shape(weight)
    if np.ndim(x) == 0 or np.shape(x)[-1] != inputs:
        raise InvalidArgument(
            f"A weight of shape {(outputs, inputs)} takes {inputs} inputs along the last axis of x, whose shape is "
            f"{np.shape(x)}: give x {inputs} entries there, or the weight as many columns."
        )
    if bias is not None and np.shape(bias) != (outputs,):
        raise InvalidArgument(f"A weight of {outputs} rows takes a bias of shape {(outputs,)}, not {np.shape(bias)}.")


def as_rows(x: Array) -> Array:
    """Join all axes but the last into one."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def column_sums(rows: Array) -> Array:
    """Sum a matrix over its rows, as a product, which is much faster than a reduction along the first axis."""
    ones = empty(rows.shape[:1], rows.dtype)
    ones.fill(1)
    return np.matmul(ones, rows, out=empty(rows.shape[1:], rows.dtype))


def _forward(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, Any]:
    from ...native.products import multiply

    _check(x, weight, bias)
    y = multiply(as_rows(x), weight.T)
    if bias is not None:
        y += bias
    return y.reshape(*x.shape[:-1], len(weight)), (x, weight)


def _backward(cotangent: Array, saved: Any, needed: Collection[int]) -> tuple[Array | None, ...]:
    from ...native.products import multiply, multiply_transposed

    x, weight = saved
    rows = as_rows(cotangent)
    return (
        multiply(rows, weight).reshape(x.shape) if 0 in needed else None,
        multiply_transposed(rows, as_rows(x)) if 1 in needed else None,
        column_sums(rows) if 2 in needed else None,
    )


@fused(_forward, _backward)
def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Give x Wᵀ + b over the last axis of x.

    Args:
        x: (..., inputs).
        weight: W, (outputs, inputs).
        bias: b, (outputs,); None is zero.

    Returns:
        (..., outputs).

    Raises:
        InvalidArgument: the shapes do not fit together.

    >>> linear(np.array([1.0, 2.0]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([0.5, 0.0]))
    array([11.5, 17. ])
    """
    _check(x, weight, bias)
    y = np.matmul(x, np.transpose(weight))
    return y if bias is None else y + bias
