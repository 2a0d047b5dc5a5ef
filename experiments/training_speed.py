"""A training step of difflab, forward, backward and Adam, against other engines: `make training-speed`.

Each engine has its turn, round after round, in one process with as many threads; Chainer, which needs an older NumPy,
in a process of its own that waits in between. Writes the figures and a report.
"""

import shlex
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import torch
from threadpoolctl import threadpool_info

from difflab.command_line import Parser, status, whole
from difflab.compare.environment import PACKAGES, environment

from .speed import in_autograd, in_difflab, in_mygrad, in_torch
from .speed.chainer_process import ChainerProcess
from .speed.report import report
from .speed.rows import ROWS, Row
from .speed.timing import Figure, Timed, measure, timed

PROGRAM = "python -m experiments.training_speed"
RESULTS = Path(__file__).parents[1] / "results" / "training_speed"
ENGINES = {"difflab": in_difflab, "PyTorch": in_torch, "MyGrad": in_mygrad, "autograd": in_autograd}


def figures(row: Row, rounds: int, burst: int, chainer: ChainerProcess | None = None) -> list[Figure]:
    """Time one row in every engine, in turn."""
    inputs, labels = row.examples()
    steps: dict[str, Timed] = {name: timed(engine.build(row.name, inputs, labels)) for name, engine in ENGINES.items()}
    if chainer is not None:
        chainer.build(row)
        steps["Chainer"] = chainer.seconds
    return measure(row, steps, rounds, burst, unit="PyTorch")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status: 0, or 2 for bad input."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = Parser(PROGRAM, "Time training steps of difflab and of other engines in turn.")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the folder to write to")
    parser.add_argument("--rounds", type=whole, default=15, metavar="N", help="how often each engine has its turn")
    parser.add_argument("--burst", type=whole, default=5, metavar="N", help="steps in a turn")
    parser.add_argument("--chainer", metavar="PYTHON", help="a Python with chainer and numpy<1.24, to time it too")
    return status(PROGRAM, lambda: _main(parser.read(given), shlex.join([*PROGRAM.split(), *given])))


def _main(options: Namespace, command: str) -> int:
    where = {"command": command, **_threads()} | environment((*PACKAGES, "torch", "mygrad", "autograd"))
    chainer = ChainerProcess(options.chainer) if options.chainer else None
    found = [figure for row in ROWS for figure in figures(row, options.rounds, options.burst, chainer)]
    if chainer:
        chainer.close()
    options.output.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame([asdict(figure) for figure in found])
    frame.to_csv(options.output / "training_speed.csv", index=False, float_format="%.4g")
    (options.output / "report.md").write_text(report(frame, where), encoding="utf-8")
    sys.stdout.write(f"Report: {options.output / 'report.md'}\n")
    return 0


def _threads() -> Mapping[str, str]:
    blas = [f"{each['internal_api']} {each['version']}: {each['num_threads']}" for each in threadpool_info()]
    return {"threads": "; ".join([f"PyTorch: {torch.get_num_threads()}", *blas])}


if __name__ == "__main__":
    sys.exit(main())
