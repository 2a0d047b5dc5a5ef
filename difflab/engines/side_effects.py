"""What a function does besides giving a result: a replay of its trace would not do it again.

Most is found by comparing before and after: generators of random numbers, what the function can see, entries of arrays.
What leaves no trace there is tapped (`taps`). What another thread does meanwhile to what the function can see, a draw
from the same generator or a new value of a global, cannot be told from its own doing, and is taken for it.
"""

import random
import sys
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from io import IOBase
from typing import Any

import numpy as np

from ..types import Array
from .content import content
from .reach.changes import causes
from .reach.search import LIMIT, Reach
from .taps import drawing, tapped

WHOLE = 2**22
"""Arrays of so many bytes are compared whole, larger ones by a sample: a write to a few entries may pass unseen."""
SAMPLE = 4096
"""Entries in a sample, evenly spaced, the first and the last among them."""


@contextmanager
def side_effects(name: str, search: Callable[[], Reach], redrawn: Container[int] = ()) -> Iterator[list[str]]:
    """Notice the side effects of what runs inside, in this thread; gives a list that the end fills with sentences.

    Args:
        name: of the function, for the sentences.
        search: finds what it can see now.
        redrawn: the identities, at the end, of generators that a replay will draw from too.
    """
    sentences: list[str] = []
    before = search()
    states = _States(before)
    with tapped() as noted:
        try:
            yield sentences
        finally:
            found = [*states.draws(redrawn), *noted, *states.writes(), *_changed(before, search()), *_unwatched(before)]
            sentences += [f"{name} {what}" for what in found]


class _States:
    """States from before, to compare with."""

    def __init__(self, before: Reach):
        shared: list[tuple[str, Any]] = [
            ("numpy.random's global state", np.random.mtrand._rand),
            ("the global state of Python's random", random._inst),
        ]
        known = [source for _, source in shared]
        sources = shared + [each for each in before.sources if not any(each[1] is source for source in known)]
        self._sources = [(words, source, _state(source)) for words, source in sources]
        tapped_too = (sys.stdout, sys.stderr)
        files = [(path, file) for path, file in before.files if file not in tapped_too]
        self._files = [(path, file, _position(file)) for path, file in files]
        self._arrays = [(path, array, _digest(array)) for path, array in before.arrays]

    def draws(self, redrawn: Container[int]) -> list[str]:
        """Describe draws of random numbers, but for those from sources of which the identities are given."""
        sources = [each for each in self._sources if id(each[1]) not in redrawn]
        return [drawing(words) for words, source, state in sources if _state(source) != state]

    def writes(self) -> list[str]:
        """Describe the use of files, and writes into arrays."""
        files = [path for path, file, position in self._files if _position(file) != position]
        arrays = [path for path, array, digest in self._arrays if _digest(array) != digest]
        return [f"reads or writes the file `{path}`: a replay would not. Do so outside." for path in files] + [
            f"writes into the array `{path}`: a replay would not. Write into a copy, and return it." for path in arrays
        ]


def _state(source: Any) -> Any:
    """Describe how far a generator of random numbers has come."""
    if isinstance(source, random.Random):
        return None if isinstance(source, random.SystemRandom) else source.getstate()  # that one has no state
    if isinstance(source, np.random.RandomState):
        return content(source.get_state(legacy=False))
    bits = source.bit_generator if isinstance(source, np.random.Generator) else source
    return content(bits.state), getattr(bits.seed_seq, "n_children_spawned", 0)


def _position(file: IOBase) -> int | None:
    """Say how far a file was read or written; None where that cannot be told."""
    try:
        return file.tell()
    except (OSError, ValueError):
        return None


def _digest(array: Array) -> bytes:
    sample = array
    if array.nbytes > WHOLE:
        sample = array.flat[np.linspace(0, array.size - 1, SAMPLE).astype(int)]
    return blake2b(sample.tobytes()).digest()


def _changed(before: Reach, after: Reach) -> list[str]:
    """Describe writes to variables, attributes, and entries of lists and dicts."""
    described = []
    for change in causes(before, after):
        values = f", which {change.words}" if change.words.startswith("was ") else ""
        described.append(
            f"changes {change.place.words}{values}: a replay would not. Return what is new, and keep it outside."
        )
    return described


def _unwatched(before: Reach) -> list[str]:
    """Describe what moves on unseen, or is too much to be watched."""
    described = [
        f"reads from the iterator `{path}`, which moves on: a replay would repeat what it gave. Call next({path}) "
        f"outside, and pass the result as an argument."
        for path, _ in before.iterators
    ]
    if not before.is_whole:
        described.append(
            f"can see more than {LIMIT} variables, attributes and entries, too many to be watched: a replay would not "
            f"see them change. Pass what it needs as arguments."
        )
    return described
