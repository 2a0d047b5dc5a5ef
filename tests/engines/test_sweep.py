"""The sweep adds into arrays of its own alone, and sums before a rule only where that is the same."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines import tape
from difflab.methods import Reverse
from difflab.primitives import TABLE
from difflab.primitives.primitive import Primitive

POINT = np.array([1.0, 3.0, 3.0, -2.0])
WEIGHTS = np.array([2.0, -1.0, 0.5, 4.0])


def largest_and_a_sum(x: Any, w: Any) -> Any:
    """Give max(x) · Σ c·(x + w): the sum hands one array to both operands before the maximum adds to it."""
    largest = np.max(x)
    return largest * np.sum(WEIGHTS * (x + w))


def entries_and_a_sum(x: Any, w: Any) -> Any:
    """Do the same with an entry in place of the maximum."""
    entry = x[1]
    return entry * np.sum(WEIGHTS * (x + w))


def test_a_maximum_adds_to_what_has_arrived() -> None:
    by_x, by_w = difflab.gradient(largest_and_a_sum, POINT, POINT + 1, argnums=(0, 1))
    total = np.sum(WEIGHTS * (2 * POINT + 1))
    np.testing.assert_allclose(by_w, 3 * WEIGHTS, rtol=1e-15)
    np.testing.assert_allclose(by_x, 3 * WEIGHTS + total * np.array([0, 0.5, 0.5, 0]), rtol=1e-15)


@pytest.mark.parametrize("function", [largest_and_a_sum, entries_and_a_sum])
def test_an_array_taken_for_the_sweeps_own_is_a_wrong_number(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what flows to two operands is one array."""
    right = difflab.gradient(function, POINT, POINT + 1, argnums=1)
    monkeypatch.setattr(tape, "_is_unshared", lambda arrays, key: True)
    assert not np.allclose(difflab.gradient(function, POINT, POINT + 1, argnums=(0, 1))[1], right)


@pytest.mark.parametrize("shape", [(), (4,)])
def test_cotangents_that_are_given_stay_as_they_are(shape: tuple[int, ...]) -> None:
    """The function returns its argument too, so that the given array is the first to arrive at it."""

    def function(x: Any) -> Any:
        return np.max(x), x[..., None][..., 0], x

    x = np.full(shape, 2.0)
    weights = (np.float64(3.0), np.full(shape, 7.0), np.full(shape, 5.0))
    prepared = Reverse().prepare(function, x)
    first, second = (prepared.vjp(x, cotangents=weights)[1] for _ in range(2))
    np.testing.assert_array_equal(first, 12.0 + 3.0 / x.size)
    np.testing.assert_array_equal(first, second)
    assert [np.unique(each).tolist() for each in weights] == [[3.0], [7.0], [5.0]]


@pytest.mark.parametrize("function", [np.max, np.min, np.amax])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
def test_extrema_over_axes_agree_with_forward_mode(function: Any, axis: Any, keepdims: bool) -> None:
    x = np.random.default_rng(3).integers(-2, 3, (3, 4, 5)).astype(float)  # with ties

    def run(x: Any) -> Any:
        found = function(x, axis=axis, keepdims=keepdims)
        return np.sum(np.cos(found) * (1 + np.arange(found.size).reshape(found.shape))) + x[0, 0, 0]

    expected = difflab.gradient(run, x, method="forward")
    np.testing.assert_allclose(difflab.gradient(run, x), expected, rtol=1e-13, atol=1e-13)
    assert np.count_nonzero(expected) > 1


def test_the_entries_that_are_nan_share_a_maximum_that_is() -> None:
    x = np.array([1.0, np.nan, 5.0, np.nan])
    np.testing.assert_array_equal(difflab.gradient(np.max, x), [0.0, 0.5, 0.0, 0.5])
    np.testing.assert_array_equal(
        difflab.gradient(lambda x: np.sum(np.max(x[:, None] * np.ones(2), 0)), x), [0, 1, 0, 1]
    )


def test_sums_go_first_where_the_rule_reads_nothing() -> None:
    found = {}
    for function in (np.add, np.subtract, np.multiply, np.divide, np.matmul, np.ldexp, np.remainder):
        row = TABLE[function]
        assert isinstance(row, Primitive)
        found[function.__name__] = sorted(row.sums_first)
    assert found == {
        "add": [0, 1],
        "subtract": [0, 1],
        "multiply": [],
        "divide": [],
        "matmul": [],
        "ldexp": [],
        "remainder": [0],
    }
