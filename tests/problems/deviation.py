"""How far two results are apart."""

from typing import Any

import numpy as np

from difflab.structure import flatten


def relative_error(found: Any, expected: Any) -> float:
    """Largest deviation over all leaves, relative to the largest expected entry; infinite for NaN or wrong shapes."""
    found_leaves, expected_leaves = flatten(found)[0], flatten(expected)[0]
    if [np.shape(leaf) for leaf in found_leaves] != [np.shape(leaf) for leaf in expected_leaves]:
        return np.inf
    scale = max(np.max(np.abs(leaf), initial=0.0) for leaf in expected_leaves) or 1.0
    error = max(np.max(np.abs(a - b), initial=0.0) for a, b in zip(found_leaves, expected_leaves, strict=True)) / scale
    return float(error) if np.isfinite(error) else np.inf
