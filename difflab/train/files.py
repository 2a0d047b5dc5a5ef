"""What a run writes, and where."""

from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidArgument
from .history import History
from .plots import FORMATS, draw


@dataclass(frozen=True)
class Files:
    """The files of a run, None for those that are not wanted.

    Args:
        checkpoint: its state.
        steps: steps after which that is saved within an epoch, too; None for never.
        history: its figures, as CSV.
        plot: its loss curves.

    Raises:
        InvalidArgument: a folder does not exist, a plot has an unknown format, or there are steps without a checkpoint.
    """

    checkpoint: Path | None = None
    steps: int | None = None
    history: Path | None = None
    plot: Path | None = None

    def __post_init__(self) -> None:
        for what, path in (("checkpoint", self.checkpoint), ("history", self.history), ("plot", self.plot)):
            if path is not None and (path.is_dir() or not path.parent.is_dir()):
                raise InvalidArgument(f"{what} {path}: that is a folder, or in none: name a file in one that exists.")
        if self.plot is not None and self.plot.suffix not in FORMATS:
            raise InvalidArgument(f"plot {self.plot}: name a file that ends in {', '.join(FORMATS)}.")
        if self.steps is not None and (self.steps < 1 or self.steps % 1):
            raise InvalidArgument(f"checkpoint_steps={self.steps!r}: give a whole number, 1 or more, or None.")
        if self.steps is not None and self.checkpoint is None:
            raise InvalidArgument(f"checkpoint_steps={self.steps} without a checkpoint: name a file, checkpoint=….")

    def write(self, history: History) -> None:
        """Write the figures."""
        if self.history is not None:
            history.write(self.history)

    def draw(self, history: History) -> None:
        """Draw the loss curves."""
        if self.plot is not None:
            draw(history.epochs(), history.steps(), self.plot)

    def left(self, saved_at: int | None) -> str:
        """Say what is there after a run was cut short.

        Args:
            saved_at: the step after which its state was saved last; None if it was not.
        """
        written = " and ".join(str(path) for path in (self.history, self.plot) if path)
        sentences = [f"What was measured is in {written}."] * bool(written)
        if saved_at is not None:
            sentences.append(f"Resume to go on after step {saved_at}, from {self.checkpoint}.")
        return " ".join(sentences)
