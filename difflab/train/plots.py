"""Loss curves: how training went."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..types import Array

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".svg", ".png", ".pdf")
TRAINING, TEST = "#0b6e99", "#d9730d"
POINTS = 200
"""Steps are drawn as the means of about as many groups: single batches only show noise."""


def draw(epochs: "pd.DataFrame", steps: "pd.DataFrame", path: Path) -> None:
    """Draw the loss curves into a file, in the format that its name says."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "curves"}):
        loss_curves(epochs, steps).savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)


def loss_curves(epochs: "pd.DataFrame", steps: "pd.DataFrame") -> "Figure":
    """Draw the losses of steps, epochs and test examples against epochs; beside them the metric, if there is one.

    The axis of losses is logarithmic where all are positive.

    Args:
        epochs: a row an epoch, as a `Fit` has them in its `history`.
        steps: a row a step, as a `Fit` has them in its `steps`.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    metrics = [name for name in map(str, epochs) if name.startswith("test ") and name != "test loss"]
    with rc_context({"font.size": 9, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(4.4 * (1 + len(metrics)), 3.2), layout="constrained")
        first, *others = figure.subplots(1, 1 + len(metrics), squeeze=False)[0]
        _draw_losses(first, epochs, steps)
        for axes, name in zip(others, metrics, strict=True):
            axes.plot(epochs["epoch"], epochs[name], ".-", color=TEST, lw=1.2)
            axes.set(title=name)
        for axes in (first, *others):
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(color="#eeeeee")
            axes.set(xlabel="epoch", xlim=(0, 1.02 * max(len(epochs), 1)))
            axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _draw_losses(axes: "Axes", epochs: "pd.DataFrame", steps: "pd.DataFrame") -> None:
    places, losses = _grouped(steps)
    axes.plot(places, losses, color=TRAINING, lw=0.8, alpha=0.5, label="training, steps")
    axes.plot(epochs["epoch"] - 0.5, epochs["training loss"], "o", color=TRAINING, ms=3.5, label="training, epochs")
    axes.plot(epochs["epoch"], epochs["test loss"], ".-", color=TEST, lw=1.2, label="test")
    drawn = np.concatenate([losses, epochs["training loss"], epochs["test loss"]])
    axes.set(title="loss", yscale="log" if np.all(drawn > 0) else "linear")
    axes.legend(frameon=False, fontsize=8)


def _grouped(steps: "pd.DataFrame") -> tuple[Array, Array]:
    """Give the mean losses of groups of steps, and where on the axis of epochs they belong."""
    within = steps.groupby("epoch").cumcount() + 1
    length = within.groupby(steps["epoch"]).transform("max").max()  # of a whole epoch; the last may have been cut short
    places = (steps["epoch"] - 1 + within / length).to_numpy(float)
    losses = steps["loss"].to_numpy(float)
    groups = np.array_split(np.arange(len(steps)), max(1, min(POINTS, len(steps))))
    return tuple(np.array([values[one].mean() for one in groups if len(one)]) for values in (places, losses))  # type: ignore[return-value]
