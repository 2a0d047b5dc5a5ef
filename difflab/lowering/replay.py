"""Replaying what a function did: traces become programs, and programs are found for the arguments of a call.

Programs are of tiers. The eager method answers first, so that the first call waits for nothing; what is called again
is traced, and compiled in the background, for which calls that go on wait at times (see `making`); generated NumPy
source serves what the compiler does not know.
"""

import math
import warnings
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from time import perf_counter
from typing import NamedTuple

from ..engines.arguments import Arguments
from ..engines.dispatch import Value
from ..engines.passes import optimized
from ..engines.paths import Missing, Path, Paths, Undecided
from ..kernel import Leaves, Shortcut
from ..point import Point, describe
from ..signature import Signature
from ..structure import Structure
from ..types import Array, Function
from .making import Making, in_background
from .many import ManyPoints
from .native.program import Program
from .native.schedule import NotLowered
from .programs import Tier, path_of
from .shortcuts import shortcut
from .tracing import Rule, Traced, World

CHANGES = 16
"""How often what a function sees may change before it is left to the eager method."""
LIMIT = 64
"""Paths that are kept of one function; what takes another is left to the eager method."""
OPERATORS = 256
"""Operators that are kept of one function, one for each content of what is part of the path; the first made goes."""
Found = tuple[Leaves, Leaves]


class Replayed:
    """The programs of one function, for each operator.

    Pickled and copied without programs, which another process makes anew, or finds on disk.
    """

    def __init__(self, arguments: Arguments, tier: Tier, function: Function):
        self.arguments = arguments
        self.tier: Tier = tier
        self.programs = Programs(World(function), {})
        self.shortcuts: dict[str, Shortcut] = {}
        """They hold for the world as it is."""
        self.changes = 0
        self._one_at_a_time = Lock()

    @property
    def world(self) -> World:
        """What the function sees, as the programs hold for it."""
        return self.programs.world

    @property
    def operators(self) -> "Operators":
        """The programs of that world."""
        return self.programs.operators

    def __reduce__(self) -> tuple[type["Replayed"], tuple[Arguments, Tier, Function]]:
        return Replayed, (self.arguments, self.tier, self.world.function)

    def run(
        self, name: str, rule: Rule, at: Point, directions: Sequence[Array] = (), *, scalar: bool = False
    ) -> Found | None:
        """Give values and derivatives; None where the eager method is to answer.

        Args:
            name: of the operator.
            rule: how it is made of the function.
            at: the arguments.
            directions: tangents or cotangents.
            scalar: whether the function must give one number.
        """
        if self.is_left(at):
            return None
        operator = self.operator(name, rule, at, len(directions[0]) if directions else 0, scalar=scalar)
        return operator.run(at, [*self.arguments.inputs(at), *directions])

    def is_left(self, at: Point) -> bool:
        """Say whether the eager method has to answer; forget what no longer holds."""
        world = self.world
        if world.is_refused or self.changes > CHANGES or any(isinstance(leaf, Value) for leaf in at.leaves):
            return True
        if not world.unchanged():
            self.forget(world)
        return self.changes > CHANGES

    def forget(self, world: World) -> None:
        """Begin anew, as a world has changed; say so when that happens too often to go on."""
        with self._one_at_a_time:
            if self.world is not world:  # another thread has noticed it, too
                return
            self.changes += 1
            if self.changes > CHANGES and world.surroundings is not None:
                warnings.warn(
                    f"What {describe(world.function)} sees changes again and again, and it is no longer compiled: "
                    f"{world.surroundings.difference()} Pass what changes as an argument.",
                    stacklevel=2,
                )
            self.programs = Programs(World(world.function), {})
            self.shortcuts.clear()

    def operator(self, name: str, rule: Rule, at: Point, directions: int = 0, *, scalar: bool = False) -> "Operator":
        """Give an operator for a number of directions, and what is fixed as it is at a point; see `run`."""
        key = name, directions, self.arguments.fixed(at)
        programs = self.programs
        found = programs.operators.get(key)
        if found is None:
            made = Operator(programs.world, self.arguments, rule, self.tier, scalar=scalar)
            with self._one_at_a_time:
                if len(programs.operators) >= OPERATORS:
                    del programs.operators[next(iter(programs.operators))]
                found = programs.operators.setdefault(key, made)
        return found

    def entries(self, rule: Rule, at: Point) -> float:
        """Count the entries that a rule computes at a point, after all passes; infinite where it cannot be traced."""
        traced = self.world.traced(rule, self.arguments, at, self.arguments.inputs(at), scalar=False)
        if traced is None:
            return math.inf
        outputs = (x for equation in optimized(traced.graph).equations for x in equation.outputs)
        return sum(math.prod(x.shape) for x in outputs)

    def first_program(self, name: str, at: Point) -> Program | None:
        """Give the program of an operator without directions for its first path; None if there is none."""
        return self._first_program(self.programs, name, at)

    def _first_program(self, programs: "Programs", name: str, at: Point) -> Program | None:
        operator = programs.operators.get((name, 0, self.arguments.fixed(at)))
        return operator.paths.first.program if operator is not None and operator.paths.first is not None else None

    def shorten(self, name: str, signature: Signature, at: Point) -> None:
        """Keep a shortcut for an operator, if there is a program for it and none is kept."""
        programs = self.programs
        if name not in self.shortcuts and (program := self._first_program(programs, name, at)) is not None:
            if program.is_mixed and self.arguments.has_numbers:  # a Python float is not the same as an np.float64
                return
            found = shortcut(name, signature, self.arguments, at, program, programs.world)
            if found is not None:
                self.shortcuts[name] = found


Operators = dict[tuple[str, int, Hashable], "Operator"]


class Programs(NamedTuple):
    """What was made of a function for one world: both are replaced at once, as other threads may look meanwhile."""

    world: World
    operators: Operators


class Operator:
    """What one operator of one function has become: programs for the paths that were taken."""

    def __init__(self, world: World, arguments: Arguments, rule: Rule, tier: Tier, *, scalar: bool):
        self.world = world
        self.arguments = arguments
        self.rule = rule
        self.tier: Tier = tier
        self.scalar = scalar
        self.paths = Paths()
        self.met: set[Hashable] = set()
        """Paths that one call took; programs are made of those that a second one takes."""
        self.begun: dict[Hashable, Making] = {}
        """Of paths of which programs are being made."""
        self.is_refused = False
        """Whether no trace can be made."""
        self.has_warned = False

    def run(self, at: Point, inputs: Sequence[Array]) -> Found | None:
        """Give values and derivatives; None where the eager method is to answer."""
        while True:  # for each path that is made on the way, also by other threads
            try:
                return self._found(at, inputs)
            except Missing as missing:
                if self.is_refused or not self._made(missing, at, inputs):
                    return None

    def many(
        self, at: Point, inputs: Sequence[Array], moving: Sequence[bool], count: int
    ) -> tuple[list[Array], Array, Structure] | None:
        """Give results at many points, at which they are missing, and the structure of the function's own.

        None where programs cannot.

        Args:
            at: a point, for what is fixed.
            inputs: of the rule.
            moving: which of them have a first axis of points.
            count: of points.
        """

        def make(one: Sequence[Array], place: Callable[[Path], None]) -> Path | None:
            return self.path(at, one, place)

        try:
            return ManyPoints(self.paths, make, inputs, self.world.arrays, moving).run(count)
        except NotLowered:
            return None

    def path(self, at: Point, inputs: Sequence[Array], place: Callable[[Path], None]) -> Path | None:
        """Make the path for these inputs, and keep it; None where there can be none."""
        if self.is_refused or self.paths.count >= LIMIT:
            return None
        traced = self.world.traced(self.rule, self.arguments, at, inputs, scalar=self.scalar)
        if traced is None:
            self.is_refused = True
            return None
        path = path_of(traced, self.tier)
        place(path)
        return path

    def _found(self, at: Point, inputs: Sequence[Array]) -> Found | None:
        try:
            results, (structure, count) = self.paths.run([*inputs, *self.world.arrays()])
        except Undecided:
            return None
        at.output_structure = structure
        return results[:count], results[count:]

    def _made(self, missing: Missing, at: Point, inputs: Sequence[Array]) -> bool:
        """Make a program of a path, begin to, or wait for it, if it is time to; says whether it is there."""
        key = missing.key
        if (making := self.begun.get(key)) is not None:
            return making.waited()
        if self.paths.count >= LIMIT:
            self._warn(at)
            return False
        if self.tier != "automatic":
            return self.path(at, inputs, missing.place) is not None
        if key in self.met:
            self._begin(missing, at, inputs)
        self.met.add(key)
        return False

    def _begin(self, missing: Missing, at: Point, inputs: Sequence[Array]) -> None:
        """Trace, and have a program made in the background."""
        began = perf_counter()
        traced = self.world.traced(self.rule, self.arguments, at, inputs, scalar=self.scalar)
        if traced is None:
            self.is_refused = True
            return
        making = self.begun[missing.key] = Making(perf_counter() - began)
        in_background(self._draft, missing, traced, making)

    def _draft(self, missing: Missing, traced: Traced, making: Making) -> None:
        """Make a draft of a program, which is finished when all drafts that were asked for are there."""
        with self._refusing():
            path = path_of(traced, self.tier, is_draft=True)
            missing.place(path)
            making.is_there.set()
            in_background(self._finish, path)

    def _finish(self, path: Path) -> None:
        with self._refusing():
            path.finish()

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Say where a program cannot be made, and let the eager method answer."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  (of a thread that nobody waits for)
            self.is_refused = True
            warnings.warn(f"A trace was not compiled, and the eager method goes on: {error!r}", stacklevel=2)

    def _warn(self, at: Point) -> None:
        if not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"{describe(at.function)} took more than {LIMIT} paths through its code: the eager method computes "
                f"further ones.",
                stacklevel=2,
            )
