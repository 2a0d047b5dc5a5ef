"""What memory a tensor looks at, and how often it has been written to: one counter, shared by all views of it."""

from typing import Any

from ..types import Array


class Storage:
    """The memory behind a tensor and its views."""

    version = 0
    """How often it has been written to."""
    recorded = 0
    """The version that the last recorded write made: what views made before show belongs to another record."""
    changed = ""
    """What wrote to it last, and where."""

    def write(self, changed: str, recorded: bool = False) -> None:
        """Count a write."""
        self.version += 1
        self.changed = changed
        if recorded:
            self.recorded = self.version


class Outline:
    """The shape and dtype of an array that a rule does not read, kept in place of the array."""

    __slots__ = ("dtype", "shape")

    def __init__(self, array: Array):
        self.shape: tuple[int, ...] = array.shape
        self.dtype: Any = array.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of entries."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    def __len__(self) -> int:
        return self.shape[0]
