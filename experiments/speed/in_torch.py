"""The training steps in PyTorch, eager and compiled, with its own layers and Adam as they come."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

from difflab.types import Array

from .rows import Step


class _Rows(nn.Module):  # type: ignore[misc]
    """An LSTM over the rows of an image, and an affine map of its last output."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(28, 128, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give the logits, `(batch, 10)`."""
        return self.head(self.lstm(x)[0][:, -1])


def _mlp(*sizes: int) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _lenet5() -> nn.Module:
    first = (nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    return nn.Sequential(*first, *second, _mlp(400, 120, 84, 10))


def _convnet() -> nn.Module:
    first = (nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    return nn.Sequential(*first, *second, nn.Linear(3136, 10))


def _step(model: nn.Module, inputs: Array, labels: Array, call: Callable[[torch.Tensor], torch.Tensor]) -> Step:
    x, target = torch.from_numpy(inputs), torch.from_numpy(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()

    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of(call(x), target)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


_NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "mlp 784-64-10": lambda: _mlp(784, 64, 10),
    "mlp 784-256-128-10": lambda: _mlp(784, 256, 128, 10),
    "LeNet-5": _lenet5,
    "convnet": _convnet,
    "LSTM rows": _Rows,
}


def build(name: str, inputs: Array, labels: Array) -> Step:
    """Make a network and its optimizer, and give the step that trains it."""
    model = _NETWORKS[name]()
    return _step(model, inputs, labels, model)


def build_compiled(name: str, inputs: Array, labels: Array) -> Step:
    """Do the same, with the network compiled, which takes its first call a minute."""
    model = _NETWORKS[name]()
    return _step(model, inputs, labels, torch.compile(model))
