"""Linear regression by hand-derived gradient and by the engine: the same numbers, step by step.

The model is y = x·w + b, the loss the mean of (y - target)²; its gradient by hand is 2/n Σ (y - target) x for w and
2/n Σ (y - target) for b. Both descents start at zero and take the same steps; the least-squares solution is known.
"""

import sys

import numpy as np
import pandas as pd

from difflab import Tensor, grad, no_grad
from difflab.types import Array

from .findings import Findings, figure, main

RATE = 0.1
TRUE_WEIGHTS, TRUE_BIAS = np.array([2.0, -3.4, 0.7]), 4.2


def examples(count: int = 500) -> tuple[Array, Array]:
    """Draw inputs, standard normal, and noisy targets."""
    generator = np.random.default_rng(0)
    inputs = generator.standard_normal((count, len(TRUE_WEIGHTS)))
    return inputs, inputs @ TRUE_WEIGHTS + TRUE_BIAS + 0.01 * generator.standard_normal(count)


def by_hand(inputs: Array, targets: Array, steps: int) -> list[tuple[float, Array]]:
    """Descend by the gradient that a person derived; gives the loss and (w, b) at each step."""
    weights, bias = np.zeros(inputs.shape[1]), np.zeros(())
    path = []
    for _ in range(steps):
        residuals = inputs @ weights + bias - targets
        path.append((float(np.mean(residuals**2)), np.append(weights, bias)))
        weights = weights - RATE * 2 / len(targets) * (inputs.T @ residuals)
        bias = bias - RATE * 2 / len(targets) * np.sum(residuals)
    return path


def by_engine(inputs: Array, targets: Array, steps: int) -> list[tuple[float, Array]]:
    """Descend by the gradient that the engine sweeps back."""
    x, y = Tensor(inputs), Tensor(targets)
    weights = Tensor(np.zeros(inputs.shape[1]), requires_grad=True)
    bias = Tensor(0.0, requires_grad=True)
    path = []
    for _ in range(steps):
        loss = np.mean((x @ weights + bias - y) ** 2)
        path.append((loss.item(), np.append(weights.detach().numpy(), bias.item())))
        slopes = grad(loss, [weights, bias])
        with no_grad():
            for parameter, slope in zip((weights, bias), slopes, strict=True):
                parameter -= RATE * slope
    return path


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    inputs, targets = examples()
    steps = 20 if quick else 100
    hand, engine = by_hand(inputs, targets, steps), by_engine(inputs, targets, steps)
    gaps = [float(np.max(np.abs(one[1] - other[1]))) for one, other in zip(hand, engine, strict=True)]
    solution = np.linalg.lstsq(np.column_stack([inputs, np.ones(len(inputs))]), targets, rcond=None)[0]
    findings = Findings("Linear regression: the gradient by hand and by the engine", __doc__.split("\n\n")[1])
    findings.claim(f"the largest gap between the two in any step is {max(gaps):.1e}, under 1e-12", max(gaps) < 1e-12)
    if not quick:
        distance = float(np.max(np.abs(engine[-1][1] - solution)))
        findings.claim(f"the end is within 1e-6 of the least-squares solution: {distance:.1e}", distance < 1e-6)
    table = {"step": range(steps), "loss by hand": [x[0] for x in hand], "loss by the engine": [x[0] for x in engine]}
    frame = pd.DataFrame(table | {"largest gap": gaps})
    findings.tables["Every tenth step: loss, and largest gap between the weights"] = frame.iloc[::10]
    plot = figure()
    axes = plot.add_subplot(xlabel="step", ylabel="loss", yscale="log")
    axes.plot(frame["step"], frame["loss by hand"], label="by hand", linewidth=4, alpha=0.4)
    axes.plot(frame["step"], frame["loss by the engine"], label="by the engine", color="black", linewidth=1)
    axes.legend()
    findings.figures["loss"] = plot
    return findings


if __name__ == "__main__":
    sys.exit(main("linear_regression", run))
