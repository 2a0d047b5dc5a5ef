"""How far training is, as one can read it: a bar in a terminal, and a line for each epoch there and elsewhere."""

from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

INTERVAL = 0.2
"""Seconds between changes of the bar: seldom enough to cost nothing, often enough to see it move."""


class Progress:
    """Shows a run; a context manager, which takes the bar away at the end.

    Args:
        epochs: how many there will be at most.
        steps: how many each of them has.
        console: where to show it; where that is no terminal, there is no bar; None shows nothing.
    """

    def __init__(self, epochs: int, steps: int, console: Console | None):
        self.epochs, self.steps = epochs, steps
        self._console = console
        columns = (
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(20),
            TextColumn("{task.fields[figures]}"),
        )
        self._bar = Bar(*columns, console=console, transient=True, auto_refresh=False) if self._in_terminal else None
        self._task = self._bar.add_task("", total=steps, epoch=1, epochs=epochs, figures="") if self._bar else None
        self._first: tuple[float, int] | None = None
        """When the first step was made here, and how many had been made then."""
        self._shown = 0.0
        self._metric = ""
        """The metric of the last epoch, in words."""

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, made: int, loss: float, examples_per_second: float) -> None:
        """Show that a step was made.

        Args:
            made: how many were, since training began.
            loss: of its batch.
            examples_per_second: of the epoch so far.
        """
        if self._bar is None or self._task is None:
            return
        now = perf_counter()
        self._first = self._first or (now, made)
        if now - self._shown < INTERVAL:
            return
        self._shown = now
        epochs, within = divmod(made - 1, self.steps)
        figures = f"loss {loss:.4g}  {self._metric}{examples_per_second:,.0f} examples/s"
        if made > self._first[1]:
            a_step = (now - self._first[0]) / (made - self._first[1])
            figures += f"  {duration(a_step * (self.epochs * self.steps - made))} left"
        self._bar.update(self._task, completed=within + 1, epoch=epochs + 1, figures=figures, refresh=True)

    def epoch(self, row: Mapping[str, float]) -> None:
        """Write the line of a finished epoch.

        Args:
            row: its figures by their names, as in the frame of epochs.
        """
        judged = {name: f"{name} {_figure(name, row[name])}" for name in row if "loss" in name or "test" in name}
        self._metric = "".join(f"{text}  " for name, text in judged.items() if "loss" not in name)
        speed = f"{row['examples/s']:,.0f} examples/s"
        self.say(
            "  ".join([f"epoch {row['epoch']:.0f}/{self.epochs}", *judged.values(), speed, duration(row["seconds"])])
        )

    def say(self, sentence: str) -> None:
        """Write a line."""
        if self._console:
            self._console.print(sentence, highlight=False, soft_wrap=True, markup=False)

    @property
    def _in_terminal(self) -> bool:
        return self._console is not None and self._console.is_terminal


def duration(seconds: float) -> str:
    """Give a time as one reads it.

    >>> duration(2.34), duration(75), duration(3700)
    ('2.3 s', '1:15', '1:01:40')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _figure(name: str, value: float) -> str:
    return f"{100 * value:.2f}%" if name.endswith("accuracy") else f"{value:.4g}"
