"""Logistic and softmax regression, each to its optimum, and beside scikit-learn's.

Both losses are convex, so there is one lowest value to reach, whatever the way there. Logistic regression tells
threes from eights among scikit-learn's handwritten digits, softmax regression all ten, both with a penalty of the
squared weights that makes the optimum unique; the engine's gradients lead L-BFGS there, and scikit-learn's own
solvers say where it is.
"""

import sys

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from difflab import Tensor, data, nn, optim
from difflab.types import Array

from .findings import Findings, figure, main

PENALTY = 1e-3
"""Of half the sum of squared weights, beside the mean loss of the examples."""


def fitted(inputs: Array, targets: Array, classes: int) -> tuple[nn.Linear, list[float]]:
    """Minimize the penalized loss; gives the model and the objective after each step."""
    model = nn.Linear(inputs.shape[1], classes if classes > 2 else 1, rng=0, dtype=np.float64)
    x = Tensor(inputs)
    optimizer = optim.LBFGS(model.parameters(), iterations=1)

    def objective() -> Array:
        scores = model(x)
        if classes > 2:
            loss = nn.losses.cross_entropy(scores, targets)
        else:
            loss = nn.losses.binary_cross_entropy_with_logits(scores[:, 0], targets.astype(float))
        return loss + 0.5 * PENALTY * np.sum(model.weight**2)

    return model, [float(optimizer.step(objective)) for _ in range(200)]


def reference(inputs: Array, targets: Array) -> tuple[float, LogisticRegression]:
    """Give scikit-learn's lowest value of the same objective, and its model."""
    weight = 1 / (PENALTY * len(inputs))
    model = LogisticRegression(C=weight, solver="newton-cg", tol=1e-10, max_iter=1000).fit(inputs, targets)
    logs = model.predict_log_proba(inputs)[np.arange(len(targets)), targets]
    return float(-np.mean(logs) + 0.5 * PENALTY * np.sum(model.coef_**2)), model


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Logistic and softmax regression", str(__doc__).split("\n\n")[1], packages=["scikit-learn"])
    digits = data.digits()
    flat = [part.inputs.reshape(len(part.inputs), -1).astype(float) for part in (digits.training, digits.test)]
    labels = [part.labels for part in (digits.training, digits.test)]
    table = []
    plot = figure()
    axes = plot.add_subplot(xlabel="step", ylabel="objective above its lowest value", yscale="log")
    for name, classes in (("logistic: 3 or 8", 2), ("softmax: ten digits", 10)):
        chosen = [np.isin(each, [3, 8]) if classes == 2 else np.ones(len(each), bool) for each in labels]
        x, test = (each[where] for each, where in zip(flat, chosen, strict=True))
        y, answers = (
            (each[where] == 8).astype(int) if classes == 2 else each[where]
            for each, where in zip(labels, chosen, strict=True)
        )
        model, values = fitted(x, y, classes)
        lowest, peer = reference(x, y)
        scores = model(Tensor(test)).detach().numpy()
        right = float(np.mean((scores.argmax(1) if classes > 2 else scores[:, 0] > 0) == answers))
        table.append(
            {
                "model": name,
                "objective": values[-1],
                "scikit-learn's": lowest,
                "right of the test digits": right,
                "scikit-learn's right": float(peer.score(test, answers)),
            }
        )
        gap = values[-1] - lowest
        findings.claim(f"{name}: the objective ends within 1e-6 of scikit-learn's: {gap:+.1e}", abs(gap) < 1e-6)
        axes.plot(np.maximum(np.array(values) - min(lowest, values[-1]), 1e-12), label=name)
    axes.legend()
    findings.figures["objective"] = plot
    findings.tables["Where the descents end"] = pd.DataFrame(table)
    return findings


if __name__ == "__main__":
    sys.exit(main("regression", run))
