"""What each method says where a function has no derivative: not judged, but shown side by side."""

from collections.abc import Iterator, Mapping

import numpy as np

from ..structure import flatten
from ..types import Array, Tree
from .measurement import Cell, Measurement

VALUE = "value at the kink"


def rows(results: Mapping[Cell, Tree]) -> Iterator[Measurement]:
    """Give, of each method's result, the entry on which the methods differ most."""
    vectors = {cell: _vector(result) for cell, result in results.items()}
    if not vectors:
        return
    table = np.stack(list(vectors.values()))
    entry = int(np.argmax(np.ptp(np.nan_to_num(table), axis=0)))
    for cell, vector in vectors.items():
        yield Measurement(cell, VALUE, float(vector[entry]))


def _vector(result: Tree) -> Array:
    return np.concatenate([np.ravel(leaf) for leaf in flatten(result)[0]])
