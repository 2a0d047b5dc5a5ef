"""How good a model is on examples that it was not trained on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..data import Examples, Loader
from ..eager import no_grad
from ..errors import InvalidArgument
from ..nn import Module

Judge = Callable[[Any, Any], Any]
"""A loss or a metric: from outputs and labels to their mean, one number."""

BATCH = 500
"""Examples at a time: many enough to be quick, few enough for the memory of a convolution."""


def evaluate(model: Module, examples: Examples, *judges: Judge) -> tuple[float, ...]:
    """Give the means over examples of losses and metrics, with the model in evaluation, where it is left.

    Args:
        model: from inputs (N, …) to outputs.
        examples: what to judge by.
        judges: functions of outputs and labels that give the mean over a batch.

    Raises:
        InvalidArgument: a judge gives something other than one number.

    >>> from difflab import models, nn
    >>> examples = Examples(np.zeros((4, 2), np.float32), np.array([0, 1, 0, 0]))
    >>> evaluate(models.softmax_regression(2, 2, rng=0), examples, nn.accuracy) in ((0.25,), (0.75,))
    True
    """
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), None)
    totals = np.zeros(len(judges))
    with no_grad():
        for inputs, labels in Loader(examples.inputs, examples.labels, BATCH, shuffle=False, device=device):
            outputs = model(inputs)
            totals += [len(labels) * one_number(judge, judge(outputs, labels)) for judge in judges]
    return tuple((totals / len(examples)).tolist())


def one_number(judge: Judge, value: Any) -> float:
    """Give the value of a loss or metric as a Python number; raises `InvalidArgument` if it is not one number."""
    if np.ndim(value) != 0:
        raise InvalidArgument(
            f"{name_of(judge)} gave values of shape {np.shape(value)}: let it give their mean, one number."
        )
    return float(value.item() if hasattr(value, "item") else value)


def name_of(judge: Judge) -> str:
    """Give the name of a loss or metric in words."""
    return str(getattr(judge, "__name__", type(judge).__name__)).strip("<>").replace("_", " ")
