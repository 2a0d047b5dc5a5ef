"""Activations. The rectifier keeps its output alone; all others are one pass that gives values and slopes.

Conventions: at 0 relu, leaky_relu and elu have the slope from the left, as all frameworks for networks have it. So
relu has 0 there, and np.maximum(x, 0) has 1/2.
"""

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from scipy import special

from ...pool import empty_like
from ...types import Array
from ..table import fused
from .memory import flat

Result = tuple[Array, Any]


def _rectified(x: Array) -> Result:
    from ...native.activations import rectify

    y = empty_like(x)
    y_flat, x_flat = flat(y, x)
    rectify(x_flat, y_flat)
    return y, y


def _rectified_back(cotangent: Array, y: Array, needed: Collection[int]) -> tuple[Array]:
    from ...native.activations import rectify_back

    result = empty_like(y)
    result_flat, cotangent_flat, y_flat = flat(result, cotangent, y)
    rectify_back(cotangent_flat, y_flat, result_flat)
    return (result,)


@fused(_rectified, _rectified_back)
def relu(x: Array) -> Array:
    """Give max(x, 0), with slope 0 at 0; a NaN stays one.

    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.where(x <= 0, 0, x)


def _in_one_pass(loop_name: str, parameter: str = "", default: float = 0.0) -> Callable[..., Result]:
    """Make the forward function that runs a loop of `native.activations`, which gives the slopes, too."""

    def forward(x: Array, **parameters: float) -> Result:
        from ...native import activations

        y, slope = empty_like(x), empty_like(x)
        y_flat, slope_flat, x_flat = flat(y, slope, x)
        number = x.dtype.type(parameters.get(parameter, default))
        getattr(activations, loop_name)(x_flat, number, y_flat, slope_flat)
        return y, slope

    return forward


def _by_slope(cotangent: Array, slopes: Array, needed: Collection[int], **parameters: Any) -> tuple[Array]:
    return (cotangent * slopes,)


@fused(_in_one_pass("leaky_rectify", "slope", 0.01), _by_slope, ("slope",))
def leaky_relu(x: Array, *, slope: float = 0.01) -> Array:
    """Give x where it is positive, else `slope` times x (Maas, Hannun and Ng, ICML 2013).

    >>> leaky_relu(np.array([-1.0, 2.0]), slope=0.1)
    array([-0.1,  2. ])
    """
    return np.where(x <= 0, slope * x, x)


@fused(_in_one_pass("exponential_linear", "alpha", 1.0), _by_slope, ("alpha",))
def elu(x: Array, *, alpha: float = 1.0) -> Array:
    """Give x where it is positive, else alpha (exp(x) - 1) (Clevert, Unterthiner and Hochreiter, ICLR 2016).

    >>> elu(np.array([-np.inf, 2.0]))
    array([-1.,  2.])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0, x)))


def _gaussian_linear(x: Array, *, approximate: bool = False) -> Result:
    return _in_one_pass("gaussian_linear_by_tanh" if approximate else "gaussian_linear")(x)


@fused(_gaussian_linear, _by_slope, ("approximate",))
def gelu(x: Array, *, approximate: bool = False) -> Array:
    """Give x Φ(x), Φ the normal distribution function (Hendrycks and Gimpel, arXiv:1606.08415).

    Args:
        x: any shape.
        approximate: take (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 for Φ(x).

    >>> np.round(gelu(np.array([-1.0, 0.0, 1.0])), 4)
    array([-0.1587,  0.    ,  0.8413])
    """
    if not approximate:
        return x * special.ndtr(x)
    return x * special.expit(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x)))


@fused(_in_one_pass("sigmoid_linear"), _by_slope)
def silu(x: Array) -> Array:
    """Give x σ(x), σ the logistic function (Elfwing, Uchibe and Doya, Neural Networks 107, 2018).

    >>> np.round(silu(np.array([-1.0, 0.0, 1.0])), 4)
    array([-0.2689,  0.    ,  0.7311])
    """
    return x * special.expit(x)


@fused(_in_one_pass("softplus"), _by_slope)
def softplus(x: Array) -> Array:
    """Give log(1 + exp(x)), which is x where that would overflow.

    >>> softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    return np.logaddexp(x, 0)


@fused(_in_one_pass("logistic"), _by_slope)
def sigmoid(x: Array) -> Array:
    """Give σ(x) = 1 / (1 + exp(-x)), as scipy.special.expit.

    >>> sigmoid(np.array([-np.inf, 0.0, np.inf]))
    array([0. , 0.5, 1. ])
    """
    return special.expit(x)


@fused(_in_one_pass("hyperbolic_tangent"), _by_slope)
def tanh(x: Array) -> Array:
    """Give the hyperbolic tangent, as np.tanh.

    >>> tanh(np.array([-np.inf, 0.0, np.inf]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(x)
