"""Models: the usual ones, by name for data sets of any shape, or with arguments of their own.

>>> from difflab import data, models
>>> dataset = data.digits()
>>> model = models.get("convnet")(dataset.training.inputs.shape[1:], dataset.classes, 0)
>>> model(dataset.test.inputs[:5]).shape
(5, 10)
"""

from .convnet import ConvNet
from .lenet import LeNet5
from .mlp import mlp
from .registry import get, names
from .regressions import LogisticRegression, logistic_regression, softmax_regression
from .row_lstm import RowLSTM

__all__ = [
    "ConvNet",
    "LeNet5",
    "LogisticRegression",
    "RowLSTM",
    "get",
    "logistic_regression",
    "mlp",
    "names",
    "softmax_regression",
]
