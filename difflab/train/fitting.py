"""Training a model: everything that one call needs to say."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ..data import Dataset, Loader
from ..errors import InvalidArgument
from ..nn import Module
from ..nn.losses import accuracy, cross_entropy
from ..optim import Adam, FirstOrder, Schedule
from .early_stopping import EarlyStopping, Watch
from .evaluation import Judge, name_of
from .failures import Interrupted
from .files import Files
from .history import History
from .learner import Learner
from .plots import loss_curves
from .progress import Progress
from .run import Run

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Fit:
    """A trained model, and how it was trained.

    Args:
        model: in evaluation; after early stopping, with the weights of its best epoch.
        history: a row an epoch: its number from 1, the steps made until its end, the training loss (the mean over its
            batches, each before its step), the loss and the metric on the test examples after it, the rate of its last
            step, training examples per second (evaluation left out), and seconds since training began.
        steps: a row a step: the epoch, the step from 1, examples in the batch, the loss on it before the step, and the
            rate.
        stopped_early: whether early stopping ended it.
    """

    model: Module
    history: "pd.DataFrame"
    steps: "pd.DataFrame"
    stopped_early: bool

    def plot(self) -> "Figure":
        """Draw the loss curves, and the metric beside them."""
        return loss_curves(self.history, self.steps)


def fit(
    model: Module,
    data: Dataset,
    *,
    epochs: int = 5,
    batch_size: int = 100,
    optimizer: FirstOrder | None = None,
    loss: Judge = cross_entropy,
    metric: Judge | None = accuracy,
    schedule: Schedule | None = None,
    clip: float | None = None,
    early_stopping: EarlyStopping | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_steps: int | None = None,
    resume: bool | str | Path = False,
    history: str | Path | None = None,
    plot: str | Path | None = None,
    seed: int = 0,
    progress: bool = True,
) -> Fit:
    """Train a model on the training examples of a data set, and judge it after each epoch on the test examples.

    It is trained on the device that it is on.

    A run that was killed goes on from its checkpoint, and ends with the same weights, bit for bit, as one that was not,
    on the same machine with as many threads. Whatever ends a run, what was measured is written.

    Args:
        model: from inputs (N, …) to outputs.
        data: what to train on and to judge by; `difflab.data.arrays` makes one of a person's own arrays.
        epochs: how often to go through the training examples, in all; a resumed run makes those that are left.
        batch_size: examples for each step.
        optimizer: of the parameters of the model; Adam of rate 0.001 if left out.
        loss: from outputs and labels to their mean loss, one number to differentiate.
        metric: from outputs and labels to their mean; None for none.
        schedule: of the rate; the optimizer takes it in place of the one that it has.
        clip: the largest norm of the gradient of all parameters together; a larger one is scaled down to it.
        early_stopping: when to stop before all epochs are made.
        checkpoint: a safetensors file to save the run in, after each epoch.
        checkpoint_steps: save it within an epoch too, after so many steps each.
        resume: True to go on from `checkpoint` if that exists; a path to go on from that file, which must exist.
        history: a CSV file to write the rows of epochs into.
        plot: a file to draw the loss curves into: .svg, .png or .pdf.
        seed: of the order of the examples in each epoch.
        progress: whether to show how far it is: a line an epoch, and a bar in a terminal.

    Raises:
        InvalidArgument: an argument is out of range or fits no other, a file cannot be read or written, or a checkpoint
            is of another run.
        Diverged: a loss became NaN or infinite.
        Interrupted: Ctrl-C was pressed (a KeyboardInterrupt).

    >>> from difflab import data, models
    >>> dataset = data.digits()
    >>> trained = fit(models.mlp(64, 32, 10, rng=0), dataset, epochs=5, batch_size=20, progress=False)
    >>> bool(trained.history["test accuracy"].iloc[-1] > 0.85)
    True
    """
    optimizer = Adam(model.parameters()) if optimizer is None else optimizer
    _check(model, data, optimizer, epochs, clip)
    files = Files(_path(checkpoint), checkpoint_steps, _path(history), _path(plot))
    source = _source(files, resume)
    device = optimizer.parameters[0].device
    loader = Loader(data.training.inputs, data.training.labels, batch_size, seed=seed, device=device)
    run = Run(
        Learner(model, loader, optimizer, schedule, loss, clip),
        data,
        metric,
        epochs,
        None if early_stopping is None else Watch(early_stopping),
        files,
        History(None if metric is None else name_of(metric)),
        Progress(epochs, len(loader), Console() if progress else None),
    )
    if source is not None:
        run.restore(source)
    _finish(run)
    return Fit(model, run.history.epochs(), run.history.steps(), run.stopped_early)


def _finish(run: Run) -> None:
    """Train, and write what was measured, whatever ends it."""
    try:
        with run.progress:
            run.finish()
    except KeyboardInterrupt:
        sentence = f"Interrupted after step {run.history.steps_made}. {run.files.left(run.saved_at)}"
        raise Interrupted(sentence, run.history.epochs(), run.history.steps()) from None
    finally:
        run.files.write(run.history)
        run.files.draw(run.history)


def _check(model: Module, data: Dataset, optimizer: FirstOrder, epochs: int, clip: float | None) -> None:
    if not isinstance(data, Dataset):
        raise InvalidArgument(f"The data are a {type(data).__name__}: make a Dataset, as difflab.data.arrays does.")
    if not isinstance(optimizer, FirstOrder):
        raise InvalidArgument(
            f"{type(optimizer).__name__} takes the same loss many times a step, and here each step has another batch: "
            f"use a first-order optimizer such as Adam, or call its step with a loss over all examples."
        )
    of_model = {id(parameter) for parameter in model.parameters()}
    if not all(id(parameter) in of_model for parameter in optimizer.parameters):
        raise InvalidArgument("The optimizer has parameters that the model lacks: make it of model.parameters().")
    if epochs < 1 or epochs % 1:
        raise InvalidArgument(f"epochs={epochs!r}: give a whole number, 1 or more.")
    if clip is not None and not clip > 0:
        raise InvalidArgument(f"clip={clip!r}: give a positive norm, or None.")


def _source(files: Files, resume: bool | str | Path) -> Path | None:
    """Give the checkpoint to go on from, if there is one."""
    if not isinstance(resume, bool):
        return Path(resume)
    if not resume:
        return None
    if files.checkpoint is None:
        raise InvalidArgument("resume=True goes on from the checkpoint: name it, checkpoint=…, or say resume=path.")
    return files.checkpoint if files.checkpoint.exists() else None


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
