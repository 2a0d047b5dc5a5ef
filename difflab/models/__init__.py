"""Models: the usual ones, by name for data sets of any shape, or with arguments of their own.

>>> from difflab import data, models
>>> dataset = data.digits()
>>> model = models.get("convnet")(dataset.training.inputs.shape[1:], dataset.classes, 0)
>>> model(dataset.test.inputs[:5]).shape
(5, 10)
"""

from .character_lstm import CharacterLSTM
from .convnet import ConvNet
from .lenet import LeNet5
from .mlp import mlp
from .registry import get, names
from .regressions import LogisticRegression, logistic_regression, softmax_regression
from .resnet import resnet18
from .row_lstm import RowLSTM
from .transformer import Transformer

__all__ = [
    "CharacterLSTM",
    "ConvNet",
    "LeNet5",
    "LogisticRegression",
    "RowLSTM",
    "Transformer",
    "get",
    "logistic_regression",
    "mlp",
    "names",
    "resnet18",
    "softmax_regression",
]
