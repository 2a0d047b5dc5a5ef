"""The seven losses, differentiated by the scores that a model gives.

A score f with a label y of −1 or 1 has the margin y·f. The losses are means over n examples.
"""

from functools import partial

import numpy as np

from ..types import Array
from .problem import Known, Problem

_loss = partial(
    Problem,
    operator="gradient",
    source="T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning (2009), section 10.6",
    sizes=(1, 4, 16, 64, 256, 1024, 4096),
    size=16,
)
_TAGS = frozenset({"teaching", "vector", "loss"})


def log_loss(scores: Array, labels: Array) -> Array:
    """Average ln(1 + exp(−y·f)) over scores and labels, both of shape (n,)."""
    return np.mean(np.log1p(np.exp(-labels * scores)))


def _log_loss_gradient(scores: Array, labels: Array) -> Array:
    return -labels / (1 + np.exp(labels * scores)) / len(scores)


def _log_loss_hessian(scores: Array, labels: Array) -> Array:
    wrong = 1 / (1 + np.exp(labels * scores))
    return np.diag(wrong * (1 - wrong) / len(scores))


def squared_loss(scores: Array, targets: Array) -> Array:
    """Average (f − t)² over scores and targets, both of shape (n,)."""
    return np.mean((scores - targets) ** 2)


def _squared_loss_gradient(scores: Array, targets: Array) -> Array:
    return 2 * (scores - targets) / len(scores)


def _squared_loss_hessian(scores: Array, targets: Array) -> Array:
    return np.diag(np.full_like(scores, 2 / len(scores)))


def exponential_loss(scores: Array, labels: Array) -> Array:
    """Average exp(−y·f) over scores and labels, both of shape (n,)."""
    return np.mean(np.exp(-labels * scores))


def _exponential_loss_gradient(scores: Array, labels: Array) -> Array:
    return -labels * np.exp(-labels * scores) / len(scores)


def _exponential_loss_hessian(scores: Array, labels: Array) -> Array:
    return np.diag(np.exp(-labels * scores) / len(scores))


def hinge_loss(scores: Array, labels: Array) -> Array:
    """Average max(0, 1 − y·f) over scores and labels, both of shape (n,)."""
    return np.mean(np.maximum(0, 1 - labels * scores))


def _hinge_loss_gradient(scores: Array, labels: Array) -> Array:
    """Take half the slope on the kink: the mean of its two sides, as a central difference does."""
    inside = (1 + np.sign(1 - labels * scores)) / 2
    return -labels * inside / len(scores)


def zero_one_loss(scores: Array, labels: Array) -> Array:
    """Count the share of margins y·f that are not positive; scores and labels have the shape (n,)."""
    return np.mean(np.where(labels * scores > 0, np.zeros_like(scores), np.ones_like(scores)))


def _zero_one_loss_gradient(scores: Array, labels: Array) -> Array:
    return np.zeros_like(scores)


def absolute_loss(scores: Array, targets: Array) -> Array:
    """Average |f − t| over scores and targets, both of shape (n,)."""
    return np.mean(np.abs(scores - targets))


def _absolute_loss_gradient(scores: Array, targets: Array) -> Array:
    return np.sign(scores - targets) / len(scores)


def cross_entropy(probabilities: Array, targets: Array) -> Array:
    """Average −t·ln p − (1 − t)·ln(1 − p) over probabilities and targets 0 or 1, both of shape (n,)."""
    return -np.mean(targets * np.log(probabilities) + (1 - targets) * np.log(1 - probabilities))


def _cross_entropy_gradient(probabilities: Array, targets: Array) -> Array:
    return (probabilities - targets) / (probabilities * (1 - probabilities)) / len(probabilities)


def _cross_entropy_hessian(probabilities: Array, targets: Array) -> Array:
    return np.diag((targets / probabilities**2 + (1 - targets) / (1 - probabilities) ** 2) / len(probabilities))


def _margins(size: int) -> tuple[Array, Array]:
    """Draw margins at least 0.1 away from every kink (all at whole numbers), and labels."""
    random = np.random.default_rng(7)
    return random.integers(-2, 2, size) + random.uniform(0.1, 0.9, size), random.choice([-1.0, 1.0], size)


def _labelled(size: int) -> tuple[Array, Array]:
    margins, labels = _margins(size)
    return margins * labels, labels


def _residual(size: int) -> tuple[Array, Array]:
    margins, labels = _margins(size)
    return margins + labels, labels


def _probable(size: int) -> tuple[Array, Array]:
    margins, labels = _margins(size)
    return 1 / (1 + np.exp(-margins)), (1 + labels) / 2


LOG_LOSS = _loss(
    name="log_loss",
    title="log loss: mean of ln(1 + exp(−y·f))",
    function=log_loss,
    arguments=_labelled,
    closed_forms={"gradient": _log_loss_gradient, "hessian": _log_loss_hessian},
    known=(Known("gradient", np.array([-0.5]), "slope −y/2 at f = 0", arguments=(np.zeros(1), np.ones(1))),),
    tags=_TAGS,
    notes="Smooth; the slope by a score is −y·P(wrong label).",
)
SQUARED_LOSS = _loss(
    name="squared_loss",
    title="squared loss: mean of (f − t)²",
    function=squared_loss,
    arguments=_residual,
    closed_forms={"gradient": _squared_loss_gradient, "hessian": _squared_loss_hessian},
    tags=_TAGS | {"polynomial"},
    notes="Smooth, and quadratic: a central difference has no truncation error.",
)
EXPONENTIAL_LOSS = _loss(
    name="exponential_loss",
    title="exponential loss: mean of exp(−y·f)",
    function=exponential_loss,
    arguments=_labelled,
    closed_forms={"gradient": _exponential_loss_gradient, "hessian": _exponential_loss_hessian},
    tags=_TAGS,
    notes="Smooth; the loss that AdaBoost minimizes.",
)
HINGE_LOSS = _loss(
    name="hinge_loss",
    title="hinge loss: mean of max(0, 1 − y·f)",
    function=hinge_loss,
    arguments=_labelled,
    closed_forms={"gradient": _hinge_loss_gradient},
    tags=_TAGS | {"piecewise"},
    notes="No margin is within 0.1 of the kink at 1, so all methods agree. A textbook complex step "
    "fails: complex numbers have no order; it must compare real parts.",
)
ZERO_ONE_LOSS = _loss(
    name="zero_one_loss",
    title="0-1 loss: share of y·f ≤ 0",
    function=zero_one_loss,
    arguments=_labelled,
    closed_forms={"gradient": _zero_one_loss_gradient},
    known=(Known("gradient", np.zeros(16), "piecewise constant"),),
    tags=_TAGS | {"piecewise"},
    notes="Piecewise constant: every method says 0, which is right, and of no use to training. Hence the other losses.",
)
ABSOLUTE_LOSS = _loss(
    name="absolute_loss",
    title="absolute loss: mean of |f − t|",
    function=absolute_loss,
    arguments=_residual,
    closed_forms={"gradient": _absolute_loss_gradient},
    tags=_TAGS | {"piecewise"},
    notes="No residual is within 0.1 of the kink at 0, so all methods agree. A textbook complex step "
    "fails: the modulus |f + ih| is not analytic; it must take the sign of the real part.",
)
CROSS_ENTROPY = _loss(
    name="cross_entropy",
    title="cross-entropy: mean of −t·ln p − (1 − t)·ln(1 − p)",
    function=cross_entropy,
    arguments=_probable,
    source="C. M. Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90",
    closed_forms={"gradient": _cross_entropy_gradient, "hessian": _cross_entropy_hessian},
    tags=_TAGS,
    notes="Differentiated by the probabilities themselves.",
)
