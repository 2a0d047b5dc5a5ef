"""What a trace of a function holds for, its arguments aside: what the function can see of the world around it.

A trace is of one run. What the code read meanwhile from globals, closures, defaults or the object that it is bound to
is part of it; where that has changed, the trace is of another function.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager

from ..point import describe
from ..types import Array, Function
from .reach.changes import causes, changes
from .reach.places import GONE, joint_test
from .reach.search import Reach, innermost, reach_of
from .side_effects import side_effects


class Surroundings:
    """What a function can see, as it was.

    Watched are closure variables, the globals that the code names, defaults, arguments that functools.partial has
    bound, and the attributes that code names of the person's objects, classes and modules; from there on, through the
    functions found, which are not those of libraries. What a name refers to is compared by identity; numbers and texts
    also by value and type; lists, dicts, sets and deques also entry by entry, up to `LARGE` entries, above that by
    length; arrays also by shape and dtype. Not seen: the entries of larger lists and of arrays, what an object of a
    library holds (a data frame), what code finds by names that it puts together (`globals()`, `getattr` of a module;
    of an object all attributes are watched then), the clock, files, the environment.

    >>> settings = {"rate": 0.5}
    >>> def loss(x): return settings["rate"] * x
    >>> around = Surroundings.of(loss)
    >>> around.unchanged()
    True
    >>> settings["rate"] = 2.0
    >>> around.unchanged(), around.difference()
    (False, "`settings['rate']` was 0.5 and is 2.0.")
    """

    def __init__(self, function: Function, reach: Reach):
        self._function = function
        self._take(reach)

    @classmethod
    def of(cls, function: Function) -> "Surroundings":
        """Find what a function can see now, without running it."""
        return cls(function, reach_of(function))

    def unchanged(self) -> bool:
        """Say whether the function sees the same, the entries of arrays aside."""
        try:
            if self._test():
                return True
        except GONE:
            pass
        return self._still_alike(arrays_may_move=False)

    def follow(self) -> bool:
        """Say whether all that changed is that names refer to other arrays of the same shapes and dtypes; take them up.

        `arrays` then gives those, in place of the ones before; where two names referred to one array they still do.
        """
        return self._still_alike(arrays_may_move=True)

    def arrays(self) -> tuple[Array, ...]:
        """Give the arrays that the function can see, each once, always in the same order.

        Of any dtype but Python objects, whose entries are watched; no matrices, masked arrays and the like.

        They are the arrays themselves: their entries may change while `unchanged` holds. It does say that the names
        refer to these arrays, and that their shapes and dtypes are the same; not their strides, nor their flags.
        """
        return self._arrays

    def difference(self) -> str:
        """Say in a sentence what changed; nothing if all is as it was."""
        now = reach_of(self._function)
        found = causes(self._reach, now) or changes(self._reach, now)
        text = "; ".join(f"{change.place.words} {change.words}" for change in found)
        return f"{text[0].upper()}{text[1:]}." if text else ""

    @contextmanager
    def watched(self, redrawn: Container[int] = ()) -> Iterator[list[str]]:
        """Notice what the function, run inside, does besides giving a result: what a replay would not do again.

        Gives a list, empty until the end, of sentences: what the function did, and what to write instead. Noticed are
        random draws, text on sys.stdout and sys.stderr, files opened for writing, and writes to what `of` finds. Draws
        from generators whose identities are in `redrawn` at the end do not count.

        >>> history = []
        >>> def loss(x):
        ...     history.append(x)
        ...     return x**2
        >>> with Surroundings.of(loss).watched() as sentences:
        ...     y = loss(3.0)
        >>> print(*sentences)
        `loss` changes the content of `history`: a replay would not. Return what is new, and keep it outside.
        """
        function = innermost(self._function)
        name = describe(function if hasattr(function, "__qualname__") else type(function))
        with side_effects(name, lambda: reach_of(self._function), redrawn) as sentences:
            yield sentences

    def _take(self, reach: Reach) -> None:
        self._reach = reach
        self._test: Callable[[], bool] = joint_test(reach.places)
        self.on_devices: Sequence[str] = reach.on_devices
        """Where arrays were found that may be on a device; what they hold is not watched."""
        self._arrays = tuple(array for _, array in reach.arrays)

    def _still_alike(self, *, arrays_may_move: bool) -> bool:
        """Search anew; where nothing of importance differs, go on from what was found."""
        reach = reach_of(self._function)
        if reach.mentions != self._reach.mentions:
            return False
        if changes(self._reach, reach, arrays_may_move=arrays_may_move):
            return False
        self._take(reach)
        return True
