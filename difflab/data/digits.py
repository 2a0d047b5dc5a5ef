"""Handwritten digits that come with scikit-learn: nothing to download."""

import numpy as np

from .dataset import Dataset, Examples
from .split import split


def digits(test_fraction: float = 0.2, seed: int = 0) -> Dataset:
    """Give 1,797 real handwritten digits of 8 × 8 pixels, part of them set aside for testing, of each digit alike.

    E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits* (UCI Machine Learning Repository, 1998): its
    test set, as scikit-learn ships it. Inputs are float32 (N, 1, 8, 8), ink from 0 to 1 (the published 0 … 16, divided
    by 16); labels int64 (N,).

    Args:
        test_fraction: the share of examples to test on.
        seed: of the division into training and test examples.

    Raises:
        InvalidArgument: the fraction leaves nothing to train or to test on.

    >>> dataset = digits()
    >>> dataset.training.inputs.shape, dataset.test.inputs.shape, dataset.classes
    ((1438, 1, 8, 8), (359, 1, 8, 8), 10)
    """
    from sklearn.datasets import load_digits

    published = load_digits()
    inputs = (published.images / 16).astype(np.float32)[:, None]
    labels = published.target.astype(np.int64)
    parts = split(labels, test_fraction, seed, stratified=True)
    training, test = (Examples(inputs[part], labels[part]) for part in parts)
    return Dataset("digits", training, test, classes=10, normalisation="ink 0 … 16 divided by 16")
