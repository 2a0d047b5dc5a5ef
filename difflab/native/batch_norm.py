"""Batch normalisation, channel by channel: what a channel holds stays in the cache for all passes over it.

Arrays are (batch · channels, length). Sums over rows are added in double.
"""

import math
from functools import partial
from typing import Any

import numba

from .exponential import CAREFUL
from .sums import inner_around, squares_around, total
from .threads import parallel


@partial(parallel, fastmath=CAREFUL)
def normalize(x: Any, batch: int, weight: Any, bias: Any, epsilon: float, y: Any, mean: Any, variance: Any) -> None:
    """Write weight · (x - mean) / √(variance + epsilon) + bias, and mean and variance of each channel."""
    channels, real = weight.size, x.dtype.type
    count = batch * x.shape[1]
    for c in numba.prange(channels):
        summed = 0.0
        for n in range(batch):
            summed += total(x[n * channels + c])
        centre = real(summed / count)
        squares = 0.0
        for n in range(batch):
            squares += squares_around(x[n * channels + c], centre)
        mean[c], variance[c] = centre, real(squares / count)
        scale = real(weight[c] / math.sqrt(squares / count + epsilon))
        for n in range(batch):
            p = n * channels + c
            for i in range(x.shape[1]):
                y[p, i] = (x[p, i] - centre) * scale + bias[c]


@partial(parallel, fastmath=CAREFUL)
def normalize_back(
    cotangent: Any,
    to_mean: Any,
    to_variance: Any,
    x: Any,
    batch: int,
    weight: Any,
    epsilon: float,
    mean: Any,
    variance: Any,
    result: Any,
    to_weight: Any,
    to_bias: Any,
) -> None:
    """Carry back the cotangents of the output and of both statistics.

    x̄ = weight / σ · (ȳ - ⟨ȳ⟩ - x̂ ⟨ȳ x̂⟩) + to_mean / count + 2 to_variance (x - mean) / count, where x̂ = (x - mean) / σ,
    and ⟨·⟩ is a mean.
    """
    channels, real = weight.size, x.dtype.type
    count = batch * x.shape[1]
    for c in numba.prange(channels):
        flow, inner = 0.0, 0.0
        for n in range(batch):
            p = n * channels + c
            flow += total(cotangent[p])
            inner += inner_around(x[p], mean[c], cotangent[p])
        precision = 1 / (variance[c] + epsilon)
        scale = weight[c] * math.sqrt(precision)
        to_weight[c], to_bias[c] = real(inner * math.sqrt(precision)), real(flow)
        factor = real(scale)
        by_distance = real((2 * to_variance[c] - scale * precision * inner) / count)
        constant = real((to_mean[c] - scale * flow) / count)
        centre = mean[c]
        for n in range(batch):
            p = n * channels + c
            for i in range(x.shape[1]):
                result[p, i] = factor * cotangent[p, i] + by_distance * (x[p, i] - centre) + constant
