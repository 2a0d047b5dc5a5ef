"""The normalisation layers: both modes, running statistics, second derivatives."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.eager import Tensor
from difflab.errors import InvalidArgument
from difflab.nn import BatchNorm1d, BatchNorm2d, LayerNorm, Module
from tests.nn.against_torch import TOLERANCES, assert_agree, check_layer, each_precision, give_weights

NAMES = {"running_variance": "running_var"}
INPUTS: list[tuple[Any, tuple[int, ...]]] = [
    (BatchNorm1d, (6, 4)),
    (BatchNorm1d, (3, 4, 5)),
    (BatchNorm2d, (3, 4, 5, 6)),
    (BatchNorm2d, (1, 4, 2, 1)),
]
each_input = pytest.mark.parametrize(("kind", "shape"), INPUTS, ids=str)


def numbers(shape: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> Any:
    """Draw numbers whose mean and deviation are not 0 and 1."""
    return np.random.default_rng(seed).normal(0.7, 2, shape).astype(dtype)


def moved(layer: Module) -> Any:
    """Give a layer weights and statistics that are not those it begins with."""
    for name, tensor in [*layer.named_parameters(), *layer.named_buffers()]:
        tensor.data[...] = np.random.default_rng(len(name)).uniform(0.5, 1.5, tensor.shape)
    return layer


@pytest.mark.peers
@each_precision
@each_input
@pytest.mark.parametrize("training", [True, False])
def test_batch_normalisation_is_torchs(
    torch: ModuleType, kind: Any, shape: tuple[int, ...], training: bool, dtype: Any
) -> None:
    ours = moved(kind(4, epsilon=1e-3, momentum=0.3, dtype=dtype)).train(training)
    theirs = getattr(torch.nn, kind.__name__)(4, 1e-3, 0.3).train(training)
    check_layer(torch, ours, theirs, numbers(shape, dtype), names=NAMES)


@pytest.mark.peers
def test_running_statistics_of_many_batches_are_torchs(torch: ModuleType) -> None:
    ours, theirs = BatchNorm2d(4, dtype=np.float64), torch.nn.BatchNorm2d(4)
    give_weights(torch, ours, theirs, NAMES)
    for seed in range(20):
        x = numbers((3, 4, 5, 6), seed=seed)
        ours(Tensor(x, requires_grad=True)).sum().backward()
        theirs(torch.tensor(x))
    x = numbers((3, 4, 5, 6), seed=20)
    assert_agree("in evaluation", ours.eval()(x), theirs.eval()(torch.tensor(x)), 1e-12)
    assert_agree("the mean", ours.running_mean, theirs.running_mean, 1e-12)
    assert_agree("the variance", ours.running_variance, theirs.running_var, 1e-12)


@pytest.mark.peers
@each_input
@pytest.mark.parametrize("training", [True, False])
def test_second_derivatives_through_the_statistics_are_torchs(
    torch: ModuleType, kind: Any, shape: tuple[int, ...], training: bool
) -> None:
    ours, theirs = moved(kind(4, dtype=np.float64)).train(training), getattr(torch.nn, kind.__name__)(4).train(training)
    give_weights(torch, ours, theirs, NAMES)
    x, reference = Tensor(numbers(shape), requires_grad=True), torch.tensor(numbers(shape), requires_grad=True)
    operands, others = [x, ours.weight, ours.bias], [reference, theirs.weight, theirs.bias]
    slopes = difflab.grad(np.sum(np.sin(ours(x))), operands, create_graph=True)
    their_slopes = torch.autograd.grad(torch.sum(torch.sin(theirs(reference))), others, create_graph=True)
    directions = [np.cos(np.arange(slope.size)).reshape(slope.shape) for slope in slopes]
    seconds = difflab.grad(sum(np.sum(s * d) for s, d in zip(slopes, directions, strict=True)), operands)
    along = sum((s * torch.tensor(d)).sum() for s, d in zip(their_slopes, directions, strict=True))
    wanted = torch.autograd.grad(along, others)
    for name, second, expected in zip(("x", "weight", "bias"), seconds, wanted, strict=True):
        assert_agree(name, second, expected, TOLERANCES[np.float64])


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize("trailing", [(6,), (5, 6)])
def test_layer_normalisation_is_torchs(torch: ModuleType, trailing: tuple[int, ...], dtype: Any) -> None:
    ours, theirs = moved(LayerNorm(trailing, 1e-3, dtype)), torch.nn.LayerNorm(trailing, 1e-3)
    check_layer(torch, ours, theirs, numbers((3, 4, 5, 6), dtype))


def test_statistics_stay_where_nothing_is_trained() -> None:
    layer = BatchNorm1d(4, dtype=np.float64)
    layer.eval()(numbers((6, 4)))
    assert layer.running_mean.data.tolist() == [0] * 4
    layer.train()(numbers((6, 4)))
    assert layer.running_mean.data.tolist() != [0] * 4


def test_statistics_are_part_of_the_state_and_get_no_gradient() -> None:
    layer = BatchNorm1d(4, dtype=np.float64)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert list(layer.state_dict()) == ["weight", "bias", "running_mean", "running_variance"]


def test_a_batch_of_one_number_for_each_channel_is_refused_in_training() -> None:
    layer = BatchNorm1d(4, dtype=np.float64)
    with pytest.raises(InvalidArgument, match=r"^BatchNorm1d\(4\) was given an input of shape \(1, 4\), 1 numbers"):
        layer(numbers((1, 4)))
    assert layer.eval()(numbers((1, 4))).shape == (1, 4)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            BatchNorm2d(4),
            (3, 4),
            r"^BatchNorm2d\(4\) takes an input of shape \(N, 4, height, width\), .* \(3, 4\)\.$",
        ),
        (BatchNorm1d(4), (3, 5), r"^BatchNorm1d\(4\) takes an input of shape \(N, 4\), .* \(3, 5\)\.$"),
        (
            BatchNorm1d(4),
            (3, 5, 2),
            r"^BatchNorm1d\(4\) takes an input of shape \(N, 4, length\), .* \(3, 5, 2\)\.$",
        ),
        (
            LayerNorm((4, 5)),
            (3, 5, 5),
            r"^LayerNorm\(\(4, 5\)\) takes an input of shape \(…, 4, 5\), .* \(3, 5, 5\)",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer: Module, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        layer(np.ones(shape, np.float32))
