"""Characters as numbers and back."""

import numpy as np

from ..errors import InvalidArgument
from ..types import Array


class Vocabulary:
    """The characters of a text, numbered in the order of their code points.

    >>> vocabulary = Vocabulary("hello")
    >>> vocabulary.characters, len(vocabulary)
    ('ehlo', 4)
    >>> vocabulary.encode("hole")
    array([1, 3, 2, 0])
    >>> vocabulary.decode([1, 3, 2, 0])
    'hole'
    """

    def __init__(self, text: str):
        """Number the characters that occur in `text`; raises `InvalidArgument` if there are none."""
        if not text:
            raise InvalidArgument("A vocabulary of an empty text has no characters: give a text.")
        self.characters = "".join(sorted(set(text)))
        self._numbers = {character: number for number, character in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def __repr__(self) -> str:
        return f"Vocabulary({self.characters!r})"

    def encode(self, text: str) -> Array:
        """Give the numbers of the characters of `text` as an int64 array (len(text),).

        Raises `InvalidArgument` at a character that the vocabulary does not have.
        """
        try:
            return np.fromiter((self._numbers[character] for character in text), np.int64, len(text))
        except KeyError as error:
            raise InvalidArgument(
                f"The character {error.args[0]!r} is not in the vocabulary {self.characters!r}: leave it out, or make "
                f"the vocabulary of a text that has it."
            ) from None

    def decode(self, numbers: Array) -> str:
        """Give the text of a sequence of numbers; raises `InvalidArgument` if one is no character's."""
        numbers = np.asarray(numbers)
        if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
            raise InvalidArgument(
                f"Numbers of shape {numbers.shape} and dtype {numbers.dtype} are no text: give a sequence of integers."
            )
        for number in numbers:
            if not 0 <= number < len(self):
                raise InvalidArgument(
                    f"{number} is no character's number: those of this vocabulary run from 0 to {len(self) - 1}."
                )
        return "".join(self.characters[number] for number in numbers)
