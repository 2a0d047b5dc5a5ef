"""Five optimizers on Rosenbrock's valley, and on a network: SGD with momentum, Adagrad, RMSprop, Adam and AdamW.

Rosenbrock's function (1 - x)² + 100 (y - x²)² has its minimum, 0, at (1, 1), at the end of a curved valley; Newton's
method and L-BFGS, which use curvature, are shown beside the five. The network learns scikit-learn's digits. Rates are
the best of a few, by the loss at the end.
"""

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from difflab import Tensor, data, models, optim
from difflab.train import fit

from .findings import Findings, figure, main

FIVE: dict[str, Callable[[list[Tensor], float], optim.Optimizer]] = {
    "SGD, momentum 0.9": lambda parameters, rate: optim.SGD(parameters, rate=rate, momentum=0.9),
    "Adagrad": lambda parameters, rate: optim.Adagrad(parameters, rate=rate),
    "RMSprop": lambda parameters, rate: optim.RMSprop(parameters, rate=rate),
    "Adam": lambda parameters, rate: optim.Adam(parameters, rate=rate),
    "AdamW": lambda parameters, rate: optim.AdamW(parameters, rate=rate),
}
CURVATURE = {
    "L-BFGS": lambda parameters: optim.LBFGS(parameters, iterations=1),
    "Newton": lambda parameters: optim.Newton(parameters, iterations=1),
}
VALLEY_RATES = (1e-4, 3e-4, 1e-3, 1e-2, 0.1, 0.5)
NETWORK_RATES = (1e-3, 3e-3, 1e-2, 3e-2, 0.1)


def rosenbrock(point: Tensor) -> Tensor:
    """Give the function's value."""
    return (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2


def in_the_valley(make: Callable[[list[Tensor]], optim.Optimizer], steps: int) -> list[float]:
    """Descend from (-1.2, 1), Rosenbrock's own beginning; gives the value before each step, and at the end."""
    point = Tensor([-1.2, 1.0], requires_grad=True)
    optimizer = make([point])

    path = []
    for _ in range(steps):
        path.append(rosenbrock(point).item())
        optimizer.step(lambda: rosenbrock(point))
    return [*path, rosenbrock(point).item()]


def on_a_network(make: Callable[[list[Tensor]], optim.Optimizer], epochs: int) -> list[float]:
    """Train on the digits; gives the mean loss of each epoch."""
    model = models.mlp(64, 64, 10, rng=0)
    trained = fit(
        model, data.digits(), epochs=epochs, batch_size=64, optimizer=make(list(model.parameters())), progress=False
    )
    return trained.history["training loss"].tolist()


def best(descend: Callable[[float], list[float]], rates: tuple[float, ...]) -> tuple[float, list[float]]:
    """Give the rate whose descent ends lowest, and that descent."""
    paths = {rate: descend(rate) for rate in rates}
    found = min(rates, key=lambda rate: paths[rate][-1] if np.isfinite(paths[rate][-1]) else np.inf)
    return found, paths[found]


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Optimizers in Rosenbrock's valley and on a network", str(__doc__).split("\n\n")[1])
    steps, epochs = (200, 1) if quick else (5000, 15)
    plot = figure(6.4, 3.2)
    valley, network = plot.subplots(1, 2)
    table = []
    for name, make in FIVE.items():
        rate, path = best(lambda rate, make=make: in_the_valley(lambda p: make(p, rate), steps), VALLEY_RATES)
        its_rate, losses = best(lambda rate, make=make: on_a_network(lambda p: make(p, rate), epochs), NETWORK_RATES)
        table.append([name, rate, path[-1], its_rate, losses[-1]])
        valley.loglog(range(1, len(path) + 1), np.maximum(path, 1e-30), label=name)
        network.plot(range(1, epochs + 1), losses, label=name)
    for name, kind in CURVATURE.items():
        path = in_the_valley(kind, 50)
        table.append([name, None, path[-1], None, None])
        valley.loglog(range(1, len(path) + 1), np.maximum(path, 1e-30), ":", label=name)
        findings.claim(f"{name} reaches the bottom of the valley in 50 steps: {path[-1]:.1e}", path[-1] < 1e-20)
    valley.set(xlabel="step", ylabel="Rosenbrock's function")
    network.set(xlabel="epoch", ylabel="training loss", yscale="log")
    valley.legend(fontsize="x-small")
    findings.figures["descents"] = plot
    frame = pd.DataFrame(table, columns=["optimizer", "rate in the valley", "value", "rate on the network", "loss"])
    findings.tables["Where the descents end: each at its best rate"] = frame
    if not quick:
        five = frame.head(len(FIVE))
        worst = float(five["value"].max())
        findings.claim(f"the five come below 1 in {steps} steps: at most {worst:.2g}", worst < 1)
        findings.claim(
            f"all learn the digits: loss at most {five['loss'].max():.2g}",
            five["loss"].max() < 0.1,
        )
    return findings


if __name__ == "__main__":
    sys.exit(main("optimizers", run))
