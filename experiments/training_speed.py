"""A training step, forward, backward and Adam, in difflab, eager and compiled, and in other engines.

PyTorch (eager, and its network compiled by torch.compile), MyGrad and autograd have their turn in every round, in one
process with as many threads; Chainer, which needs an older NumPy, in a process of its own that waits in between:
CHAINER_PYTHON names a Python that has it. Each engine uses its own layers and optimizer as they come; MyGrad and
autograd have no optimizer (Adam in NumPy), autograd no layers either. All compute in float32 on the same examples, with
the cross-entropy of ten classes.
"""

import os
import sys
from dataclasses import asdict

import pandas as pd
import torch
from threadpoolctl import threadpool_info

from .findings import Findings, main
from .speed import in_autograd, in_difflab, in_mygrad, in_torch, memory
from .speed.chainer_process import ChainerProcess
from .speed.rows import ROWS, Row
from .speed.timing import Figure, Timed, measure, timed

ENGINES = {
    "difflab": in_difflab.build,
    "difflab, compiled": in_difflab.build_compiled,
    "PyTorch": in_torch.build,
    "PyTorch, compiled": in_torch.build_compiled,
    "MyGrad": in_mygrad.build,
    "autograd": in_autograd.build,
}
GOAL, GOAL_COMPILED = 1.3, 1.0
"""Times PyTorch's time: of eager steps its eager one's, of compiled ones that of its faster one."""


def figures(row: Row, quick: bool, chainer: ChainerProcess | None) -> list[Figure]:
    """Time one row in every engine, in turn."""
    inputs, labels = row.examples()
    engines = {name: build for name, build in ENGINES.items() if not (quick and name == "PyTorch, compiled")}
    steps: dict[str, Timed] = {name: timed(build(row.name, inputs, labels)) for name, build in engines.items()}
    if chainer is not None:
        chainer.build(row)
        steps["Chainer"] = chainer.seconds
    rounds, burst = (2, 1) if quick else (15, 5)
    return measure(row, steps, rounds, burst, unit="PyTorch")


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    threads = [f"{each['internal_api']} {each['version']}: {each['num_threads']}" for each in threadpool_info()]
    used = f"Threads: PyTorch {torch.get_num_threads()}, {', '.join(threads)}."
    text = f"{str(__doc__).split(chr(10) * 2)[1]}\n\n{used}"
    findings = Findings("Training steps", text, packages=["torch", "mygrad", "autograd"])
    python = os.environ.get("CHAINER_PYTHON")
    chainer = ChainerProcess(python) if python else None
    found = [figure for row in ROWS for figure in figures(row, quick, chainer)]
    if chainer is not None:
        chainer.close()
    frame = pd.DataFrame([asdict(figure) for figure in found])
    frame["row"] = frame["network"] + ", batch " + frame["batch"].astype(str)
    ratios = frame["ratio"].map("{:.2f}".format)
    quartiles = (
        " (" + frame["lower_quartile"].map("{:.2f}".format) + " to " + frame["upper_quartile"].map("{:.2f})".format)
    )
    findings.tables["Time in units of PyTorch's: median over rounds (quartiles)"] = _wide(frame, ratios + quartiles)
    findings.tables["Milliseconds of the fastest turn"] = _wide(frame, frame["fastest"].map("{:.2f}".format))
    findings.tables["All figures"] = frame.drop(columns="row")
    by_engine = frame.pivot_table(index="row", columns="engine", values="ratio", sort=False)
    for row, times in by_engine.iterrows():
        own = times["difflab"]
        findings.claim(f"{row}: {own:.2f} × PyTorch, at most {GOAL} asked for", own <= GOAL)
        best = times.filter(like="PyTorch").min()
        compiled = times["difflab, compiled"] / best
        goal = f"{GOAL_COMPILED} of the better of PyTorch's asked for"
        findings.claim(f"{row}, compiled: {compiled:.2f} × PyTorch, at most {goal}", compiled <= GOAL_COMPILED)
        others = times.drop([name for name in times.index if name.startswith(("difflab", "PyTorch"))])
        shown = ", ".join(f"{name} {ratio / own:.1f} ×" for name, ratio in others.items())
        findings.claim(f"{row}: faster than the engines on NumPy, which take {shown} its time", own < others.min())
    taken = memory.table(ROWS[:1] if quick else ROWS)
    findings.tables["Peak memory of a step in KiB"] = taken.round(1)
    for _, of_row in taken.iterrows():
        shown = f"{of_row['difflab, compiled']:.0f} KiB beyond what was there, PyTorch's {of_row['PyTorch']:.0f}"
        findings.claim(f"{of_row['row']}, compiled: at most {shown}", of_row["difflab, compiled"] < of_row["PyTorch"])
    return findings


def _wide(frame: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
    table = frame.assign(text=texts).pivot_table(
        index="row", columns="engine", values="text", aggfunc="first", sort=False
    )
    return table.reset_index()


if __name__ == "__main__":
    sys.exit(main("training_speed", run))
