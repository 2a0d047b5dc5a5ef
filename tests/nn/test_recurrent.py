"""The recurrent layers."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.nn import GRU, LSTM, RNN
from tests.nn.against_torch import check_layer, each_precision

KINDS = [RNN, GRU, LSTM]


def their_names(layers: int) -> dict[str, str]:
    """Name the parameters as PyTorch does."""
    parts = {
        "weight_input": "weight_ih",
        "weight_hidden": "weight_hh",
        "bias_input": "bias_ih",
        "bias_hidden": "bias_hh",
    }
    return {f"layers.{n}.{ours}": f"{theirs}_l{n}" for n in range(layers) for ours, theirs in parts.items()}


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("layers", "bias", "batch_first"), [(1, True, False), (2, True, True), (3, False, False)], ids=str
)
def test_they_are_torchs(torch: ModuleType, kind: Any, layers: int, bias: bool, batch_first: bool, dtype: Any) -> None:
    x = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(dtype)
    theirs = getattr(torch.nn, kind.__name__)(3, 6, layers, bias=bias, batch_first=batch_first)
    check_layer(torch, kind(3, 6, layers, bias, batch_first, rng=1, dtype=dtype), theirs, x, names=their_names(layers))


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("kind", [RNN, GRU])
def test_they_go_on_from_a_state(torch: ModuleType, kind: Any, dtype: Any) -> None:
    x, state = (np.random.default_rng(0).normal(size=shape).astype(dtype) for shape in ((4, 5, 3), (2, 5, 6)))
    theirs = getattr(torch.nn, kind.__name__)(3, 6, 2)
    check_layer(torch, kind(3, 6, 2, rng=1, dtype=dtype), theirs, x, state, names=their_names(2))


def test_an_lstm_goes_on_where_it_stopped() -> None:
    layer = LSTM(3, 6, layers=2, rng=0, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(7, 5, 3))
    outputs, (hidden, cell) = layer(x)
    first, state = layer(x[:4])
    second, (last, last_cell) = layer(x[4:], state)
    np.testing.assert_allclose(np.concatenate([first.data, second.data]), outputs.data, atol=1e-14)
    np.testing.assert_allclose(last.data, hidden.data, atol=1e-14)
    np.testing.assert_allclose(last_cell.data, cell.data, atol=1e-14)
    np.testing.assert_array_equal(outputs.data[-1], hidden.data[-1])


@pytest.mark.peers
@each_precision
def test_the_other_activation_is_torchs(torch: ModuleType, dtype: Any) -> None:
    x = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(dtype)
    theirs = torch.nn.RNN(3, 6, nonlinearity="relu")
    check_layer(torch, RNN(3, 6, rng=1, dtype=dtype, activation="relu"), theirs, x, names=their_names(1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_shows_its_settings(kind: Any) -> None:
    shown = f"{kind.__name__}(3, 6, layers=2, bias=False, batch_first=True)"
    assert kind(3, 6, layers=2, bias=False, batch_first=True).title() == shown


@pytest.mark.parametrize(
    ("layer", "state", "message"),
    [
        (
            LSTM(3, 6),
            np.zeros((1, 5, 6), np.float32),
            r"\[\(1, 5, 6\)\]: give a tuple \(hidden, cell\) of arrays of",
        ),
        (GRU(3, 6), np.zeros((1, 5, 4), np.float32), r"\[\(1, 5, 4\)\]: give an array of shape \(1, 5, 6\), \(layers"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(layer: Any, state: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        layer(np.zeros((4, 5, 3), np.float32), state)


def test_a_sequence_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"^LSTM\(3, 6\) takes an input of shape \(steps, N, 3\), and was"):
        LSTM(3, 6)(np.zeros((4, 5, 4), np.float32))
    with pytest.raises(InvalidArgument, match=r"takes an input of shape \(N, steps, 3\)"):
        LSTM(3, 6, batch_first=True)(np.zeros((5, 3), np.float32))
    with pytest.raises(InvalidArgument, match="activation='sigmoid' of RNN: use 'tanh' or 'relu'"):
        RNN(3, 6, activation="sigmoid")
