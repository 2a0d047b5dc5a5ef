"""Chains of matrix products, multiplied in the cheapest order."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from ..types import Array
from .table import composite


@composite(np.linalg.multi_dot)
def _multi_dot(arrays: Sequence[Array]) -> Array:
    first, last = np.ndim(arrays[0]), np.ndim(arrays[-1])
    chain = list(arrays)
    if first == 1:
        chain[0] = np.expand_dims(chain[0], 0)
    if last == 1:
        chain[-1] = np.expand_dims(chain[-1], -1)
    product = _multiplied(chain)
    if last == 1:
        product = product[:, 0]
    return product[0] if first == 1 else product


def _multiplied(chain: Sequence[Array]) -> Array:
    """Multiply in the order of fewest multiplications (Cormen et al., Introduction to Algorithms, section 14.2)."""
    sizes = [np.shape(chain[0])[0], *(np.shape(matrix)[1] for matrix in chain)]

    @cache
    def best(start: int, stop: int) -> tuple[int, int]:
        """Give the cost of matrices `start` to `stop - 1`, and where to cut them in two."""
        if stop - start == 1:
            return 0, start
        return min(
            (best(start, cut)[0] + best(cut, stop)[0] + sizes[start] * sizes[cut] * sizes[stop], cut)
            for cut in range(start + 1, stop)
        )

    def multiply(start: int, stop: int) -> Array:
        if stop - start == 1:
            return chain[start]
        cut = best(start, stop)[1]
        return np.matmul(multiply(start, cut), multiply(cut, stop))

    return multiply(0, len(chain))
