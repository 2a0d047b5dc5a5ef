"""Data to learn from and data to judge by, kept apart."""

from dataclasses import dataclass, replace

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs, and the labels that belong to them.

    Args:
        inputs: an array (N, …), one example after the other.
        labels: an array (N, …): integers for classes or characters, floats for values.

    >>> import numpy as np
    >>> len(Examples(np.zeros((5, 2)), np.arange(5)))
    5
    """

    inputs: Array
    labels: Array

    def __post_init__(self) -> None:
        for what, array in (("inputs", self.inputs), ("labels", self.labels)):
            if not isinstance(array, np.ndarray) or array.ndim == 0 or array.dtype.kind not in "biuf":
                raise InvalidArgument(
                    f"The {what} are {_described(array)}: give an array of numbers, one example after the other."
                )
        if len(self.inputs) != len(self.labels):
            raise InvalidArgument(
                f"There are {len(self.inputs)} inputs and {len(self.labels)} labels: give a label for each input."
            )
        if self.inputs.dtype.kind == "f" and not np.isfinite(self.inputs).all():
            raise InvalidArgument("Some inputs are NaN or infinite: replace them, or leave those examples out.")

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples to train on, examples to test on, and what they are.

    Args:
        name: what the data set is called.
        training: the examples to learn from.
        test: the examples to judge by, none of which is among the former.
        classes: the number of classes, whose labels are 0, 1, … classes − 1; None if the labels are values.
        normalisation: how the inputs were made from what was published or given.
        vocabulary: which character is which number, if the inputs are characters.
    """

    name: str
    training: Examples
    test: Examples
    classes: int | None = None
    normalisation: str = "as given"
    vocabulary: Vocabulary | None = None

    def __post_init__(self) -> None:
        if self.training.inputs.shape[1:] != self.test.inputs.shape[1:]:
            raise InvalidArgument(
                f"A training input has shape {self.training.inputs.shape[1:]} and a test input "
                f"{self.test.inputs.shape[1:]}: give them one shape."
            )
        if self.classes is not None:
            for part, examples in (("training", self.training), ("test", self.test)):
                _check_classes(f"{part} labels of {self.name}", examples.labels, self.classes)

    def standardised(self) -> "Dataset":
        """Give the data set with inputs of mean 0 and variance 1 over all entries of the training inputs.

        The test inputs are shifted and scaled by the same two numbers. Raises `InvalidArgument` if the training inputs
        are all the same, or integers.

        >>> import numpy as np
        >>> part = Examples(np.array([1.0, 3.0]), np.array([0, 1]))
        >>> Dataset("two", part, part, classes=2).standardised().training.inputs
        array([-1.,  1.])
        """
        inputs = self.training.inputs
        if inputs.dtype.kind != "f":
            raise InvalidArgument(f"The inputs of {self.name} are {inputs.dtype}: standardise floats, not integers.")
        mean, deviation = np.mean(inputs, dtype=np.float64), np.std(inputs, dtype=np.float64)
        if not deviation > 0:
            raise InvalidArgument(f"All training inputs of {self.name} are the same number: their variance is 0.")

        def standardise(examples: Examples) -> Examples:
            return replace(examples, inputs=((examples.inputs - mean) / deviation).astype(inputs.dtype))

        return replace(
            self,
            training=standardise(self.training),
            test=standardise(self.test),
            normalisation=f"{self.normalisation}; minus {mean:.6g}, divided by {deviation:.6g}",
        )


def _check_classes(what: str, labels: Array, classes: int) -> None:
    if labels.dtype.kind not in "iu":
        raise InvalidArgument(f"The {what} are {labels.dtype}: the labels of classes are integers.")
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise InvalidArgument(
            f"The {what} run from {labels.min()} to {labels.max()}: of {classes} classes they are 0 to {classes - 1}."
        )


def _described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    return f"of type {type(value).__name__}"
