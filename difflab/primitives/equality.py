"""Whether arrays, or entries, are the same or nearly so: constant wherever it has a derivative."""

import numpy as np

from ..types import Array
from .arguments import as_array
from .batching import entrywise, over
from .table import composite, constant

constant(np.isclose, ("rtol", "atol", "equal_nan"), layout=2, batch=entrywise)
constant(np.isin, ("assume_unique", "invert"), layout=2, batch=over(0))


@composite(np.array_equal)
def _array_equal(a1: Array, a2: Array, equal_nan: bool = False) -> bool:
    a1, a2 = as_array(a1), as_array(a2)
    if np.shape(a1) != np.shape(a2):
        return False
    same = a1 == a2
    return bool(np.all(same | (np.isnan(a1) & np.isnan(a2)) if equal_nan else same))


@composite(np.allclose)
def _allclose(a: Array, b: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    return bool(np.all(np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)))
