"""The cross-entropy of logits with labels or with distributions, the loss of classification."""

from collections.abc import Collection
from typing import Any

import numpy as np

from ...arrays import place_of
from ...errors import InvalidArgument
from ...pool import empty, empty_like
from ...types import Array
from ..arguments import as_array
from ..table import fused
from .linear import as_rows
from .softmax import log_softmax


def _holds_labels(target: Array) -> bool:
    return target.dtype.kind in "iu"


def _check(logits: Array, target: Array, smoothing: float) -> None:
    shape = np.shape(logits)
    if not shape or shape[-1] == 0:
        raise InvalidArgument(f"Logits have the classes along their last axis, and were given with shape {shape}.")
    if not 0 <= smoothing <= 1:
        raise InvalidArgument(
            f"The label smoothing is the share, from 0 to 1, that all classes divide: not {smoothing}."
        )
    if not _holds_labels(target):
        if target.dtype.kind != "f" or np.shape(target) != shape:
            raise InvalidArgument(
                f"The target of logits of shape {shape} is an array of integer labels of shape {shape[:-1]}, or of "
                f"distributions of shape {shape}; it was given with shape {np.shape(target)} and dtype {target.dtype}."
            )
    elif np.shape(target) != shape[:-1]:
        raise InvalidArgument(
            f"Logits of shape {shape} take one label for each row, in an array of shape {shape[:-1]}; the labels were "
            f"given with shape {np.shape(target)}."
        )
    else:
        _check_range(target if isinstance(target, np.ndarray) else place_of(target), shape[-1])


def _check_range(labels: Array, classes: int) -> None:
    if labels.size and (np.min(labels) < 0 or np.max(labels) >= classes):
        place = np.argwhere((labels < 0) | (labels >= classes))[0].tolist()
        raise InvalidArgument(
            f"The label {labels[tuple(place)].item()} at {place} is no class: logits with {classes} entries along "
            f"their last axis take labels from 0 to {classes - 1}."
        )


def _forward(logits: Array, target: Array, *, smoothing: float = 0.0) -> tuple[Array, Any]:
    _check(logits, target, smoothing)
    if not _holds_labels(target):
        logarithms = log_softmax(logits)
        return -np.sum(_smoothed(target, smoothing) * logarithms, -1), (logarithms, target)
    from ...native import softmax

    rows, labels = as_rows(logits), target.reshape(-1)
    probabilities, losses = empty(rows.shape, rows.dtype), empty((len(rows),), rows.dtype)
    softmax.cross_entropy(rows, labels, rows.dtype.type(smoothing), probabilities, losses)
    return losses.reshape(target.shape), (probabilities, target)


def _backward(
    cotangent: Array, saved: Any, needed: Collection[int], *, smoothing: float = 0.0
) -> tuple[Array | None, Array | None]:
    kept, target = saved
    if _holds_labels(target):
        return _back_to_logits(cotangent, kept, target, smoothing), None
    weight = cotangent[..., None]
    towards = _smoothed(target, smoothing)
    return (
        weight * (np.exp(kept) * np.sum(towards, -1, keepdims=True) - towards) if 0 in needed else None,
        weight * (kept * (smoothing - 1)) if 1 in needed else None,
    )


def _back_to_logits(cotangent: Array, probabilities: Array, labels: Array, smoothing: float) -> Array:
    weights = cotangent.reshape(-1)
    result = np.multiply(probabilities, weights[:, None], out=empty_like(probabilities))
    if smoothing:
        result -= (weights * (smoothing / result.shape[1]))[:, None]
    result[np.arange(len(result)), labels.reshape(-1)] -= weights * (1 - smoothing)
    return result.reshape(*labels.shape, result.shape[1])


def _smoothed(target: Array, smoothing: float) -> Array:
    return target * (1 - smoothing) + smoothing / np.shape(target)[-1] if smoothing else target


@fused(_forward, _backward, ("smoothing",))
def cross_entropy(logits: Array, target: Array, *, smoothing: float = 0.0) -> Array:
    """Give -Σ q log softmax(logits) over the last axis, for each row.

    Args:
        logits: (..., classes).
        target: integer labels, (...), each of which stands for a q that is 1 there and 0 elsewhere; or distributions q
            themselves, (..., classes), which may be differentiated, too.
        smoothing: takes q (1 - smoothing) + smoothing / classes for q (Szegedy and others, CVPR 2016, section 7).

    Returns:
        (...): one loss for each row, of the dtype of the logits.

    Raises:
        InvalidArgument: shapes that do not fit, a label that is no class, or a smoothing outside 0 to 1.

    >>> cross_entropy(np.array([[0.0, 0.0], [0.0, 1000.0]]), np.array([0, 0]))
    array([6.93147181e-01, 1.00000000e+03])
    """
    target = as_array(target)
    _check(logits, target, smoothing)
    logarithms = log_softmax(logits)
    if not _holds_labels(target):
        return -np.sum(_smoothed(target, smoothing) * logarithms, -1)
    picked = np.take_along_axis(logarithms, target[..., None], -1)[..., 0]
    return -(picked * (1 - smoothing) + np.mean(logarithms, -1) * smoothing) if smoothing else -picked
