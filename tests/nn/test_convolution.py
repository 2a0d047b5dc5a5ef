"""The convolution layers."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.nn import Conv1d, Conv2d, ConvTranspose2d
from tests.nn.against_torch import check_layer, each_precision

THEIR_NAMES = {"kernel": "kernel_size"}


def check(torch: ModuleType, kind: type[Any], shape: tuple[int, ...], dtype: Any, *sizes: int, **options: Any) -> None:
    """Hold a layer against PyTorch's of the same name and options."""
    theirs = getattr(torch.nn, kind.__name__)
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    ours = kind(*sizes, **options, rng=1, dtype=dtype)
    check_layer(torch, ours, theirs(*sizes, **{THEIR_NAMES.get(key, key): value for key, value in options.items()}), x)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize(
    "options",
    [
        {"kernel": 3},
        {"kernel": 5, "padding": 2},
        {"kernel": 3, "stride": 2, "padding": 1, "bias": False},
        {"kernel": 2, "dilation": 3, "groups": 2},
    ],
    ids=str,
)
def test_one_dimension_is_torchs(torch: ModuleType, options: dict[str, Any], dtype: Any) -> None:
    check(torch, Conv1d, (3, 4, 11), dtype, 4, 6, **options)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize(
    "options",
    [
        {"kernel": 3, "padding": 1},
        {"kernel": (3, 2), "stride": (2, 1), "padding": (0, 1), "bias": False},
        {"kernel": 3, "dilation": 2, "groups": 2},
        {"kernel": 1},
    ],
    ids=str,
)
def test_two_dimensions_are_torchs(torch: ModuleType, options: dict[str, Any], dtype: Any) -> None:
    check(torch, Conv2d, (3, 4, 9, 8), dtype, 4, 6, **options)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize(
    "options",
    [
        {"kernel": 3, "padding": 1},
        {"kernel": 4, "stride": 2, "padding": 1, "bias": False},
        {"kernel": (3, 2), "stride": (2, 3), "output_padding": (1, 2), "groups": 2},
        {"kernel": 3, "dilation": 2},
    ],
    ids=str,
)
def test_the_transpose_is_torchs(torch: ModuleType, options: dict[str, Any], dtype: Any) -> None:
    check(torch, ConvTranspose2d, (3, 4, 5, 6), dtype, 4, 6, **options)


def test_kernels_begin_uniformly_by_the_numbers_that_go_into_an_output() -> None:
    layer = Conv2d(16, 64, kernel=5, rng=0)
    for parameter in (layer.weight, layer.bias):
        assert layer.bias is not None
        assert 0.95 / 20 < np.max(np.abs(parameter.data)) <= 1 / 20


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        (Conv1d(2, 4, 3), "Conv1d(2, 4, kernel=3)"),
        (Conv2d(2, 4, (3, 5), stride=2, bias=False), "Conv2d(2, 4, kernel=(3, 5), stride=2, bias=False)"),
        (ConvTranspose2d(2, 4, 3, 2, output_padding=1), "ConvTranspose2d(2, 4, kernel=3, stride=2, output_padding=1)"),
    ],
)
def test_a_layer_shows_its_settings(layer: Any, shown: str) -> None:
    assert repr(layer) == shown


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (5, 3, 9, 9),
            r"kernel=3\) takes an input of shape \(N, 2, height, width\), and was given one of shape \(5, 3, 9, 9\)",
        ),
        ((2, 9, 9), r"takes an input of shape \(N, 2, height, width\), and was given one of shape \(2, 9, 9\)"),
        ((5, 2, 2, 9), r"conv2d was given .*\(5, 2, 2, 9\)"),
    ],
)
def test_images_that_do_not_fit_are_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        Conv2d(2, 4, kernel=3)(np.zeros(shape, np.float32))


def test_channels_that_do_not_divide_into_groups_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="cannot divide 4 inputs and 6 outputs into 3 groups: give multiples"):
        Conv2d(4, 6, kernel=3, groups=3)
    with pytest.raises(InvalidArgument, match=r"Conv2d was given kernel=\(3, 3, 3\): write a whole number"):
        Conv2d(4, 6, kernel=(3, 3, 3))
