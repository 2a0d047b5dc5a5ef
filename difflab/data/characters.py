"""A text as sequences of characters, each to be predicted from those before it."""

from pathlib import Path

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .dataset import Dataset, Examples
from .vocabulary import Vocabulary

_LONGEST_NAME = 255


def characters(text: str | Path, length: int, stride: int | None = None, test_fraction: float = 0.1) -> Dataset:
    """Cut a text into sequences, the labels of which are the same characters, one further on.

    Inputs and labels are int64 (N, length): the numbers of the characters in `Dataset.vocabulary`, which is that of the
    whole text. The end of the text is for testing, so that no part of it is trained on.

    Args:
        text: the text itself, or the `Path` of a file in UTF-8.
        length: how many characters a sequence has.
        stride: how far each sequence begins after the one before; by default `length`, so that none overlap.
        test_fraction: the share of the text, from its end, to test on.

    Raises:
        InvalidArgument: the file cannot be read, a number is out of range, or the text is too short for a sequence to
            train on and one to test on.

    >>> dataset = characters("to be or not to be", length=4, test_fraction=0.3)
    >>> vocabulary = dataset.vocabulary
    >>> [vocabulary.decode(sequence) for sequence in dataset.training.inputs]
    ['to b', 'e or', ' not']
    >>> [vocabulary.decode(sequence) for sequence in dataset.training.labels]
    ['o be', ' or ', 'not ']
    """
    stride = length if stride is None else stride
    for what, number in (("length", length), ("stride", stride)):
        if number < 1 or number % 1:
            raise InvalidArgument(f"{what}={number!r} of the sequences: give a whole number, at least 1.")
    if not 0 < test_fraction < 1:
        raise InvalidArgument(f"test_fraction={test_fraction!r}: give a share between 0 and 1, such as 0.1.")
    content = _content(text)
    vocabulary = Vocabulary(content)
    end = len(content) - round(test_fraction * len(content))
    numbers = vocabulary.encode(content)
    training, test = (
        _sequences(part, length, stride, f"{what} part of the text")
        for part, what in ((numbers[:end], "training"), (numbers[end:], "test"))
    )
    return Dataset("characters", training, test, len(vocabulary), "characters as numbers", vocabulary)


def _content(text: str | Path) -> str:
    if isinstance(text, Path):
        try:
            return text.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidArgument(f"{text} cannot be read: {error}. Give the path of a text file in UTF-8.") from error
    if 0 < len(text) <= _LONGEST_NAME and "\0" not in text and Path(text).is_file():
        raise InvalidArgument(f"{text!r} is the name of a file: give Path({text!r}) to read it.")
    return text


def _sequences(numbers: Array, length: int, stride: int, what: str) -> Examples:
    if len(numbers) <= length:
        raise InvalidArgument(
            f"The {what} has {len(numbers)} characters, and a sequence of length={length} needs {length + 1} with its "
            f"labels: give a longer text, a smaller length, or another test_fraction."
        )
    windows = np.lib.stride_tricks.sliding_window_view(numbers, length + 1)[::stride]
    return Examples(windows[:, :-1].copy(), windows[:, 1:].copy())
