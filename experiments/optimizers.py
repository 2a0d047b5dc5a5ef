"""Five optimizers on Rosenbrock's valley, and on a network: SGD with momentum, Adagrad, RMSprop, Adam and AdamW.

Rosenbrock's function (1 - x)² + 100 (y - x²)² has its minimum, 0, at (1, 1), at the end of a curved valley; Newton's
method and L-BFGS, which use curvature, are shown beside the five. The network learns scikit-learn's digits. Rates are
the best of a few, by the loss at the end.
"""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from difflab import Tensor, data, models, optim
from difflab.train import fit
from difflab.types import Array

from .findings import Findings, figure, main

Make = Callable[..., optim.FirstOrder]
FIVE: dict[str, Make] = {
    "SGD, momentum 0.9": partial(optim.SGD, momentum=0.9),
    "Adagrad": optim.Adagrad,
    "RMSprop": optim.RMSprop,
    "Adam": optim.Adam,
    "AdamW": optim.AdamW,
}
CURVATURE: dict[str, Callable[..., optim.Optimizer]] = {"L-BFGS": optim.LBFGS, "Newton": optim.Newton}
VALLEY_RATES = (1e-4, 3e-4, 1e-3, 1e-2, 0.1, 0.5)
NETWORK_RATES = (1e-3, 3e-3, 1e-2, 3e-2, 0.1)


def rosenbrock(point: Tensor) -> Array:
    """Give the function's value."""
    return (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2


def in_the_valley(make: Callable[..., optim.Optimizer], steps: int) -> list[float]:
    """Descend from (-1.2, 1), Rosenbrock's own beginning; gives the values on the way."""
    point = Tensor([-1.2, 1.0], requires_grad=True)
    optimizer = make([point])
    path = [rosenbrock(point).item()]
    with np.errstate(over="ignore", invalid="ignore"):  # at a rate that is too high
        for _ in range(steps):
            optimizer.step(lambda: rosenbrock(point))
            path.append(rosenbrock(point).item())
    return path


def on_a_network(make: Make, epochs: int) -> list[float]:
    """Train on the digits; gives the mean loss of each epoch."""
    model = models.mlp(64, 64, 10, rng=0)
    optimizer = make(model.parameters())
    trained = fit(model, data.digits(), epochs=epochs, batch_size=64, optimizer=optimizer, progress=False)
    return list(trained.history["training loss"])


def best(make: Make, rates: tuple[float, ...], descend: Callable[[Make], list[float]]) -> tuple[float, list[float]]:
    """Give the rate whose descent ends lowest, and that descent."""
    paths = {rate: descend(partial(make, rate=rate)) for rate in rates}
    return min(paths.items(), key=lambda item: np.nan_to_num(item[1][-1], nan=np.inf))


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Optimizers in Rosenbrock's valley and on a network", str(__doc__).split("\n\n")[1])
    steps, epochs = (200, 1) if quick else (5000, 15)
    plot = figure(7.2, 3.4)
    valley, network = plot.subplots(1, 2)
    rows: dict[str, list[tuple[str, str, float]]] = {"In the valley": [], "On the network": []}
    for name, make in FIVE.items():
        rate, path = best(make, VALLEY_RATES, partial(in_the_valley, steps=steps))
        rows["In the valley"].append((name, f"{rate:g}", path[-1]))
        valley.loglog(range(1, len(path) + 1), np.maximum(path, 1e-30), label=name)
        rate, losses = best(make, NETWORK_RATES, partial(on_a_network, epochs=epochs))
        rows["On the network"].append((name, f"{rate:g}", losses[-1]))
        network.semilogy(range(1, epochs + 1), losses, "o-", markersize=3)
    for name, kind in CURVATURE.items():
        path = in_the_valley(partial(kind, iterations=1), 100)
        rows["In the valley"].append((name, "by line search", path[-1]))
        valley.loglog(range(1, len(path) + 1), np.maximum(path, 1e-30), ":", label=name)
        findings.claim(f"{name} reaches the bottom of the valley in 100 steps: {path[-1]:.1e}", path[-1] < 1e-20)
    valley.set(xlabel="step", ylabel="Rosenbrock's function", ylim=(1e-30, 1e4))
    network.set(xlabel="epoch", ylabel="training loss")
    plot.legend(loc="outside right center", fontsize="small")
    findings.figures["descents"] = plot
    for where, found in rows.items():
        columns = ["optimizer", "best rate", "value at the end"]
        findings.tables[f"{where}: each at its best rate"] = pd.DataFrame(found, columns=columns)
    if not quick:
        worst, loss = (max(end for *_, end in found[: len(FIVE)]) for found in rows.values())
        findings.claim(f"the five come below 1 in {steps} steps: at most {worst:.2g}", worst < 1)
        findings.claim(f"all learn the digits: loss at most {loss:.2g}, under 0.1", loss < 0.1)
    return findings


if __name__ == "__main__":
    sys.exit(main("optimizers", run))
