"""Checkpointing: a chain of L layers in the memory of 2√L (Chen, Xu, Zhang and Guestrin 2016; Griewank 1992).

Backpropagation keeps the values of all L layers until the sweep has used them. With checkpoints every √L layers it
keeps the √L values at the checkpoints, and, while the sweep runs a part again, the √L values inside that part: 2√L in
all, for one more run of the function. The peak of the memory that one gradient needs is measured, in units of one
layer's values, with the bytes that Python and NumPy have asked for; and so is the time of one gradient.
"""

import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from math import isqrt
from timeit import repeat
from typing import Any

import numpy as np
import pandas as pd

from difflab import Tensor, checkpoint

from .findings import Findings, figure, main

SIZE = 2**17
"""Numbers in one layer's values: 1 MiB of them."""
LENGTHS = (4, 9, 16, 36, 64, 100, 144, 196, 256)
WAYS = ("all values kept", "checkpoints every √L layers")


def layers(x: Any, count: int) -> Any:
    """Apply layers, each of which saves one array for the sweep."""
    for _ in range(count):
        x = np.sin(x)
    return x


def gradient(start: Any, length: int, way: str) -> Any:
    """Give the gradient of the sum of what a chain of layers gives."""
    x = Tensor(start, requires_grad=True, copy=False)
    part = isqrt(length)
    if way == WAYS[0]:
        y = layers(x, length)
    else:
        y = x
        for _ in range(length // part):
            y = checkpoint(layers, y, part)
    np.sum(y).backward()
    assert x.grad is not None
    return x.grad.data


def peak(run: Callable[[], object], unit: int) -> float:
    """Measure how much a run holds at most, in units of `unit` bytes."""
    tracemalloc.start()
    run()
    found = tracemalloc.get_traced_memory()[1] / unit
    tracemalloc.stop()
    return found


def measured(start: Any, length: int) -> dict[str, Any]:
    """Give the peaks of both ways, and the time of the second in units of the first's."""
    runs = {way: partial(gradient, start, length, way) for way in WAYS}
    kept, again = (run() for run in runs.values())
    once, twice = (min(repeat(run, number=1, repeat=5)) for run in runs.values())
    row: dict[str, Any] = {"L": length} | {way: peak(run, start.nbytes) for way, run in runs.items()}
    return row | {"time, relative": twice / once, "equal": np.array_equal(kept, again)}


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Memory of a gradient: all values kept, and checkpoints", str(__doc__).split("\n\n")[1])
    start = np.linspace(0.1, 1.0, SIZE // 16 if quick else SIZE)
    frame = pd.DataFrame([measured(start, length) for length in (LENGTHS[:6] if quick else LENGTHS)])
    findings.tables["Peak memory: in arrays of one layer's values"] = frame
    expected = dict(zip(WAYS, (frame["L"], 2 * frame["L"] ** 0.5), strict=True))
    plot = figure()
    axes = plot.add_subplot(xlabel="layers L", ylabel="peak, in values of one layer")
    for way, line, text in zip(WAYS, expected.values(), ("L", "2√L"), strict=True):
        axes.plot(frame["L"], frame[way], "o", label=way)
        axes.plot(frame["L"], line, "-", linewidth=0.8, color="grey")
        axes.annotate(
            text, (frame["L"].iloc[-1], line.iloc[-1]), xytext=(-14, 5), textcoords="offset points", ha="right"
        )
    axes.margins(y=0.1)
    axes.legend()
    findings.figures["memory"] = plot
    findings.claim("Both ways give the same gradients, to the last bit", bool(frame["equal"].all()))
    for way, line, text in zip(WAYS, expected.values(), ("L", "2√L"), strict=True):
        excess = float((frame[way] - line).abs().max())
        findings.claim(f"{way}: {text} arrays at the peak, to {excess:.1f}: at most 5", excess <= 5)
    return findings


if __name__ == "__main__":
    sys.exit(main("checkpoint_memory", run))
