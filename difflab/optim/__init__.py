"""Optimizers: they change parameters in place, so that a loss becomes smaller.

>>> import numpy as np
>>> from difflab import Tensor, optim
>>> w = Tensor([1.0, -2.0], requires_grad=True)
>>> optimizer = optim.Adam([w], rate=optim.CosineDecay(0.1, steps=100))
>>> for _ in range(100):
...     optimizer.zero_grad()
...     np.sum(w**2).backward()
...     optimizer.step()
>>> bool(np.all(np.abs(w.data) < 0.1))
True
"""

from .adagrad import Adagrad
from .adam import Adam
from .adamw import AdamW
from .clipping import clip_by_norm, clip_by_value, require_finite_gradients
from .first_order import FirstOrder
from .lbfgs import LBFGS
from .newton import Newton
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .schedules import (
    CosineDecay,
    ExponentialDecay,
    OneCycle,
    Schedule,
    StepDecay,
    WarmUp,
    square_root_scaled,
)
from .sgd import SGD

__all__ = [
    "LBFGS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CosineDecay",
    "ExponentialDecay",
    "FirstOrder",
    "Newton",
    "OneCycle",
    "Optimizer",
    "RMSprop",
    "Schedule",
    "StepDecay",
    "WarmUp",
    "clip_by_norm",
    "clip_by_value",
    "require_finite_gradients",
    "square_root_scaled",
]
