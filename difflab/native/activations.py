"""Activations: the rectifier there and back, and for all others one pass that gives values and slopes."""

import math
from typing import Any

import numba

from .exponential import CAREFUL, exp, exp_and_expm1, log1p
from .sigmoids import sigmoid, tanh

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


_serial = numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
_parallel = numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy", parallel=True)
_rectify_serial, _rectify_parallel = _serial(_rectify), _parallel(_rectify)
_rectify_back_serial, _rectify_back_parallel = _serial(_rectify_back), _parallel(_rectify_back)


def rectify(x: Any, y: Any) -> None:
    """Write max(x, 0) into y; both are flat."""
    (_rectify_serial if x.size < PARALLEL_FROM else _rectify_parallel)(x, y)


def rectify_back(cotangent: Any, y: Any, result: Any) -> None:
    """Write the cotangent into the result where y = max(x, 0) is not 0, else 0; all are flat."""
    (_rectify_back_serial if y.size < PARALLEL_FROM else _rectify_back_parallel)(cotangent, y, result)


def _over_entries(function: Any) -> Any:
    """Make the loop `(x, parameter, y, slope)` over flat arrays of a function `(x, parameter) -> (y, slope)`."""
    function = numba.njit(fastmath=CAREFUL, error_model="numpy")(function)

    @numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
    def loop(x: Any, parameter: Any, y: Any, slope: Any) -> None:
        for i in range(x.size):
            y[i], slope[i] = function(x[i], parameter)

    return loop


@_over_entries
def leaky_rectify(x: Any, parameter: Any) -> Any:
    """Give x and 1 above 0, the parameter times x and the parameter below."""
    one = type(x)(1)
    return (parameter * x, parameter) if x <= 0 else (x, one)


@_over_entries
def exponential_linear(x: Any, parameter: Any) -> Any:
    """Give x and 1 above 0, the parameter times exp(x) - 1 and times exp(x) below."""
    zero, one = type(x)(0), type(x)(1)
    e, m = exp_and_expm1(zero if x > zero else x)
    return (x, one) if x > zero else (parameter * m, parameter * e)


@_over_entries
def gaussian_linear(x: Any, parameter: Any) -> Any:
    """Give x Φ(x) and Φ(x) + x φ(x), of the normal distribution."""
    half = type(x)(0.5)
    distribution = half * type(x)(math.erfc(-x * type(x)(math.sqrt(0.5))))
    density = type(x)(1 / math.sqrt(2 * math.pi)) * type(x)(math.exp(-half * x * x))
    return x * distribution, distribution + x * density


@_over_entries
def gaussian_linear_by_tanh(x: Any, parameter: Any) -> Any:
    """Give x (1 + tanh(u)) / 2, u = √(2/π) (x + 0.044715 x³), as x σ(2u), and its slope."""
    scale, cubic = type(x)(2 * math.sqrt(2 / math.pi)), type(x)(0.044715)
    square = x * x
    s, complement = sigmoid(scale * (x + cubic * square * x))
    return x * s, s + x * (s * complement) * scale * (type(x)(1) + type(x)(3) * cubic * square)


@_over_entries
def sigmoid_linear(x: Any, parameter: Any) -> Any:
    """Give x σ(x) and its slope."""
    s, complement = sigmoid(x)
    return x * s, s + x * (s * complement)


@_over_entries
def softplus(x: Any, parameter: Any) -> Any:
    """Give log(1 + exp(x)) and σ(x)."""
    zero = type(x)(0)
    return (zero if x < zero else x) + log1p(exp(-abs(x))), sigmoid(x)[0]


@_over_entries
def logistic(x: Any, parameter: Any) -> Any:
    """Give σ(x) and σ(x) σ(-x)."""
    s, complement = sigmoid(x)
    return s, s * complement


@_over_entries
def hyperbolic_tangent(x: Any, parameter: Any) -> Any:
    """Give the hyperbolic tangent and its slope."""
    return tanh(x)
