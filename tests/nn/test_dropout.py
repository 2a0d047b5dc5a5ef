"""The dropout layer."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.eager import Tensor
from difflab.errors import InvalidArgument
from difflab.nn import Dropout


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_entries_are_left_out_at_the_rate_and_the_others_scaled(rate: float, dtype: Any) -> None:
    x = Tensor(np.ones(20_000, dtype), requires_grad=True)
    y = Dropout(rate, rng=0)(x)
    assert y.dtype == dtype
    kept = y.data != 0
    assert np.mean(~kept) == pytest.approx(rate, abs=0.015)
    np.testing.assert_allclose(y.data[kept], 1 / (1 - rate), rtol=1e-3 if dtype is np.float16 else 1e-6)
    y.backward(np.ones(20_000, dtype))
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.data, y.data)


def test_evaluation_and_a_rate_of_nothing_change_nothing() -> None:
    x = Tensor(np.ones(9))
    layer = Dropout(0.5, rng=0)
    assert layer.eval()(x) is x
    assert Dropout(0.0)(x) is x
    state = layer.generator.bit_generator.state
    layer(x)
    assert layer.generator.bit_generator.state == state


def test_each_call_draws_anew_and_a_seed_repeats_all() -> None:
    first, second = Dropout(0.5, rng=0), Dropout(0.5, rng=0)
    x = np.ones(50)
    draws = [first(x).data for _ in range(2)]
    assert not np.array_equal(*draws)
    for draw in draws:
        np.testing.assert_array_equal(second(x).data, draw)


def test_a_checkpointed_part_draws_the_same_again() -> None:
    x = Tensor(np.ones(50), requires_grad=True)
    y = difflab.checkpoint(Dropout(0.5, rng=0), x)
    y.backward(np.ones(50))
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.data, y.data)


@pytest.mark.parametrize("rate", [-0.1, 1, 2, float("nan")])
def test_a_rate_out_of_range_is_refused(rate: float) -> None:
    with pytest.raises(InvalidArgument, match=r"^Dropout\(rate=.*\): give a probability from 0 to below 1\.$"):
        Dropout(rate)
