"""The plot of totals: seconds for N calls against N, a panel for each row."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from experiments.findings import figure

from .timing import CALLS, Figure

if TYPE_CHECKING:
    import matplotlib.figure

ACROSS = 3
STYLES: dict[str, dict[str, Any]] = {
    "reverse": {"color": "#0b6e99", "marker": "o", "linestyle": "--"},
    "reverse_compiled": {"color": "#0b6e99", "marker": "o", "linewidth": 2.2},
    "autograd": {"color": "#64473a", "marker": "s"},
    "torch": {"color": "#e03e3e", "marker": "D"},
    "torch, own functions": {"color": "#e03e3e", "marker": "D", "linestyle": "--"},
    "jax": {"color": "#0f7b6c", "marker": "^"},
    "jax, unrolled": {"color": "#0f7b6c", "marker": "^", "linestyle": "--"},
    "casadi": {"color": "#d9730d", "marker": "v"},
}
"""One colour a project; difflab's lines are blue."""


def totals(figures: Sequence[Figure]) -> "matplotlib.figure.Figure":
    """Draw what N calls take, both axes logarithmic."""
    rows = list(dict.fromkeys(one.row for one in figures))
    down = ceil(len(rows) / ACROSS)
    plot = figure(3.3 * ACROSS, 2.6 * down + 0.6)
    panels = plot.subplots(down, ACROSS, squeeze=False, sharex=True).ravel()
    lines = {}
    for axes, row in zip(panels, rows, strict=False):
        for one in figures:
            if one.row == row:
                style = {"linewidth": 1.1, "markersize": 3} | STYLES.get(one.engine, {})
                lines[one.engine] = axes.loglog(CALLS, one.totals, label=one.engine, **style)[0]
        axes.set_title(row, fontsize=9)
        axes.grid(alpha=0.25)
        axes.tick_params(labelsize=8, labelbottom=True)
    for axes in panels[len(rows) :]:
        axes.set_visible(False)
    plot.supxlabel("calls N", fontsize=9)
    plot.supylabel("seconds, preparation included", fontsize=9)
    plot.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=4, fontsize=9, frameon=False)
    return plot
