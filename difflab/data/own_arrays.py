"""A data set from a person's own arrays."""

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .dataset import Dataset, Examples
from .split import split


def arrays(
    inputs: Array,
    labels: Array,
    test: tuple[Array, Array] | None = None,
    test_fraction: float = 0.2,
    seed: int = 0,
    name: str = "arrays",
) -> Dataset:
    """Make a data set of arrays, or of nested lists, and set a part of the examples aside for testing.

    Args:
        inputs: (N, …), one example after the other; dtype and values stay as they are.
        labels: integers (N,) from 0 name classes, as many as the largest says; floats (N, …) are values to predict.
        test: inputs and labels to test on; without them, examples are drawn from those given, of each class alike.
        test_fraction: the share that is drawn.
        seed: of the draw.
        name: what to call the data set.

    Raises:
        InvalidArgument: shapes do not fit, labels are negative, or a part would be empty.

    >>> dataset = arrays([[0.0], [0.1], [0.9], [1.0]], [0, 0, 1, 1], test_fraction=0.5)
    >>> dataset.classes, dataset.training.labels, dataset.test.inputs.shape
    (2, array([0, 1]), (2, 1))
    """
    given = Examples(_as_array(inputs, "inputs"), _as_array(labels, "labels"))
    if test is None:
        stratified = given.labels.dtype.kind in "iu" and given.labels.ndim == 1
        parts = split(given.labels, test_fraction, seed, stratified)
        training, held_out = (Examples(given.inputs[part], given.labels[part]) for part in parts)
    else:
        training, held_out = given, Examples(_as_array(test[0], "test inputs"), _as_array(test[1], "test labels"))
    for part, examples in (("training", training), ("test", held_out)):
        if not len(examples):
            raise InvalidArgument(f"There are no {part} examples: give at least one.")
    return Dataset(name, training, held_out, _classes(training.labels, held_out.labels))


def _classes(training: Array, test: Array) -> int | None:
    if training.dtype.kind not in "iu":
        return None
    return int(max(training.max(), test.max())) + 1


def _as_array(values: Array, what: str) -> Array:
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"The {what} are no array: {error}. Give rows of one length.") from error
