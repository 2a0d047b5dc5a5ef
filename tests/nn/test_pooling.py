"""The pooling layers."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.nn import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from tests.nn.against_torch import check_layer, each_precision


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("kind", [MaxPool2d, AvgPool2d])
@pytest.mark.parametrize("sizes", [(2,), (3, 2, 1), ((2, 3), (1, 2)), (3, 1)], ids=str)
def test_windows_are_torchs(torch: ModuleType, kind: Any, sizes: tuple[Any, ...], dtype: Any) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4, 9, 8)).astype(dtype)
    check_layer(torch, kind(*sizes), getattr(torch.nn, kind.__name__)(*sizes), x)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("output", [1, 3, (2, 5)], ids=str)
def test_as_many_windows_as_asked_for_are_torchs(torch: ModuleType, output: Any, dtype: Any) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4, 9, 8)).astype(dtype)
    check_layer(torch, AdaptiveAvgPool2d(output), torch.nn.AdaptiveAvgPool2d(output), x)


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        (MaxPool2d(2), "MaxPool2d(2)"),
        (AvgPool2d((3, 2), stride=1, padding=1), "AvgPool2d((3, 2), stride=1, padding=1)"),
        (AdaptiveAvgPool2d((1, 2)), "AdaptiveAvgPool2d((1, 2))"),
    ],
)
def test_a_layer_shows_its_settings(layer: Any, shown: str) -> None:
    assert repr(layer) == shown


@pytest.mark.parametrize("layer", [MaxPool2d(2), AvgPool2d(2), AdaptiveAvgPool2d(2)])
def test_images_without_channels_are_refused(layer: Any) -> None:
    message = r"Pool2d\(2\) takes an input of shape \(N, channels, height, width\), and was given one of shape \(9, 9\)"
    with pytest.raises(InvalidArgument, match=message):
        layer(np.zeros((9, 9)))
