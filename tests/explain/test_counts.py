"""Operations and entries, held against counts by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.trace import trace
from difflab.explain.counts import Counts, counts_of
from difflab.signature import Signature
from tests.explain.functions import logistic


def counted(function: Callable[..., Any], *args: Any) -> Counts:
    return counts_of(trace(Signature.of(function, args, 0).point(args)))


@pytest.mark.parametrize(
    ("function", "at", "operations", "entries"),
    [
        (lambda x: x * 2, np.ones(10), 10, 10),
        (lambda x: x[:, None] * x, np.ones((3, 4)), 36, 36),
        (lambda x: np.sum(x), np.ones((3, 4)), 12, 1),
        (lambda x: np.max(x, axis=0), np.ones((3, 4)), 12, 4),
        (lambda x: x @ np.ones((5, 3)), np.ones((4, 5)), 2 * 4 * 5 * 3, 12),
        (lambda x: np.einsum("ij,kj->ik", x, x), np.ones((4, 5)), 2 * 4 * 4 * 5, 16),
        (lambda x: x[1:].T, np.ones((4, 5)), 0, 0),
        (lambda x: np.stack([x, x]), np.ones(10), 0, 20),
        (lambda x: x > 0, np.ones(10), 10, 10),
        (lambda x: np.linalg.inv(x), np.eye(4), 16, 16),
    ],
)
def test_one_function(function: Callable[..., Any], at: Any, operations: int, entries: int) -> None:
    found = counted(function, at)
    assert (found.operations, found.entries) == (operations, entries)


@pytest.mark.parametrize("steps", [1, 10, 100])
def test_the_sweep_grows_as_the_loop_does(steps: int) -> None:
    """A turn is two multiplications and a subtraction; back, one rule each for six operands less constants."""
    found = difflab.explain(logistic, 0.3, steps).compilations[0].steps[0].counts
    assert found.functions["subtract"] == steps
    assert found.operations - difflab.explain(logistic, 0.3, steps - 1).compilations[0].steps[0].counts.operations == 8


def test_functions_are_counted_by_name() -> None:
    found = counted(lambda x: np.exp(x) + np.exp(-x[1]), np.ones(3))
    assert found.functions == {"exp": 2, "indexing": 1, "negative": 1, "add": 1}
    assert found.equations == 5
