"""The training steps in difflab, eager, with its own layers and Adam as they come."""

from collections.abc import Callable

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
    model = _NETWORKS[name]()
    x, target = Tensor(inputs), Tensor(labels)
    optimizer = optim.Adam(model.parameters(), rate=1e-3)

    def step() -> float:
        optimizer.zero_grad()
        loss = nn.losses.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step
