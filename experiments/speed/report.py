"""The report of the training steps: ratios to PyTorch, and milliseconds."""

from collections.abc import Mapping

import pandas as pd


def report(figures: pd.DataFrame, where: Mapping[str, str]) -> str:
    """Write the report of the figures, one row for each network and engine (see `timing.Figure`), in Markdown."""
    figures = figures.assign(row=figures["network"] + ", batch " + figures["batch"].astype(str))
    ratios = figures.assign(
        text=[
            f"{each.ratio:.2f} ({each.lower_quartile:.2f} to {each.upper_quartile:.2f})"
            for each in figures.itertuples()
        ]
    )
    milliseconds = figures.assign(text=figures["fastest"].map("{:.2f}".format))
    lines = [
        "# A training step: forward, backward, Adam",
        "",
        "Eager engines, float32, cross-entropy of ten classes, each with its own layers and optimizer as they come",
        "(MyGrad and autograd have no optimizer: Adam in NumPy; autograd has no layers either). All have their turn in",
        "every round.",
        "",
        "## Time in units of PyTorch's: median over rounds (quartiles)",
        "",
        *_table(ratios),
        "",
        "## Fastest turn, in milliseconds",
        "",
        *_table(milliseconds),
        "",
        "## Where it ran",
        "",
        *(f"- {name}: {value}" for name, value in where.items()),
    ]
    return "\n".join(lines) + "\n"


def _table(figures: pd.DataFrame) -> list[str]:
    table = figures.pivot_table(index="row", columns="engine", values="text", aggfunc="first", sort=False)
    table = table.fillna("")
    head = f"| network | {' | '.join(table.columns)} |"
    rows = [f"| {name} | {' | '.join(cells)} |" for name, cells in zip(table.index, table.to_numpy(), strict=True)]
    return [head, f"|---|{'---:|' * len(table.columns)}", *rows]
