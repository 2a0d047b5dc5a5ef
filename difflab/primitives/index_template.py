"""An index as a template of what is static (slices, integers, new axes), with holes for index arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import Array


class Hole:
    """Stands in a template for the next index array."""

    def __repr__(self) -> str:
        return "array"


HOLE = Hole()
Template = tuple[Any, ...]


def join_index(template: Template, arrays: Sequence[Array]) -> Template:
    """Put index arrays back into the holes of a template."""
    waiting = iter(arrays)
    return tuple(next(waiting) if part is HOLE else part for part in template)


def is_mask(array: Array) -> bool:
    """Say whether an index array is one of booleans."""
    return getattr(array, "dtype", None) == np.dtype(bool)
