"""Cases of functions that ask about an array: their results are no arrays."""

import numpy as np

from tests.primitives.case import Case

_X = np.ones((2, 3))

CASES = [
    *(Case(ask, (_X,), differentiable=False) for ask in (np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj)),
    Case(np.size, (_X,), {"axis": 1}, differentiable=False),
    Case(np.result_type, (_X, np.ones(1, np.float32)), differentiable=False),
]
