"""Second derivatives through a whole network."""

from types import ModuleType

import numpy as np
import pytest

import difflab
from difflab import nn
from difflab.models import LeNet5
from tests.nn.against_torch import assert_agree


@pytest.mark.peers
def test_the_gradient_of_the_gradients_length_is_torchs(torch: ModuleType) -> None:
    model = LeNet5(size=(12, 12), rng=0, dtype=np.float64)
    images, labels = np.random.default_rng(0).normal(size=(3, 1, 12, 12)), np.array([1, 2, 3])
    parameters = list(model.parameters())
    gradients = difflab.grad(nn.cross_entropy(model(images), labels), parameters, create_graph=True)
    seconds = difflab.grad(sum(np.sum(gradient**2) for gradient in gradients), parameters)

    weights = [torch.tensor(parameter.data, requires_grad=True) for parameter in parameters]
    convolutions, layers = (zip(part[::2], part[1::2], strict=True) for part in (weights[:4], weights[4:]))
    x = torch.tensor(images)
    for padding, (weight, bias) in zip((2, 0), convolutions, strict=True):
        x = torch.max_pool2d(torch.relu(torch.conv2d(x, weight, bias, padding=padding)), 2)
    x = x.flatten(1)
    for last, (weight, bias) in zip((False, False, True), layers, strict=True):
        x = torch.nn.functional.linear(x, weight, bias)
        x = x if last else torch.relu(x)
    loss = torch.nn.functional.cross_entropy(x, torch.tensor(labels))
    theirs = torch.autograd.grad(loss, weights, create_graph=True)
    wanted = torch.autograd.grad(sum((gradient**2).sum() for gradient in theirs), weights)
    for number, (second, expected) in enumerate(zip(seconds, wanted, strict=True)):
        assert_agree(f"parameter {number}", second, expected, 1e-10)
