"""An operator at many points: a program for a block of them, run block by block in several threads.

Points whose guards fail go on together by the path that is theirs.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..engines.graph import Graph
from ..engines.passes.dead_code import remove_dead_code
from ..engines.passes.status import UNDECIDED
from ..engines.paths import Path, Paths
from ..types import Array
from .lanes import for_points
from .native.program import Program
from .native.threads import threads

Arrays = Callable[[], Sequence[Array]]
Make = Callable[[Sequence[Array], Callable[[Path], None]], Path | None]

ENTRIES = 1 << 15
"""Entries of the largest array of a block: so many stay in a processor's own cache."""
FEWEST, MOST = 64, 8192
"""Points in a block."""


@dataclass
class Many:
    """Programs of one graph, with a status and without guards, for blocks of points.

    Args:
        graph: for one point; its last output is the status.
        moving: which of its inputs differ from point to point.
    """

    graph: Graph
    moving: Sequence[bool]
    programs: dict[int, Program] = field(default_factory=dict)
    """By the number of points in a block."""

    def run(self, inputs: Sequence[Array], count: int) -> tuple[list[Array], Array]:
        """Compute the outputs at all points.

        Args:
            inputs: those that differ have a first axis of points.
            count: of points.

        Returns:
            The outputs, each with a first axis of points, and each point's status.

        Raises:
            NotLowered: an equation that programs for many points have not.
        """
        size = min(count, self.block)
        program = self.program(size)
        shapes = [(np.shape(x), np.result_type(x if not hasattr(x, "dtype") else x.dtype)) for x in self.graph.outputs]
        outputs = [np.empty((count, *shape), dtype) for shape, dtype in shapes]

        def block(begin: int) -> None:
            end = min(begin + size, count)
            for output, result in zip(outputs, program(self._part(inputs, begin, end, size)), strict=True):
                output[begin:end] = result[: end - begin] if np.ndim(result) == output.ndim else result

        begins = range(0, count, size)
        if len(begins) == 1:
            block(0)
        else:
            with ThreadPoolExecutor(threads()) as pool:
                list(pool.map(block, begins))
        *results, status = outputs
        return results, status

    @cached_property
    def block(self) -> int:
        """How many points are in a block."""
        sizes = [math.prod(x.shape) for equation in self.graph.equations for x in equation.outputs]
        return max(FEWEST, min(MOST, ENTRIES // max(sizes, default=1)))

    def program(self, size: int) -> Program:
        """Give the program for blocks of a size."""
        if size not in self.programs:
            moving = [x for x, moves in zip(self.graph.inputs, self.moving, strict=True) if moves]
            self.programs[size] = Program(remove_dead_code(for_points(self.graph, moving, size)))
        return self.programs[size]

    def _part(self, inputs: Sequence[Array], begin: int, end: int, size: int) -> list[Array]:
        """Cut a block out, the last point repeated to fill the last one."""
        parts = []
        for x, moves in zip(inputs, self.moving, strict=True):
            part = x[begin:end] if moves else x
            if moves and end - begin < size:
                part = np.concatenate([part, np.repeat(part[-1:], size - (end - begin), 0)])
            parts.append(part)
        return parts


class ManyPoints:
    """Points that may take several paths.

    Args:
        paths: those that are known.
        make: traces a path at one point, and puts it into its place; gives None where it cannot.
        inputs: those that differ from point to point have a first axis of points.
        arrays: gives those that the function sees around it, inputs of programs, too.
        moving: which of the inputs differ.
    """

    def __init__(self, paths: Paths, make: Make, inputs: Sequence[Array], arrays: Arrays, moving: Sequence[bool]):
        self.paths = paths
        self.make = make
        self.inputs = inputs
        self.arrays = arrays
        self.moving = moving

    def run(self, count: int) -> tuple[list[Array], Array, Any] | None:
        """Give the results at all points, the points at which they are missing, and the structure of the function's.

        None if they are missing at all points, or differ in structure or shape from point to point.

        Raises:
            NotLowered: an equation that programs for many points have not.
        """
        first = self.paths.first or self.make(self.at(0), self.paths.begin)
        results: list[Array] = []
        kind: Any = None
        missing = [np.empty(0, int)]
        waiting: list[tuple[Path | None, Array]] = [(first, np.arange(count))]
        while waiting:
            path, points = waiting.pop()
            if path is None:
                missing.append(points)
                continue
            inputs = [*self.at(points), *self.arrays()]
            found, status = _many(path, self.moving).run(inputs, len(points))
            if not np.all(status):
                parts = found[: path.count]
                results = results or [np.empty((count, *x.shape[1:]), x.dtype) for x in parts]
                kind = kind or _kind(path, results)
                if _kind(path, parts) != kind:
                    return None
                _write(results, parts, points, status == 0)
            for key, group in _groups(path, inputs, found, status, self.moving):
                waiting.append((self.following(path, key, points[group]), points[group]))
        return (results, np.concatenate(missing), kind[0]) if results else None

    def following(self, path: Path, key: Hashable, points: Array) -> Path | None:
        """Give the path that these points go on by; None where it has to be left to the eager method."""
        if key is None:
            return None
        return path.following.get(key) or self.make(self.at(points[0]), self.paths.after(path, key))

    def at(self, points: Any) -> list[Array]:
        """Give the inputs at one point, or at several."""
        return [x[points] if moves else x for x, moves in zip(self.inputs, self.moving, strict=True)]


def _kind(path: Path, results: Sequence[Array]) -> tuple[Any, list[tuple[int, ...]]]:
    """Give what is the same of the results at all points: the structure of the function's, and all shapes."""
    structure, _ = path.structure
    return structure, [x.shape[1:] for x in results]


def _write(results: list[Array], parts: Sequence[Array], points: Array, hold: Array) -> None:
    """Write what a path gives at the points for which it holds into the results at all points."""
    for n, part in enumerate(parts):
        if part.dtype != results[n].dtype:  # paths may differ in precision
            results[n] = results[n].astype(np.result_type(results[n], part))
        if hold.all():
            results[n][points] = part
        else:
            results[n][points[hold]] = part[hold]


def _many(path: Path, moving: Sequence[bool]) -> Many:
    if path.of_many is None:
        assert path.graph is not None
        path.of_many = Many(path.graph, [*moving, *[False] * (len(path.graph.inputs) - len(moving))])
    many: Many = path.of_many
    return many


def _groups(
    path: Path, inputs: Sequence[Array], found: Sequence[Array], status: Array, moving: Sequence[bool]
) -> list[tuple[Hashable, Array]]:
    """Give the points at which a guard fails, by which and for what value, and under None those that are undecided."""
    groups: dict[Hashable, list[int]] = {}
    for n in map(int, np.flatnonzero(status)):
        here = [x[n] if k < len(moving) and moving[k] else x for k, x in enumerate(inputs)]
        key = None if status[n] == UNDECIDED else path.key(int(status[n]), here, [x[n] for x in found])
        groups.setdefault(key, []).append(n)
    return [(key, np.array(points)) for key, points in groups.items()]
