"""Layer normalisation, row by row."""

import math
from typing import Any

import numba

from .exponential import CAREFUL
from .sums import squares_around, total


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def normalize(x: Any, weight: Any, bias: Any, epsilon: float, y: Any, mean: Any, inverse: Any) -> None:
    """Write weight · (x - mean) / σ + bias, and mean and 1 / σ = 1 / √(variance + epsilon) of each row."""
    real, width = x.dtype.type, x.shape[1]
    for i in range(x.shape[0]):
        mean[i] = total(x[i]) / real(width)
        inverse[i] = real(1 / math.sqrt(squares_around(x[i], mean[i]) / real(width) + epsilon))
        for j in range(width):
            y[i, j] = (x[i, j] - mean[i]) * inverse[i] * weight[j] + bias[j]


@numba.njit(cache=True, fastmath=CAREFUL | {"reassoc"}, error_model="numpy")
def normalize_back(
    cotangent: Any, x: Any, weight: Any, mean: Any, inverse: Any, result: Any, to_weight: Any, to_bias: Any
) -> None:
    """Write x̄ = (ḡ - ⟨ḡ⟩ - x̂ ⟨ḡ x̂⟩) / σ, ḡ = weight · ȳ, and add Σ ȳ x̂ and Σ ȳ over the rows.

    x̂ is (x - mean) / σ, and ⟨·⟩ is the mean of a row.
    """
    real, width = x.dtype.type, x.shape[1]
    for i in range(x.shape[0]):
        flow, inner = real(0), real(0)
        for j in range(width):
            scaled = (x[i, j] - mean[i]) * inverse[i]
            flow += weight[j] * cotangent[i, j]
            inner += weight[j] * cotangent[i, j] * scaled
        flow, inner = flow / real(width), inner / real(width)
        for j in range(width):
            scaled = (x[i, j] - mean[i]) * inverse[i]
            result[i, j] = (weight[j] * cotangent[i, j] - flow - scaled * inner) * inverse[i]
            to_weight[j] += cotangent[i, j] * scaled
            to_bias[j] += cotangent[i, j]
