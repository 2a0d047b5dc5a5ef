"""What an experiment finds, and how it is written down: tables, plots, claims that hold or not, and where it ran."""

import shlex
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from difflab.command_line import Parser, status
from difflab.compare.environment import PACKAGES, environment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULTS = Path(__file__).parents[1] / "results"
FAILED = 1
"""The exit status where a claim does not hold."""


@dataclass
class Findings:
    """What one experiment found.

    Args:
        title: of the report.
        text: what was done, in a few sentences.
        packages: whose versions are stated beside those that difflab needs.
    """

    title: str
    text: str
    packages: Sequence[str] = ()
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    """By caption; each is written as a CSV file too, named by the caption's first words."""
    figures: dict[str, "Figure"] = field(default_factory=dict)
    """By file name, without suffix."""
    claims: list[tuple[str, bool]] = field(default_factory=list)

    def claim(self, sentence: str, holds: bool) -> None:
        """State what should hold, with its numbers, and whether it does."""
        self.claims.append((sentence, bool(holds)))

    @property
    def unmet(self) -> list[str]:
        """The claims that do not hold."""
        return [sentence for sentence, holds in self.claims if not holds]

    def write(self, folder: Path, where: Mapping[str, str]) -> Path:
        """Write the report, the tables and the plots into a folder; gives the report's path."""
        folder.mkdir(parents=True, exist_ok=True)
        for caption, frame in self.tables.items():
            frame.to_csv(folder / f"{file_name(caption)}.csv", index=False, float_format="%.6g")
        for name, figure in self.figures.items():
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        path = folder / "report.md"
        path.write_text(self.report(where), encoding="utf-8")
        return path

    def report(self, where: Mapping[str, str]) -> str:
        """Give the report in Markdown."""
        parts = [f"# {self.title}", self.text.strip()]
        parts += ["\n".join(f"- {'Holds' if holds else '**Does not hold**'}: {text}" for text, holds in self.claims)]
        parts += [f"![{name}]({name}.svg)" for name in self.figures]
        parts += [f"## {caption}\n\n{markdown(frame)}" for caption, frame in self.tables.items()]
        parts += ["## Where it ran", "\n".join(f"- {name}: {value}" for name, value in where.items())]
        return "\n\n".join(part for part in parts if part) + "\n"


def file_name(caption: str) -> str:
    """Name the file of a table: its caption up to a colon.

    >>> file_name("Loss of each epoch: mean over examples")
    'loss_of_each_epoch'
    """
    return caption.split(":", maxsplit=1)[0].lower().replace(" ", "_")


def markdown(frame: pd.DataFrame) -> str:
    """Write a table in Markdown, numbers to four digits and to the right.

    >>> print(markdown(pd.DataFrame({"name": ["a"], "value": [1.23456789]})))
    | name | value |
    |---|---:|
    | a | 1.235 |
    """
    rules = ["---:" if pd.api.types.is_numeric_dtype(dtype) else "---" for dtype in frame.dtypes]
    rows = [[_cell(entry) for entry in row] for row in frame.itertuples(index=False)]
    lines = [list(map(str, frame.columns)), *rows]
    head, *body = (f"| {' | '.join(line)} |" for line in lines)
    return "\n".join([head, f"|{'|'.join(rules)}|", *body])


def _cell(entry: object) -> str:
    return f"{entry:.4g}" if isinstance(entry, float) else str(entry)


def figure(width: float = 6.4, height: float = 3.6) -> "Figure":
    """Give an empty figure, in inches, that is drawn without a screen and is the same file in each run."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    rcParams["svg.hashsalt"] = "difflab"
    return Figure(figsize=(width, height), layout="constrained")


def main(name: str, run: Callable[[bool], Findings], arguments: Sequence[str] | None = None) -> int:
    """Run an experiment as a command, and write what it finds.

    Args:
        name: of the experiment: of its module and of its folder among the results.
        run: the experiment; True asks for a part of it that takes seconds.
        arguments: of the command line.

    Returns:
        the exit status: 0, 1 if a claim does not hold, 2 for bad input.
    """
    program = f"python -m experiments.{name}"
    given = sys.argv[1:] if arguments is None else arguments
    parser = Parser(program, str(sys.modules[run.__module__].__doc__).splitlines()[0])
    parser.add_argument("--output", type=Path, default=RESULTS / name, help="the folder to write to")
    parser.add_argument("--quick", action="store_true", help="a part of it, in seconds")
    return status(program, lambda: _run(run, parser.read(given), shlex.join([*program.split(), *given])))


def _run(run: Callable[[bool], Findings], options: Namespace, command: str) -> int:
    commit = environment(())["commit"]  # before: it may be another afterwards
    findings = run(options.quick)
    where = {"command": command} | environment((*PACKAGES, *findings.packages)) | {"commit": commit}
    path = findings.write(options.output, where)
    for sentence in findings.unmet:
        sys.stderr.write(f"This does not hold: {sentence}\n")
    sys.stdout.write(f"Report: {path}\n")
    return FAILED if findings.unmet else 0
