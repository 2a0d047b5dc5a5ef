"""ResNet-18 against a PyTorch one of the same blocks and weights."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.models import resnet18
from tests.nn.against_torch import check_layer


def reference(torch: ModuleType, channels: int, classes: int, small_images: bool) -> Any:
    """Make the network of He, Zhang, Ren and Sun out of PyTorch's layers, its parts numbered as ours are."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, inputs: int, outputs: int, stride: int) -> None:
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )
            self.shortcut = nn.Sequential()
            if stride != 1 or inputs != outputs:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
                )

        def forward(self, x: Any) -> Any:
            return torch.relu(self.body(x) + self.shortcut(x))

    kernel, stride = (3, 1) if small_images else (7, 2)
    start = nn.Conv2d(channels, 64, kernel, stride, kernel // 2, bias=False)
    pooling = [] if small_images else [nn.MaxPool2d(3, 2, 1)]
    blocks = [
        Block(inputs, outputs, stride)
        for before, after, halving in [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)]
        for inputs, outputs, stride in [(before, after, halving), (after, after, 1)]
    ]
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes)]
    return nn.Sequential(start, nn.BatchNorm2d(64), nn.ReLU(), *pooling, *blocks, *end)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("small_images", "training"),
    [
        (True, True),
        pytest.param(False, True, marks=pytest.mark.slow),
        pytest.param(True, False, marks=pytest.mark.slow),
        pytest.param(False, False, marks=pytest.mark.slow),
    ],
)
def test_it_is_the_same_network(torch: ModuleType, small_images: bool, training: bool) -> None:
    model = resnet18(5, 3, small_images, rng=0, dtype=np.float64).train(training)
    theirs = reference(torch, 3, 5, small_images).train(training)
    images = np.random.default_rng(0).normal(size=(2, 3, 16, 16) if small_images else (2, 3, 64, 64))
    names = {name: name.replace("running_variance", "running_var") for name in model.state_dict()}
    check_layer(torch, model, theirs, images, names=names)
