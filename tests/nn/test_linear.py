"""The fully connected layer."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.nn import Linear
from tests.nn.against_torch import check_layer, each_precision


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5, 7), (3, 4, 7), (7,), (0, 7)])
def test_it_is_torchs(torch: ModuleType, shape: tuple[int, ...], bias: bool, dtype: Any) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    check_layer(torch, Linear(7, 4, bias, rng=1, dtype=dtype), torch.nn.Linear(7, 4, bias), x)


def test_it_begins_uniformly_by_the_number_of_inputs() -> None:
    layer = Linear(400, 300, rng=0)
    for parameter in (layer.weight, layer.bias):
        largest = np.max(np.abs(parameter.data))
        assert 0.98 / 20 < largest <= 1 / 20
        assert abs(np.std(parameter.data) * 20 * np.sqrt(3) - 1) < 0.05


def test_a_seed_gives_the_same_layer_again_and_no_seed_another() -> None:
    assert np.array_equal(Linear(3, 4, rng=0).weight.data, Linear(3, 4, rng=np.random.default_rng(0)).weight.data)
    assert not np.array_equal(Linear(3, 4).weight.data, Linear(3, 4).weight.data)


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        (
            (5, 3),
            np.float32,
            r"^Linear\(7, 4\) takes an input of shape \(…, 7\), and was given one of shape \(5, 3\)\.$",
        ),
        ((), np.float32, r"^Linear\(7, 4\) takes an input of shape \(…, 7\), and was given one of shape \(\)\.$"),
        ((5, 7), np.float64, r"float32, and was given an input of dtype float64: .* x\.astype\(np\.float32\), or the"),
        ((5, 7), np.int64, r"was given an input of dtype int64: convert the input, x\.astype\(np\.float32\)\.$"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(shape: tuple[int, ...], dtype: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        Linear(7, 4, rng=0)(np.zeros(shape, dtype))


def test_a_list_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"^Linear\(2, 4, bias=False\) was given a list: give an array"):
        Linear(2, 4, bias=False)([1.0, 2.0])


@pytest.mark.parametrize("size", [0, -1, 2.5, True, None])
def test_a_size_that_is_none_is_refused(size: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"outputs=.* of Linear: give a positive whole number"):
        Linear(3, size)
