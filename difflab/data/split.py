"""Which examples are for training, and which for testing."""

import numpy as np

from ..errors import InvalidArgument
from ..types import Array


def split(labels: Array, test_fraction: float, seed: int, stratified: bool) -> tuple[Array, Array]:
    """Divide the examples 0 … N − 1 at random into those for training and those for testing, each in ascending order.

    Args:
        labels: the label of each example, (N, …).
        test_fraction: the share of test examples, between 0 and 1, rounded to a whole number of them.
        seed: the same seed gives the same division.
        stratified: whether each class is divided by itself, so that both parts have it in the same share; labels (N,).

    Raises:
        InvalidArgument: the fraction is not between 0 and 1, or leaves one of the two without examples.

    >>> import numpy as np
    >>> training, test = split(np.array([0, 0, 0, 0, 1, 1, 1, 1]), 0.25, seed=0, stratified=True)
    >>> len(training), [int(example >= 4) for example in test]
    (6, [0, 1])
    """
    if not 0 < test_fraction < 1:
        raise InvalidArgument(f"test_fraction={test_fraction!r}: give a share between 0 and 1, such as 0.2.")
    random = np.random.default_rng(seed)
    strata = labels if stratified else np.zeros(len(labels))
    test = np.zeros(len(labels), bool)
    for stratum in np.unique(strata):
        group = np.flatnonzero(strata == stratum)
        test[random.permutation(group)[: round(test_fraction * len(group))]] = True
    if test.all() or not test.any():
        raise InvalidArgument(
            f"test_fraction={test_fraction!r} of {len(labels)} examples leaves none to "
            f"{'train' if test.any() else 'test'} on: give more examples, or another share."
        )
    return np.flatnonzero(~test), np.flatnonzero(test)
