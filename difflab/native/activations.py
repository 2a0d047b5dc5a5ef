"""Activations: the rectifier there and back, and for all others one pass that gives values and slopes."""

import math
from typing import Any

import numba

from .exponential import CAREFUL, exp, exp_and_expm1, log1p
from .sigmoids import sigmoid, tanh
from .threads import serial_and_parallel

PARALLEL_FROM = 16384
"""Entries from which two threads pay for being started."""


def _rectify(x: Any, y: Any) -> None:
    zero = x.dtype.type(0)
    for i in numba.prange(x.size):
        y[i] = zero if x[i] <= zero else x[i]


def _rectify_back(cotangent: Any, y: Any, result: Any) -> None:
    zero = y.dtype.type(0)
    for i in numba.prange(y.size):
        result[i] = zero if y[i] <= zero else cotangent[i]


_rectify_serial, _rectify_parallel = serial_and_parallel(_rectify, fastmath=CAREFUL)
_rectify_back_serial, _rectify_back_parallel = serial_and_parallel(_rectify_back, fastmath=CAREFUL)


def rectify(x: Any, y: Any) -> None:
    """Write max(x, 0) into y; both are flat."""
    (_rectify_serial if x.size < PARALLEL_FROM else _rectify_parallel)(x, y)


def rectify_back(cotangent: Any, y: Any, result: Any) -> None:
    """Write the cotangent into the result where y = max(x, 0) is not 0, else 0; all are flat."""
    (_rectify_back_serial if y.size < PARALLEL_FROM else _rectify_back_parallel)(cotangent, y, result)


_compiled = numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")


@_compiled
def leaky_rectify(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write x and 1 above 0, the parameter times x and the parameter below."""
    one = x.dtype.type(1)
    for i in range(x.size):
        y[i], slope[i] = (parameter * x[i], parameter) if x[i] <= 0 else (x[i], one)


@_compiled
def exponential_linear(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write x and 1 above 0, the parameter times exp(x) - 1 and times exp(x) below."""
    zero, one = x.dtype.type(0), x.dtype.type(1)
    for i in range(x.size):
        positive = x[i] > zero
        e, m = exp_and_expm1(zero if positive else x[i])
        y[i], slope[i] = (x[i], one) if positive else (parameter * m, parameter * e)


@_compiled
def gaussian_linear(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write x Φ(x) and Φ(x) + x φ(x), of the normal distribution."""
    half, root_half = x.dtype.type(0.5), x.dtype.type(math.sqrt(0.5))
    peak = x.dtype.type(1 / math.sqrt(2 * math.pi))
    for i in range(x.size):
        distribution = half * x.dtype.type(math.erfc(-x[i] * root_half))
        y[i] = x[i] * distribution
        slope[i] = distribution + x[i] * (peak * exp(-half * x[i] * x[i]))


@_compiled
def gaussian_linear_by_tanh(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write x (1 + tanh(u)) / 2, u = √(2/π) (x + 0.044715 x³), as x σ(2u), and its slope."""
    one = x.dtype.type(1)
    scale, cubic = x.dtype.type(2 * math.sqrt(2 / math.pi)), x.dtype.type(0.044715)
    for i in range(x.size):
        square = x[i] * x[i]
        s, complement = sigmoid(scale * (x[i] + cubic * square * x[i]))
        y[i] = x[i] * s
        slope[i] = s + x[i] * (s * complement) * scale * (one + x.dtype.type(3) * cubic * square)


@_compiled
def sigmoid_linear(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write x σ(x) and its slope."""
    for i in range(x.size):
        s, complement = sigmoid(x[i])
        y[i], slope[i] = x[i] * s, s + x[i] * (s * complement)


@_compiled
def softplus(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write log(1 + exp(x)) and σ(x)."""
    zero = x.dtype.type(0)
    for i in range(x.size):
        y[i] = (zero if x[i] < zero else x[i]) + log1p(exp(-abs(x[i])))
        slope[i] = sigmoid(x[i])[0]


@_compiled
def logistic(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write σ(x) and σ(x) σ(-x)."""
    for i in range(x.size):
        s, complement = sigmoid(x[i])
        y[i], slope[i] = s, s * complement


@_compiled
def hyperbolic_tangent(x: Any, parameter: Any, y: Any, slope: Any) -> None:
    """Write the hyperbolic tangent and its slope."""
    for i in range(x.size):
        y[i], slope[i] = tanh(x[i])
