"""A curve approximated by one hidden layer, as its width grows (Cybenko 1989; Hornik, Stinchcombe and White 1989).

One hidden layer of tanh neurons comes as close to a continuous function on an interval as one likes, if it is wide
enough. Each width is trained on the same 200 points of sin(3x) + x²/2 on [-2, 2], from several beginnings, of which
the best counts, by L-BFGS, whose steps leave little error that more steps would take away.
"""

import sys
from itertools import pairwise

import numpy as np
import pandas as pd

from difflab import Tensor, nn, no_grad, optim
from difflab.types import Array

from .findings import Findings, figure, main

WIDTHS = (1, 2, 4, 8, 16, 32)


def curve(x: Array) -> Array:
    """Give the function to approximate."""
    return np.sin(3 * x) + x**2 / 2


def approximated(width: int, seed: int, steps: int) -> tuple[float, Array]:
    """Train one network; gives its largest error on a grid between the training points, and its values there."""
    inputs = np.linspace(-2, 2, 200)[:, None]
    x, target = Tensor(inputs), Tensor(curve(inputs))
    generator = np.random.default_rng(seed)
    hidden, outer = (nn.Linear(*sizes, rng=generator, dtype=np.float64) for sizes in ((1, width), (width, 1)))
    for parameter, spread in zip(hidden.parameters(), (3.0, 6.0), strict=True):
        parameter.data[...] *= spread  # neurons whose bends are spread over the interval
    model = nn.Sequential(hidden, nn.Tanh(), outer)
    optimizer = optim.LBFGS(model.parameters(), history=100, iterations=steps)
    optimizer.step(lambda: nn.losses.mean_squared_error(model(x), target))
    grid = np.linspace(-2, 2, 1001)[:, None]
    with no_grad():
        values = model(Tensor(grid)).numpy()
    return float(np.max(np.abs(values - curve(grid)))), values[:, 0]


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    widths, beginnings, steps = (WIDTHS[:3], 2, 100) if quick else (WIDTHS, 3, 1000)
    findings = Findings("One hidden layer comes as close as one likes, as it widens", str(__doc__).split("\n\n")[1])
    plot = figure(6.4, 6.4)
    fits, errors = plot.subplots(2)
    grid = np.linspace(-2, 2, 1001)
    fits.plot(grid, curve(grid), color="black", linewidth=3, alpha=0.3, label="the curve")
    found = []
    for width in widths:
        error, values = min((approximated(width, seed, steps) for seed in range(beginnings)), key=lambda x: x[0])
        found.append(error)
        fits.plot(grid, values, linewidth=1, label=f"width {width}")
    fits.set(xlabel="x", ylabel="y")
    fits.legend(ncols=2, fontsize="small")
    errors.loglog(widths, found, "o-", base=2)
    errors.set(xlabel="width of the hidden layer", ylabel="largest error", yscale="log")
    findings.figures["approximation"] = plot
    findings.tables["Largest error: best of several beginnings"] = pd.DataFrame({"width": widths, "error": found})
    falls = all(wider < narrower for narrower, wider in pairwise(found))
    findings.claim("the largest error falls with each doubling of the width", falls)
    if not quick:
        findings.claim(f"{widths[-1]} neurons come within 0.001 of the curve: {found[-1]:.1e}", found[-1] < 1e-3)
    return findings


if __name__ == "__main__":
    sys.exit(main("universal_approximation", run))
