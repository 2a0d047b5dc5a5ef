"""And, or, and not by one neuron; exclusive or by three, as one cannot (Minsky and Papert, Perceptrons, 1969).

A neuron is sigmoid(x·w + b). Each gate is learned from its truth table by plain gradient descent on the cross-
entropy. One neuron draws one line through the plane of its inputs, and no line has (0, 1) and (1, 0) on one side, (0,
0) and (1, 1) on the other: its loss on exclusive or cannot fall below log 2, that of a guess. Two neurons before it
can bend the plane.
"""

import sys

import numpy as np
import pandas as pd

from difflab import Tensor, nn, optim

from .findings import Findings, figure, main

PAIRS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {
    "not": (np.array([[0.0], [1.0]]), np.array([1.0, 0.0])),
    "and": (PAIRS, np.array([0.0, 0.0, 0.0, 1.0])),
    "or": (PAIRS, np.array([0.0, 1.0, 1.0, 1.0])),
    "exclusive or": (PAIRS, np.array([0.0, 1.0, 1.0, 0.0])),
}


def neurons(inputs: int, count: int) -> nn.Module:
    """Make a network of one neuron, or of three: two that see the inputs, and one that sees those two."""
    if count == 1:
        return nn.Linear(inputs, 1, rng=0, dtype=np.float64)
    hidden = nn.Linear(inputs, 2, rng=3, dtype=np.float64)
    return nn.Sequential(hidden, nn.Sigmoid(), nn.Linear(2, 1, rng=4, dtype=np.float64))


def learn(gate: str, count: int, steps: int) -> tuple[list[float], list[float]]:
    """Descend; gives the loss at each step, and the outputs at the end."""
    inputs, targets = GATES[gate]
    x, target = Tensor(inputs), Tensor(targets[:, None])
    model = neurons(inputs.shape[1], count)
    optimizer = optim.SGD(model.parameters(), rate=4.0)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.losses.binary_cross_entropy_with_logits(model(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, nn.Sigmoid()(model(x)).detach().numpy()[:, 0].tolist()


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Logic gates by one neuron and by three", str(__doc__).split("\n\n")[1])
    steps = 600 if quick else 1500
    table = []
    plot = figure()
    axes = plot.add_subplot(xlabel="step", ylabel="loss", yscale="log")
    for gate, count in (("not", 1), ("and", 1), ("or", 1), ("exclusive or", 1), ("exclusive or", 3)):
        losses, outputs = learn(gate, count, steps)
        name = f"{gate}, {count} neuron{'s' if count > 1 else ''}"
        axes.plot(losses, label=name)
        right = all((output > 0.5) == bool(target) for output, target in zip(outputs, GATES[gate][1], strict=True))
        shown = ", ".join(f"{output:.3f}" for output in outputs)
        table.append({"network": name, "outputs": shown, "loss": losses[-1], "all right": right})
        if (gate, count) == ("exclusive or", 1):
            bound = float(np.log(2))
            sentence = f"one neuron does not learn exclusive or: its loss stays at log 2, {losses[-1]:.6f}"
            findings.claim(sentence, not right and abs(losses[-1] - bound) < 1e-6)
        else:
            sentence = f"{name}: all outputs on the right side, loss {losses[-1]:.4f}, under 0.05"
            findings.claim(sentence, right and losses[-1] < 0.05)
    axes.legend(fontsize="small", loc=(0.66, 0.56))
    findings.figures["loss"] = plot
    findings.tables["What was learned: outputs in the order of the truth table"] = pd.DataFrame(table)
    return findings


if __name__ == "__main__":
    sys.exit(main("logic_gates", run))
