"""Batch size against gradient noise, and the square-root rule for the rate.

The gradient of a batch of B examples, drawn without order, is the whole gradient plus noise of a variance
proportional to 1/B. A step of rate r moves the weights by noise of variance r²/B; to keep that as B grows, the rate
of an optimizer whose steps do not depend on the gradient's size (Adam) must grow with √B (Hoffer and others 2017;
Malladi and others 2022). The noise is measured on a network that is partly trained; then networks are trained for as
many epochs at growing batches, once with one rate and once with rates by the rule.
"""

import sys

import numpy as np
import pandas as pd

from difflab import Tensor, data, models, nn, no_grad, optim
from difflab.train import fit
from difflab.types import Array

from .findings import Findings, figure, main

BATCHES = (16, 64, 256, 1024)
RATE = 1e-3
"""At the smallest batch."""


def flat_gradient(model: nn.Module, inputs: Array, labels: Array) -> Array:
    """Give the gradient of the mean loss, all parameters in one vector."""
    model.zero_grad()
    nn.losses.cross_entropy(model(Tensor(inputs)), labels).backward()
    gradients = [parameter.grad for parameter in model.parameters()]
    return np.concatenate([gradient.data.ravel() for gradient in gradients if gradient is not None])


def trained(digits: data.Dataset, batch: int, rate: float, epochs: int) -> nn.Module:
    """Train a network."""
    model = models.mlp(64, 64, 10, rng=0)
    optimizer = optim.Adam(model.parameters(), rate=rate)
    fit(model, digits, epochs=epochs, batch_size=batch, optimizer=optimizer, progress=False)
    return model


def noise(model: nn.Module, examples: data.Examples, draws: int) -> list[float]:
    """Give, for each batch size, the variance of the batch's gradient, summed over its entries."""
    generator = np.random.default_rng(1)
    whole = flat_gradient(model, examples.inputs, examples.labels)
    found = []
    for batch in BATCHES:
        rows = (generator.integers(len(examples.inputs), size=batch) for _ in range(draws))
        gaps = [flat_gradient(model, examples.inputs[chosen], examples.labels[chosen]) - whole for chosen in rows]
        found.append(float(np.mean([gap @ gap for gap in gaps])))
    return found


def loss_of(model: nn.Module, examples: data.Examples) -> float:
    """Give the mean loss."""
    with no_grad():
        return float(nn.losses.cross_entropy(model(Tensor(examples.inputs)), examples.labels))


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Batch size, gradient noise, and the square-root rule", str(__doc__).split("\n\n")[1])
    digits = data.digits()
    training = digits.training
    draws, epochs = (50, 2) if quick else (400, 20)
    variances = noise(trained(digits, 64, RATE, 2), training, draws)
    slope = float(np.polyfit(np.log(BATCHES), np.log(variances), 1)[0])
    findings.claim(f"the variance goes as B to the power {slope:.3f}; -1 to within 0.1", abs(slope + 1) < 0.1)
    by_rule = [RATE * np.sqrt(batch / BATCHES[0]) for batch in BATCHES]
    fixed_losses = [loss_of(trained(digits, batch, RATE, epochs), training) for batch in BATCHES]
    rule_losses = [
        loss_of(trained(digits, batch, rate, epochs), training) for batch, rate in zip(BATCHES, by_rule, strict=True)
    ]
    if not quick:
        better = all(rule < fixed for rule, fixed in zip(rule_losses[1:], fixed_losses[1:], strict=True))
        findings.claim("after as many epochs, larger batches reach a lower loss by the rule than at one rate", better)
    columns = {"batch": BATCHES, "variance": variances, "loss at one rate": fixed_losses, "rate by the rule": by_rule}
    findings.tables["Noise and loss: by batch size"] = pd.DataFrame(columns | {"loss by the rule": rule_losses})
    plot = figure(6.4, 3.2)
    left, right = plot.subplots(1, 2)
    left.loglog(BATCHES, variances, "o", label="measured")
    left.loglog(BATCHES, variances[0] * BATCHES[0] / np.array(BATCHES), "--", label="∝ 1 / B")
    left.set(xlabel="batch size B", ylabel="variance of the gradient")
    right.loglog(BATCHES, fixed_losses, "o-", label="one rate")
    right.loglog(BATCHES, rule_losses, "s-", label="rate ∝ √B")
    right.set(xlabel="batch size B", ylabel=f"loss after {epochs} epochs")
    for axes in (left, right):
        axes.legend()
    findings.figures["batch_size"] = plot
    return findings


if __name__ == "__main__":
    sys.exit(main("batch_size", run))
