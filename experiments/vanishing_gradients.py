"""Gradients through depth: they vanish behind sigmoids and stay behind rectifiers (Hochreiter 1991).

The slope of a sigmoid is at most 1/4: behind layers of Xavier's weights (Glorot and Bengio 2010), which pass a
cotangent on in its size, each layer leaves at most that share of it. A rectifier passes half of the entries; He's
weights make up for the other half (He and others 2015). With Xavier's, signals forward and cotangents back lose a
factor √½ in each layer; a weight's gradient is their product, so it is small in all layers, by √½ for each layer but
its own. Networks of equal layers are started at random, and the size of the gradient is compared layer by layer. What
comes back is the same in all at the outputs: the loss is a sum of them with random weights.
"""

import sys

import numpy as np
import pandas as pd

from difflab import Tensor, nn

from .findings import Findings, figure, main

WIDTH, DEPTH, EXAMPLES = 128, 20, 256
ACTIVATIONS = {
    "sigmoid, Xavier": (nn.Sigmoid, nn.initializers.xavier_normal),
    "tanh, Xavier": (nn.Tanh, nn.initializers.xavier_normal),
    "relu, Xavier": (nn.ReLU, nn.initializers.xavier_normal),
    "relu, He": (nn.ReLU, nn.initializers.he_normal),
}


def sizes(name: str, depth: int) -> list[float]:
    """Give the norm of the loss's gradient with respect to each layer's weights, the first layer first."""
    activation, initializer = ACTIVATIONS[name]
    generator = np.random.default_rng(0)
    layers = [nn.Linear(WIDTH, WIDTH, bias=False, rng=generator) for _ in range(depth)]
    for layer in layers:
        layer.weight.data[...] = initializer((WIDTH, WIDTH), rng=generator)
    activated = [part for layer in layers for part in (layer, activation())]
    model = nn.Sequential(*activated, nn.Linear(WIDTH, 10, rng=generator))
    inputs = Tensor(generator.standard_normal((EXAMPLES, WIDTH), dtype=np.float32))
    np.mean(model(inputs) * generator.standard_normal((EXAMPLES, 10), dtype=np.float32)).backward()
    gradients = [layer.weight.grad for layer in layers]
    return [float(np.linalg.norm(gradient.data)) for gradient in gradients if gradient is not None]


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Gradients through depth: sigmoid against relu", str(__doc__).split("\n\n")[1])
    depth = 10 if quick else DEPTH
    frame = pd.DataFrame({"layer": range(1, depth + 1)} | {name: sizes(name, depth) for name in ACTIVATIONS})
    findings.tables["Norm of the gradient of each layer's weights"] = frame
    plot = figure()
    axes = plot.add_subplot(xlabel="layer, counted from the input", ylabel="norm of the gradient", yscale="log")
    for name in ACTIVATIONS:
        axes.plot(frame["layer"], frame[name], "o-", markersize=3, label=name)
    axes.legend()
    findings.figures["gradients"] = plot
    kept = {name: (frame[name].iloc[0] / frame[name].iloc[-1]) ** (1 / (depth - 1)) for name in ACTIVATIONS}
    for name, share in kept.items():
        if name.startswith("sigmoid"):
            findings.claim(f"{name}: each layer leaves under 1/3 of the gradient: {share:.3f}", share < 1 / 3)
        elif name == "relu, He":
            findings.claim(f"{name}: each layer leaves between 0.8 and 1.25 of it: {share:.3f}", 0.8 < share < 1.25)
    small = float((frame["relu, Xavier"] / frame["relu, He"]).median())
    expected = 0.5 ** ((depth - 1) / 2)
    sentence = f"relu: gradients with Xavier's weights are {small:.2e} of those with He's, √½ to the power {depth - 1}"
    findings.claim(f"{sentence}, {expected:.2e}: to 1%", abs(small / expected - 1) < 0.01)
    return findings


if __name__ == "__main__":
    sys.exit(main("vanishing_gradients", run))
