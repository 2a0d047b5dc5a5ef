"""Eager methods at many points at once: the function runs on values that stand for all of them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batch import Batch
from ..engines.mapping import vmap
from ..engines.surroundings import Surroundings
from ..structure import flatten
from ..types import Array, Tree

ENTRIES = 2**17
"""So many numbers are computed side by side: more would leave the caches, and take memory."""


def at_once(native: str, operator: str, batch: Batch, tangents: Sequence[Array] = ()) -> Any:
    """Give an operator at all points; None where they are to be taken one by one.

    The first point is taken by itself, and what the function does there besides giving a result is noticed: if there is
    anything, all points are taken one by one. They also are if they part ways, at a branch say.

    Args:
        native: "push" or "pull", see `Kernel`.
        operator: its name.
        batch: the points.
        tangents: of `jvp`.
    """
    if batch.count == 1:
        return None
    with Surroundings.of(batch.derivatives.signature.function).watched() as effects:
        first = batch.alone(operator, 0, tangents)
    if effects:
        return batch.one_by_one(operator, tangents, [first])
    try:
        length = max(1, ENTRIES // _entries(native, operator, batch, first))
        starts = range(0, batch.count, length)
        parts = [_part(operator, batch, tangents, slice(start, start + length)) for start in starts]
    except Exception:  # noqa: BLE001  (a fault of the code itself shows again at the point that has it)
        return batch.one_by_one(operator, tangents, [first])
    flat = [flatten(part)[0] for part in parts]
    return flatten(parts[0])[1].unflatten([np.concatenate(each) for each in zip(*flat, strict=True)])


def _part(operator: str, batch: Batch, tangents: Sequence[Array], part: slice) -> Tree:
    derivatives = batch.derivatives
    signature = derivatives.signature

    def at_one(directions: Sequence[Array], *args: Tree) -> Tree:
        prepared = derivatives.method.prepare(signature.function, *args, argnums=signature.argnums)
        along = {"tangents": signature.moving_trees(directions)} if directions else {}
        return getattr(prepared, operator)(*args, **along)

    points = list(batch.points)
    for number in signature.moving:
        leaves, structure = flatten(points[number])
        points[number] = structure.unflatten([leaf[part] for leaf in leaves])
    return vmap(at_one, (0, *(number + 1 for number in signature.moving)))([x[part] for x in tangents], *points)


def _entries(native: str, operator: str, batch: Batch, first: Tree) -> int:
    """Count the numbers that are computed side by side for one point, roughly."""
    size: int = sum(math.prod(leaf.shape[1:]) for leaf in batch.leaves)
    result: int = sum(np.size(leaf) for leaf in flatten(first)[0])
    pushed = size * size if native == "push" and operator not in ("value", "jvp") else 0
    return max(1, size, result, pushed)
