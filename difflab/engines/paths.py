"""Programs for the paths that a function's code takes: a tree, in which each guard that fails leads on.

Two traces are the same up to the first guard that tells them apart. So the program that holds is found by running the
first; where a guard of it fails, the one kept for that guard and that value is run, and so on.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import on_the_cpu
from ..types import Array
from .graph import Graph
from .passes.status import UNDECIDED

Run = Callable[[Sequence[Array]], tuple[list[Any], int]]


@dataclass(eq=False)
class Path:
    """A program, and what it tells.

    Args:
        run: from inputs to results and values that guards looked at, and the status; see `passes.status`.
        count: how many results there are.
        places: of each guard, where the value stands that it looked at: among the inputs and then the values that
            `run` gives; None where it follows from its failing.
        structure: of the results of the function.
        program: what `run` calls, if it is one program of the machine.
        graph: what it computes, the status last.
        parts: all programs of the machine in it.
    """

    run: Run
    count: int
    places: Sequence[int | None]
    structure: Any
    program: Any = None
    graph: Graph | None = None
    parts: Sequence[Any] = ()
    following: dict[Hashable, "Path"] = field(default_factory=dict)
    """By guard and value: the paths of traces that differ from this one there."""
    of_many: Any = None
    """Programs of the same graph for many points."""

    def finish(self) -> None:
        """Make drafts of programs as fast as they get."""
        for program in self.parts:
            program.finish()

    def key(self, status: int, inputs: Sequence[Any], results: Sequence[Any]) -> Hashable:
        """Say which guard failed, and for what value."""
        place = self.places[status - 1]
        if place is None:
            return status - 1, None
        value = inputs[place] if place < len(inputs) else results[self.count + place - len(inputs)]
        return status - 1, np.asarray(on_the_cpu(value)).tobytes()


class Undecided(Exception):
    """A derivative is NaN in plain arithmetic."""


class Missing(Exception):
    """No path holds for these inputs; `place` is where it belongs: `place(path)` puts it there."""

    def __init__(self, key: Hashable, place: Callable[[Path], None]):
        super().__init__()
        self.key = key
        self.place = place


class Paths:
    """The paths of one function."""

    def __init__(self) -> None:
        self.first: Path | None = None
        self.count = 0

    def run(self, inputs: Sequence[Array]) -> tuple[list[Any], Any]:
        """Give the results of the program that holds, and their structure.

        Raises:
            Missing: none holds.
            Undecided: it does, and one of its derivatives is NaN.
        """
        path = self.first
        if path is None:
            raise Missing(None, self.begin)
        while True:
            results, status = path.run(inputs)
            count = path.count
            if not status:
                del results[count:]
                return results, path.structure
            if status == UNDECIDED:
                raise Undecided
            key = path.key(status, inputs, results)
            following = path.following.get(key)
            if following is None:
                raise Missing((id(path), key), self.after(path, key))
            path = following

    def begin(self, path: Path) -> None:
        """Put the first path into its place."""
        if self.first is None:  # another thread may have been faster
            self.first = path
            self.count += 1

    def after(self, path: Path, key: Hashable) -> Callable[[Path], None]:
        """Give what puts a path behind another into its place."""

        def place(following: Path) -> None:
            if path.following.setdefault(key, following) is following:
                self.count += 1

        return place
