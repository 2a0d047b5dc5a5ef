"""Data to train on and to test on: real ones, a person's own, and batches of them.

>>> from difflab import data
>>> dataset = data.digits()
>>> loader = data.Loader(dataset.training.inputs, dataset.training.labels, batch_size=100)
>>> inputs, labels = next(iter(loader))
>>> inputs.shape, labels.shape
((100, 1, 8, 8), (100,))
"""

from .characters import characters
from .dataset import Dataset, Examples
from .digits import digits
from .idx import read_idx
from .loader import Loader
from .own_arrays import arrays
from .published import fashion_mnist, kmnist, mnist
from .vocabulary import Vocabulary

__all__ = [
    "Dataset",
    "Examples",
    "Loader",
    "Vocabulary",
    "arrays",
    "characters",
    "digits",
    "fashion_mnist",
    "kmnist",
    "mnist",
    "read_idx",
]
