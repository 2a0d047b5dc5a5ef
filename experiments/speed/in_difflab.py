"""The training steps in difflab, eager and compiled, with its own layers and Adam as they come."""

from collections.abc import Callable

import difflab
from difflab import Tensor, models, nn, optim
from difflab.types import Array

from .rows import Step

_NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "mlp 784-64-10": lambda: models.mlp(784, 64, 10, rng=0),
    "mlp 784-256-128-10": lambda: models.mlp(784, 256, 128, 10, rng=0),
    "LeNet-5": lambda: models.LeNet5(rng=0),
    "convnet": lambda: models.ConvNet(rng=0),
    "LSTM rows": lambda: models.RowLSTM(rng=0),
}


def build(name: str, inputs: Array, labels: Array) -> Step:
    """Make a network and its optimizer, and give the step that trains it."""
    step = _step(name)
    x, target = Tensor(inputs), Tensor(labels)
    return lambda: float(step(x, target).item())


def build_compiled(name: str, inputs: Array, labels: Array) -> Step:
    """Do the same, with the step compiled: recorded in its first call."""
    step = difflab.compile(_step(name), tier="native")
    x, target = Tensor(inputs), Tensor(labels)
    return lambda: float(step(x, target).item())


def _step(name: str) -> Callable[[Tensor, Tensor], Tensor]:
    model = _NETWORKS[name]()
    optimizer = optim.Adam(model.parameters(), rate=1e-3)

    def step(x: Tensor, target: Tensor) -> Tensor:
        optimizer.zero_grad()
        loss: Tensor = nn.losses.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        return loss

    return step
