"""Convolution and correlation of vectors."""

from typing import Any

import numpy as np

from ..types import Array
from .arguments import as_array
from .table import composite, multilinear


def _convolve_transpose(g: Array, position: int, a: Array, v: Array, mode: Any = "full") -> Array:
    """Correlate with the other operand; for shorter modes, the entries left out have cotangent 0."""
    lengths = np.size(a), np.size(v)
    full = sum(lengths) - 1
    start = {"full": 0, "same": (min(lengths) - 1) // 2, "valid": min(lengths) - 1}[mode]
    g = np.pad(g, (start, full - start - np.size(g)))
    other = a if position else v
    flow = np.convolve(g, other[::-1])
    return flow[np.size(other) - 1 : np.size(other) - 1 + lengths[position]]


multilinear(np.convolve, _convolve_transpose, ("mode",))


@composite(np.correlate)
def _correlate(a: Array, v: Array, mode: Any = "valid") -> Array:
    a, v = as_array(a), as_array(v)
    if mode == "full" or np.size(a) >= np.size(v):
        return np.convolve(a, v[::-1], mode)
    return np.convolve(a[::-1], v, mode)[::-1]
