"""The reference for maps: the function called at each point by itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from difflab.structure import flatten
from tests.primitives.case import Case
from tests.primitives.checks import assert_close

COUNT = 3


def at_each(function: Callable[..., Any], *args: Any, argnums: Sequence[int] = (0,)) -> Any:
    """Call a function at each point, and stack the results."""
    count = len(flatten(args[argnums[0]])[0][0])
    results = []
    for point in range(count):
        picked = list(args)
        for number in argnums:
            leaves, structure = flatten(args[number])
            picked[number] = structure.unflatten([leaf[point] for leaf in leaves])
        results.append(flatten(function(*picked)))
    columns = zip(*(leaves for leaves, _ in results), strict=True)
    return results[0][1].unflatten([np.stack([np.asarray(each) for each in column]) for column in columns])


def assert_same(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """Assert that nests are alike: structure, shapes, dtypes, and entries to rounding."""
    leaves, structure = flatten(found)
    others, other = flatten(expected)
    assert structure == other
    for one, two in zip(leaves, others, strict=True):
        assert one.dtype == two.dtype
        assert one.shape == two.shape
        same_nan = np.isnan(one) & np.isnan(two) | (one == two)
        assert_close(np.where(same_nan, 0.0, one), np.where(same_nan, 0.0, two), tolerance)


def points_of(x: np.ndarray) -> np.ndarray:
    """Give a few points near an array, or, of integers and booleans, the same a few times."""
    return np.stack([x * (1 + 0.003 * n) if x.dtype.kind == "f" else x for n in range(COUNT)]).astype(x.dtype)


def choices(case: Case) -> list[tuple[int, ...]]:
    """Say which of a case's differentiated operands have points: all of them, and each alone."""
    numbers = tuple(range(len(case.leaves)))
    return [numbers, *((number,) for number in numbers if len(numbers) > 1)]
