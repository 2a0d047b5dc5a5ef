"""Scaling of the entries that dropout keeps."""

from typing import Any

import numba

from .exponential import CAREFUL


@numba.njit(cache=True, fastmath=CAREFUL, error_model="numpy")
def keep_scaled(x: Any, keep: Any, scale: Any, result: Any) -> None:
    """Write scale · x where an entry is kept, else 0; all arrays are flat."""
    zero = x.dtype.type(0)
    for i in range(x.size):
        result[i] = scale * x[i] if keep[i] else zero
