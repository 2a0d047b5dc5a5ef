"""The activations as layers."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab import nn
from tests.nn.against_torch import check_layer, each_precision

LAYERS: list[tuple[Any, str, dict[str, Any]]] = [
    (nn.ReLU(), "ReLU()", {}),
    (nn.LeakyReLU(0.2), "LeakyReLU(slope=0.2)", {"negative_slope": 0.2}),
    (nn.ELU(1.5), "ELU(alpha=1.5)", {"alpha": 1.5}),
    (nn.GELU(), "GELU()", {}),
    (nn.GELU(approximate=True), "GELU(approximate=True)", {"approximate": "tanh"}),
    (nn.SiLU(), "SiLU()", {}),
    (nn.Sigmoid(), "Sigmoid()", {}),
    (nn.Tanh(), "Tanh()", {}),
    (nn.Softplus(), "Softplus()", {"threshold": 700}),
    (nn.Softmax(), "Softmax(axis=-1)", {"dim": -1}),
    (nn.Softmax(axis=1), "Softmax(axis=1)", {"dim": 1}),
]


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize(("layer", "shown", "options"), LAYERS, ids=[shown for _, shown, _ in LAYERS])
def test_they_are_torchs(torch: ModuleType, layer: Any, shown: str, options: dict[str, Any], dtype: Any) -> None:
    x = np.random.default_rng(0).normal(scale=3, size=(5, 4, 3)).astype(dtype)
    check_layer(torch, layer, getattr(torch.nn, type(layer).__name__)(**options), x)
    assert repr(layer) == shown
