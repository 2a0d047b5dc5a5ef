"""Losses against PyTorch: values, gradients and second derivatives."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import nn
from difflab.eager import Tensor
from tests.nn.against_torch import TOLERANCES, assert_agree, each_precision

RNG = np.random.default_rng(0)
SCORES = RNG.normal(scale=2, size=(6, 4))
LABELS = RNG.integers(4, size=6)
DISTRIBUTIONS = RNG.dirichlet(np.ones(4), size=6)
DISTRIBUTIONS[0] = [1, 0, 0, 0]
NUMBERS = RNG.normal(size=(6, 4))
SIGNS = np.sign(NUMBERS)
LOGARITHMS = np.log(RNG.dirichlet(np.ones(4), size=6))

Reference = Callable[[Any, Any, Any], Any]
"""From PyTorch, the scores and the targets to the losses of the examples."""

CASES: dict[str, tuple[Callable[..., Any], Any, Any, Reference]] = {
    "mean_squared_error": (
        nn.mean_squared_error,
        SCORES,
        NUMBERS,
        lambda torch, x, t: torch.nn.functional.mse_loss(x, t, reduction="none"),
    ),
    "mean_absolute_error": (
        nn.mean_absolute_error,
        SCORES,
        NUMBERS,
        lambda torch, x, t: torch.nn.functional.l1_loss(x, t, reduction="none"),
    ),
    "huber": (
        lambda x, t, **options: nn.huber(x, t, 0.7, **options),
        SCORES,
        NUMBERS,
        lambda torch, x, t: torch.nn.functional.huber_loss(x, t, delta=0.7, reduction="none"),
    ),
    "cross_entropy of labels": (
        nn.cross_entropy,
        SCORES,
        LABELS,
        lambda torch, x, t: torch.nn.functional.cross_entropy(x, t, reduction="none"),
    ),
    "cross_entropy of smoothed labels": (
        lambda x, t, **options: nn.cross_entropy(x, t, 0.1, **options),
        SCORES,
        LABELS,
        lambda torch, x, t: torch.nn.functional.cross_entropy(x, t, label_smoothing=0.1, reduction="none"),
    ),
    "cross_entropy of distributions": (
        nn.cross_entropy,
        SCORES,
        DISTRIBUTIONS,
        lambda torch, x, t: torch.nn.functional.cross_entropy(x, t, reduction="none"),
    ),
    "negative_log_likelihood": (
        nn.negative_log_likelihood,
        LOGARITHMS,
        LABELS,
        lambda torch, x, t: torch.nn.functional.nll_loss(x, t, reduction="none"),
    ),
    "kullback_leibler": (
        nn.kullback_leibler,
        LOGARITHMS,
        DISTRIBUTIONS,
        lambda torch, x, t: torch.nn.functional.kl_div(x, t, reduction="none").sum(-1),
    ),
    "binary_cross_entropy_with_logits": (
        nn.binary_cross_entropy_with_logits,
        SCORES,
        DISTRIBUTIONS,
        lambda torch, x, t: torch.nn.functional.binary_cross_entropy_with_logits(x, t, reduction="none"),
    ),
    "exponential": (nn.exponential, SCORES, SIGNS, lambda torch, x, t: torch.exp(-x * t)),
    "hinge": (nn.hinge, SCORES, SIGNS, lambda torch, x, t: torch.relu(1 - x * t)),
}
each_loss = pytest.mark.parametrize("name", CASES)


@pytest.mark.peers
@each_precision
@each_loss
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_values_and_gradients_are_torchs(torch: ModuleType, name: str, reduction: Any, dtype: Any) -> None:
    loss, scores, target, theirs = CASES[name]
    target = target.astype(dtype) if target.dtype.kind == "f" else target
    x = Tensor(scores.astype(dtype), requires_grad=True)
    reference = torch.tensor(x.data, requires_grad=True)
    result, losses = loss(x, target, reduction=reduction), theirs(torch, reference, torch.tensor(target))
    expected = {"mean": losses.mean(), "sum": losses.sum(), "none": losses}[reduction]
    assert_agree(name, result, expected, TOLERANCES[dtype])
    weights = np.linspace(1, 2, result.size, dtype=dtype).reshape(result.shape)
    (gradient,) = difflab.grad([result], [x], grad_outputs=[weights])
    (wanted,) = torch.autograd.grad(expected, reference, torch.tensor(weights))
    assert_agree(f"the gradient of {name}", gradient, wanted, TOLERANCES[dtype])


@pytest.mark.peers
@each_loss
def test_second_derivatives_are_torchs(torch: ModuleType, name: str) -> None:
    loss, scores, target, theirs = CASES[name]
    x, reference = Tensor(scores, requires_grad=True), torch.tensor(scores, requires_grad=True)
    direction = np.cos(np.arange(scores.size)).reshape(scores.shape)
    (slope,) = difflab.grad(loss(x, target), [x], create_graph=True)
    expected = theirs(torch, reference, torch.tensor(target)).mean()
    (their_slope,) = torch.autograd.grad(expected, reference, create_graph=True)
    if not slope.requires_grad:  # piecewise linear losses: their slopes are constant
        second = Tensor(np.zeros_like(scores))
    else:
        (second,) = difflab.grad(np.sum(slope * direction), [x])
    along = (their_slope * torch.tensor(direction)).sum() + 0 * reference.sum()
    (wanted,) = torch.autograd.grad(along, reference)
    assert_agree(name, second, wanted, 1e-10)


@each_loss
def test_arrays_give_what_tensors_give(name: str) -> None:
    loss, scores, target, _ = CASES[name]
    result = loss(scores, target)
    assert isinstance(result, np.floating)
    assert result == loss(Tensor(scores), Tensor(target)).item() == loss(scores, target.tolist())


@each_loss
def test_a_sweep_by_the_functional_interface_gives_the_same_gradient(name: str) -> None:
    loss, scores, target, _ = CASES[name]
    x = Tensor(scores, requires_grad=True)
    loss(x, target).backward()
    assert x.grad is not None
    np.testing.assert_allclose(difflab.gradient(loss, scores, target), x.grad.data, atol=1e-14)
