"""Arguments in float32."""

from typing import Any

import numpy as np

from difflab.structure import flatten


def in_single_precision(tree: Any) -> Any:
    """Round every float leaf to float32; leave the others alone."""
    leaves, structure = flatten(tree)
    return structure.unflatten([np.float32(leaf) if is_float(leaf) else leaf for leaf in leaves])


def is_float(leaf: Any) -> bool:
    """Say whether a leaf is a float, or an array of floats."""
    return isinstance(leaf, float) or getattr(leaf, "dtype", np.dtype(int)).kind == "f"
