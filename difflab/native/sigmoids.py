"""The logistic function and the hyperbolic tangent with their slopes, for compiled loops; no tail loses digits."""

from typing import Any

import numba

from .exponential import CAREFUL, exp, exp_and_expm1


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def sigmoid(x: Any) -> Any:
    """Give σ(x) = 1 / (1 + exp(-x)), and σ(-x)."""
    one = type(x)(1)
    e = exp(-abs(x))
    larger = one / (one + e)
    smaller = e * larger
    return (larger, smaller) if x >= 0 else (smaller, larger)


@numba.njit(fastmath=CAREFUL, error_model="numpy")
def tanh(x: Any) -> Any:
    """Give the hyperbolic tangent of x, and its slope."""
    two, four = type(x)(2), type(x)(4)
    e, m = exp_and_expm1(-two * abs(x))
    inverse = type(x)(1) / (two + m)
    size = abs(m * inverse)
    return (size if x >= 0 else -size), four * e * inverse * inverse
