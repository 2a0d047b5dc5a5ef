"""Losses to train on, and metrics to report: functions of predictions and targets, arrays or tensors."""

from .classes import cross_entropy, kullback_leibler, negative_log_likelihood
from .margins import binary_cross_entropy_with_logits, exponential, hinge
from .metrics import accuracy, zero_one
from .reduction import Reduction
from .regression import huber, mean_absolute_error, mean_squared_error

__all__ = [
    "Reduction",
    "accuracy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "exponential",
    "hinge",
    "huber",
    "kullback_leibler",
    "mean_absolute_error",
    "mean_squared_error",
    "negative_log_likelihood",
    "zero_one",
]
