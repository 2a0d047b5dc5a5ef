"""What was measured while training: a row for each epoch, and a row for each step."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .writing import write_atomically

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, list[float]]


class History:
    """The figures of a run, in two tables.

    Args:
        metric: what the metric on the test examples is called; None if there is none.

    The columns of `epochs`: the epoch, from 1; the steps made so far; the mean training loss over the epoch, as it was
    while the weights changed; the loss and the metric on the test examples after it; the rate of the last step;
    training examples per second, evaluation left out; seconds since the beginning, over all parts of a resumed run.

    The columns of `steps`: the epoch; the step, from 1; the examples in its batch; the loss on them before the step;
    the rate.

    >>> history = History("accuracy")
    >>> history.add_step(epoch=1, examples=100, loss=2.3, rate=0.001)
    >>> history.add_step(epoch=1, examples=50, loss=2.0, rate=0.001)
    >>> round(history.training_loss(1), 6)
    2.2
    """

    def __init__(self, metric: str | None):
        self.metric = None if metric is None else f"test {metric}"
        judged = ["test loss"] if self.metric is None else ["test loss", self.metric]
        self._epochs: Columns = _empty("epoch", "steps", "training loss", *judged, "rate", "examples/s", "seconds")
        self._steps: Columns = _empty("epoch", "step", "examples", "loss", "rate")

    @property
    def steps_made(self) -> int:
        """How many steps were made."""
        return len(self._steps["step"])

    @property
    def epochs_made(self) -> int:
        """How many epochs were finished."""
        return len(self._epochs["epoch"])

    def add_step(self, epoch: int, examples: int, loss: float, rate: float) -> None:
        """Add the row of a step."""
        _append(self._steps, (epoch, self.steps_made + 1, examples, loss, rate))

    def add_epoch(self, test_loss: float, metric: float | None, examples_per_second: float, seconds: float) -> None:
        """Add the row of the epoch whose last step was just made."""
        epoch = self.epochs_made + 1
        judged = [test_loss] if metric is None else [test_loss, metric]
        rate = self._steps["rate"][-1]
        row = (epoch, self.steps_made, self.training_loss(epoch), *judged, rate, examples_per_second, seconds)
        _append(self._epochs, row)

    def training_loss(self, epoch: int) -> float:
        """Give the mean loss over the training examples of an epoch that were used so far."""
        chosen = np.asarray(self._steps["epoch"]) == epoch
        losses, examples = (np.asarray(self._steps[name])[chosen] for name in ("loss", "examples"))
        return float(np.average(losses, weights=examples))

    def last(self) -> Mapping[str, float]:
        """Give the row of the last finished epoch."""
        return {name: values[-1] for name, values in self._epochs.items()}

    def epochs(self) -> "pd.DataFrame":
        """Give the frame of one row an epoch."""
        import pandas as pd

        return pd.DataFrame(self._epochs)

    def steps(self) -> "pd.DataFrame":
        """Give the frame of one row a step."""
        import pandas as pd

        return pd.DataFrame(self._steps)

    def write(self, path: Path) -> None:
        """Write the epochs as CSV, in place of what was there."""
        lines = [self._epochs.keys(), *zip(*self._epochs.values(), strict=True)]
        write_atomically(path, "".join(f"{','.join(map(str, line))}\n" for line in lines).encode())

    def state(self) -> dict[str, dict[str, Array]]:
        """Give everything as arrays."""
        return {
            "epochs": {name: np.array(values) for name, values in self._epochs.items()},
            "steps": {name: np.array(values) for name, values in self._steps.items()},
        }

    def restore(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """Go on from a state; raises `InvalidArgument` if something else was measured there."""
        if list(state["epochs"]) != list(self._epochs):
            raise InvalidArgument(
                f"The history has the columns {', '.join(state['epochs'])}, and this run measures "
                f"{', '.join(self._epochs)}: give the same metric."
            )
        self._epochs = {name: values.tolist() for name, values in state["epochs"].items()}
        self._steps = {name: values.tolist() for name, values in state["steps"].items()}


def _empty(*names: str) -> Columns:
    return {name: [] for name in names}


def _append(columns: Columns, row: Sequence[float]) -> None:
    for values, figure in zip(columns.values(), row, strict=True):
        values.append(figure)
