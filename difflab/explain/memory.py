"""Where the arrays of a program stand in its one piece of memory, and from when to when."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..engines.graph import Variable
from ..lowering.native.storage import ALIGNMENT, lifetimes
from ..lowering.native.writer import Written
from .writing import Lines


@dataclass(frozen=True, slots=True)
class Place:
    """An array in a program's memory.

    Args:
        name: of the array.
        variable: likewise, of the graph.
        offset: of its first byte.
        bytes: that its entries take.
        first: the number of the stage that computes it, counted from 1.
        last: that of the last one that reads it; one more than there are stages if it is a result.
    """

    name: str
    variable: Variable
    offset: int
    bytes: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Memory:
    """The plan of a program's memory.

    Args:
        places: of the arrays, by the stage that computes them.
        bytes: of all memory.
        results: the names of the arrays that are computed where they are returned, in memory of their own.
        without_plan: bytes that would be taken if each equation made an array of its own, and kept it.
    """

    places: tuple[Place, ...]
    bytes: int
    results: tuple[str, ...]
    without_plan: int

    @property
    def unshared(self) -> int:
        """Bytes that the arrays would take side by side, each from a multiple of `storage.ALIGNMENT` on."""
        return sum(-(-place.bytes // ALIGNMENT) * ALIGNMENT for place in self.places)


def memory_of(program: Written, lines: Lines) -> Memory:
    """Give the plan that a program was written with."""
    first, last = lifetimes(program.schedule)
    places = [
        Place(lines.name(x), x, offset, _bytes([x]), first[x] + 1, last[x] + 1) for x, offset in program.offsets.items()
    ]
    computed = [x for stage in program.schedule.stages for equation in stage.equations for x in equation.outputs]
    return Memory(
        tuple(sorted(places, key=lambda place: (place.first, place.offset))),
        program.bytes,
        tuple(map(lines.name, program.in_place)),
        _bytes(dict.fromkeys(x for x in computed if x.shape)),
    )


def _bytes(variables: Iterable[Variable]) -> int:
    return sum(math.prod(x.shape) * np.dtype(x.dtype).itemsize for x in variables)
