"""Stopping when the test examples are no longer done better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from ..errors import InvalidArgument
from ..nn import Module
from ..types import Array

WATCHED = ("loss", "metric")


@dataclass(frozen=True)
class EarlyStopping:
    """When to stop: after so many epochs without a better figure on the test examples.

    The model ends with the weights of its best epoch (L. Prechelt, "Early stopping, but when?", *Neural Networks:
    Tricks of the Trade*, 1998). Judge the result on examples that had no part in choosing that epoch.

    Args:
        patience: epochs to go on without a better figure.
        watch: "loss", where less is better, or "metric", where more is.
        margin: by how much a figure must be better to count.

    Raises:
        InvalidArgument: the patience is no whole number from 1, the margin is negative, or there is no such figure.
    """

    patience: int = 3
    watch: str = "loss"
    margin: float = 0.0

    def __post_init__(self) -> None:
        if self.patience < 1 or self.patience % 1:
            raise InvalidArgument(f"patience={self.patience!r} of early stopping: give a whole number, 1 or more.")
        if self.watch not in WATCHED:
            raise InvalidArgument(f"watch={self.watch!r} of early stopping: watch {' or '.join(map(repr, WATCHED))}.")
        if not 0 <= self.margin < inf:
            raise InvalidArgument(f"margin={self.margin!r} of early stopping: give a number, 0 or more.")


@dataclass
class Watch:
    """The best epoch of a run so far, and how long ago it was.

    Args:
        rule: when to stop.
        waited: epochs since the best one.
        best: the watched figure of that epoch; None before the first.
        weights: the state of the model after it.
    """

    rule: EarlyStopping
    waited: int = 0
    best: float | None = None
    weights: dict[str, Array] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether it is time to stop."""
        return self.waited >= self.rule.patience

    def see(self, loss: float, metric: float | None, model: Module) -> None:
        """Judge an epoch; keep its weights if it is the best.

        Raises `InvalidArgument` if the metric is watched and there is none.
        """
        if self.rule.watch == "loss":
            figure, gain = loss, -1
        elif metric is not None:
            figure, gain = metric, 1
        else:
            raise InvalidArgument("Early stopping watches the metric, and there is none: give one, or watch the loss.")
        if self.best is None or gain * (figure - self.best) > self.rule.margin:
            self.best, self.waited, self.weights = figure, 0, model.state_dict()
        else:
            self.waited += 1

    def state(self) -> dict[str, Any]:
        """Give everything but the rule."""
        return {"waited": self.waited, "best": self.best, "weights": self.weights}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self.waited, self.best, self.weights = state["waited"], state["best"], state["weights"]
