"""Dropout: what is kept and what not, there and back, and what it refuses."""

import re
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.primitives.network.dropout import dropout
from tests.primitives.network.agreement import check_loops, each_precision, pull

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(6, 5, 4))
KEEP = GENERATOR.random(X.shape) > 0.3


@each_precision
@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9])
def test_loops(rate: float, dtype: Any) -> None:
    check_loops(dropout, (X, KEEP), dtype, rate=rate)


def test_loops_take_any_order_of_memory() -> None:
    check_loops(dropout, (X.transpose(1, 0, 2), KEEP.transpose(1, 0, 2).copy()), np.float64, rate=0.5)


def test_what_is_dropped_is_0_and_sends_nothing_back() -> None:
    x = np.array([1.0, np.inf, np.nan, 4.0])
    values, (back,) = pull(
        dropout, (x, np.array([True, False, False, True])), [np.array([1.0, np.inf, 1.0, 3.0])], rate=0.75
    )
    np.testing.assert_array_equal(values[0], [4.0, 0.0, 0.0, 16.0])
    np.testing.assert_array_equal(back, [4.0, 0.0, 0.0, 12.0])


def test_the_mean_stays() -> None:
    keep = np.random.default_rng(1).random(100_000) >= 0.2
    assert np.mean(dropout(np.ones(keep.shape), keep, rate=0.2)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
@pytest.mark.parametrize(
    ("keep", "rate", "sentence"),
    [
        (np.ones(3, bool), 0.5, "give truth values of that shape, not of (3,)"),
        (np.ones(2, bool), 1.0, "from 0 to below 1, that is dropped: not 1.0"),
        (np.ones(2, bool), -0.1, "not -0.1"),
    ],
)
def test_what_does_not_fit_is_a_sentence(keep: Any, rate: float, sentence: str, dtype: Any) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        dropout(np.ones(2, dtype), keep, rate=rate)
