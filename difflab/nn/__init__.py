"""Parts of neural networks: modules, layers, activations, losses, and random arrays to begin with.

>>> import numpy as np
>>> from difflab import nn
>>> model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.ReLU(), nn.Linear(8, 3, rng=1))
>>> loss = nn.cross_entropy(model(np.ones((5, 4), np.float32)), [0, 1, 2, 0, 1])
>>> loss.backward()
>>> model[0].weight.grad.shape
(8, 4)
"""

from ..primitives.network.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, tanh
from ..primitives.network.softmax import log_softmax, softmax
from . import initializers, losses
from .activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh
from .attention import MultiHeadAttention
from .convolution import Conv1d, Conv2d, ConvTranspose2d
from .dropout import Dropout
from .embedding import Embedding
from .flatten import Flatten
from .linear import Linear
from .losses import (
    accuracy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    exponential,
    hinge,
    huber,
    kullback_leibler,
    mean_absolute_error,
    mean_squared_error,
    negative_log_likelihood,
    zero_one,
)
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d, LayerNorm
from .parameter import Buffer, Parameter
from .pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from .recurrent import GRU, LSTM, RNN
from .sequential import Sequential
from .transformer import TransformerBlock

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Buffer",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "Module",
    "MultiHeadAttention",
    "Parameter",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "TransformerBlock",
    "accuracy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "elu",
    "exponential",
    "gelu",
    "hinge",
    "huber",
    "initializers",
    "kullback_leibler",
    "leaky_relu",
    "log_softmax",
    "losses",
    "mean_absolute_error",
    "mean_squared_error",
    "negative_log_likelihood",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
    "zero_one",
]
