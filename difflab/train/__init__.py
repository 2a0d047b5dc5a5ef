"""Training: one call that trains a model, shows how far it is, and can go on after it was killed.

>>> from difflab import data, models, train
>>> trained = train.fit(models.mlp(64, 32, 10, rng=0), data.digits(), epochs=2, progress=False)
>>> list(trained.history["epoch"])
[1, 2]
"""

from .early_stopping import EarlyStopping
from .evaluation import evaluate
from .failures import Diverged, Interrupted
from .fitting import Fit, fit
from .plots import loss_curves

__all__ = ["Diverged", "EarlyStopping", "Fit", "Interrupted", "evaluate", "fit", "loss_curves"]
