"""A model together with everything that changes while it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..data import Loader
from ..eager import Tensor
from ..nn import Module
from ..optim import FirstOrder, Schedule, clip_by_norm
from .evaluation import Judge, one_number


class NotFinite(ArithmeticError):
    """The loss of a batch is NaN or infinite, so that there is nothing to step along."""


@dataclass(eq=False)
class Learner:
    """What makes steps, and whose state decides all later ones.

    Args:
        model: what is trained.
        loader: where the batches come from.
        optimizer: what changes the parameters.
        schedule: of its rate; None leaves it the one that it has.
        loss: from outputs and labels to their mean loss.
        clip: the largest norm of the gradient; None for any.
    """

    model: Module
    loader: Loader
    optimizer: FirstOrder
    schedule: Schedule | None
    loss: Judge
    clip: float | None

    def __post_init__(self) -> None:
        if self.schedule is not None:
            self.optimizer.rate = self.schedule

    def step(self, inputs: Tensor, labels: Tensor) -> float:
        """Make a step; gives the loss before it.

        Raises `NotFinite` if the loss is NaN or infinite; the weights that gave it stay then.
        """
        loss = self._loss(inputs, labels)
        self.optimizer.step()
        return loss

    def _loss(self, inputs: Tensor, labels: Tensor) -> float:
        self.optimizer.zero_grad()
        loss = self.loss(self.model(inputs), labels)
        number = one_number(self.loss, loss)
        if not isfinite(number):
            raise NotFinite(str(number))
        loss.backward()
        if self.clip is not None:
            clip_by_norm(self.optimizer.parameters, self.clip)
        return number

    @property
    def within_epoch(self) -> bool:
        """Whether the epoch of the last step has more batches."""
        return self.loader.state()["batch"] > 0

    @property
    def description(self) -> dict[str, Any]:
        """What the parts are, in words and numbers."""
        return {
            "model": type(self.model).__name__,
            "optimizer": type(self.optimizer).__name__,
            "schedule": None if self.schedule is None else type(self.schedule).__name__,
            "batch_size": self.loader.batch_size,
            "seed": self.loader.seed,
        }

    def state(self) -> dict[str, Any]:
        """Give all that later steps depend on: weights, optimizer, and the state of what is random."""
        return {
            "model": self.model.state_dict(),
            "generators": {name: one.bit_generator.state for name, one in self.model.named_generators()},
            "optimizer": self.optimizer.state_dict(),
            "loader": self.loader.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state; raises `InvalidArgument` if it is that of other parts."""
        self.model.load_state_dict(state["model"])
        for name, generator in self.model.named_generators():
            generator.bit_generator.state = state["generators"][name]
        self.optimizer.load_state_dict(state["optimizer"])
        self.loader.restore(state["loader"])
