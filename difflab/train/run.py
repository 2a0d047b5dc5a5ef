"""The loop over epochs: steps, judgement on the test examples, and what is saved after them."""

from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

from ..data import Dataset
from ..eager import Tensor
from ..errors import InvalidArgument
from .checkpoints import load, save
from .early_stopping import Watch
from .evaluation import Judge, evaluate
from .failures import Diverged
from .files import Files
from .history import History
from .learner import Learner, NotFinite
from .progress import Progress

REMEDY = "Lower the rate, clip the gradient, or look for what is too large or NaN in the inputs and the model."


@dataclass(eq=False)
class Run:
    """Training, until all epochs are made or it is time to stop.

    Args:
        learner: what makes the steps.
        data: where the examples to judge by are.
        metric: how to judge, besides by the loss; None for the loss alone.
        epochs: how many to make.
        watch: what stops the run early; None for nothing.
        files: what to write, and where.
        history: what is measured.
        progress: where to show it.
    """

    learner: Learner
    data: Dataset
    metric: Judge | None
    epochs: int
    watch: Watch | None
    files: Files
    history: History
    progress: Progress
    saved_at: int | None = field(default=None, init=False)
    """The step after which the state was saved last."""

    def __post_init__(self) -> None:
        self._begin = perf_counter()

    @property
    def stopped_early(self) -> bool:
        """Whether it is time to stop before all epochs are made."""
        return self.watch is not None and self.watch.over

    def finish(self) -> None:
        """Make the epochs that are left; then, if they were watched, take the best weights.

        Raises:
            Diverged: a loss is NaN or infinite.
        """
        while self.history.epochs_made < self.epochs and not self.stopped_early:
            speed = self._train()
            self._judge(speed)
            self._save()
            self.files.write(self.history)
        if self.watch and self.watch.weights:
            self.learner.model.load_state_dict(self.watch.weights)
        self.learner.model.eval()

    def _train(self) -> float:
        """Make the steps of an epoch, or the rest of them; gives the examples per second."""
        self.learner.model.train()
        examples, begin, speed = 0, perf_counter(), 0.0
        for inputs, labels in self.learner.loader:
            loss = self._step(inputs, labels)
            examples += len(labels)
            speed = examples / (perf_counter() - begin)
            self.progress.step(self.history.steps_made, loss, speed)
        return speed

    def _step(self, inputs: Tensor, labels: Tensor) -> float:
        epoch, rate = self.history.epochs_made + 1, self.learner.optimizer.rate
        try:
            loss = self.learner.step(inputs, labels)
        except NotFinite as error:
            place = f"step {self.history.steps_made + 1}, in epoch {epoch}"
            raise self._diverged(f"The loss is {error} in {place}.") from error
        self.history.add_step(epoch, len(labels), loss, rate)
        if self.files.steps and self.history.steps_made % self.files.steps == 0 and self.learner.within_epoch:
            self._save()
        return loss

    def _judge(self, speed: float) -> None:
        judges = [self.learner.loss, *([self.metric] if self.metric else [])]
        loss, *others = evaluate(self.learner.model, self.data.test, *judges)
        metric = others[0] if others else None
        self.history.add_epoch(loss, metric, speed, self._seconds)
        self.progress.epoch(self.history.last())
        if not isfinite(loss):
            raise self._diverged(f"The test loss is {loss} after epoch {self.history.epochs_made}.")
        if self.watch:
            self.watch.see(loss, metric, self.learner.model)

    def _diverged(self, sentence: str) -> Diverged:
        return Diverged(f"{sentence} {REMEDY}", self.history.epochs(), self.history.steps())

    # Saving

    def _save(self) -> None:
        if self.files.checkpoint is None:
            return
        state = {
            "description": self._description,
            "learner": self.learner.state(),
            "watch": self.watch.state() if self.watch else None,
            "history": self.history.state(),
            "seconds": self._seconds,
        }
        save(self.files.checkpoint, state)
        self.saved_at = self.history.steps_made

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint; raises `InvalidArgument` if it cannot be read or is of another run."""
        state = load(path)
        differences = [
            f"{name} was {state['description'][name]!r} there and is {value!r} here"
            for name, value in self._description.items()
            if state["description"][name] != value
        ]
        if differences:
            raise InvalidArgument(
                f"{path} is of another run: {'; '.join(differences)}. Give the arguments of that run, or train "
                f"from the beginning."
            )
        try:
            self.learner.restore(state["learner"])
            self.history.restore(state["history"])
        except InvalidArgument as error:
            raise InvalidArgument(f"{path} is of another run. {error}") from error
        if self.watch and state["watch"]:
            self.watch.restore(state["watch"])
        self._begin -= state["seconds"]
        self.saved_at = self.history.steps_made
        self.progress.say(f"Going on from {path}, after step {self.saved_at}.")

    @property
    def _description(self) -> dict[str, Any]:
        """What a run must have in common with the one that it goes on from."""
        examples = len(self.data.training)
        return {"data": self.data.name, "number of training examples": examples, **self.learner.description}

    @property
    def _seconds(self) -> float:
        return perf_counter() - self._begin
