"""What differs between two searches from one function, and how to say so."""

from collections import Counter, deque
from collections.abc import Hashable, Sequence
from types import NoneType
from typing import Any, NamedTuple

import numpy as np

from ..content import content
from .entries import CONTAINERS
from .places import CONTENT, GONE, LARGE, LENGTH, Place, joint_test
from .search import Reach, is_followed

_SIZES = (LENGTH, CONTENT)
_LONGEST = 40


class Change(NamedTuple):
    """A place before and after; None where there was or is no such place."""

    before: Place | None
    after: Place | None

    @property
    def place(self) -> Place:
        """The place as it was, or as it is if it is new."""
        place = self.before or self.after
        assert place is not None
        return place

    @property
    def words(self) -> str:
        """What happened to the place, for a sentence that begins with the words for it.

        >>> from .places import ITEM
        >>> rate = Place("the global `rate`", ITEM, {}, "rate", 0.1)
        >>> Change(rate, rate._replace(value=0.2)).words
        'was 0.1 and is 0.2'
        """
        if self.place.test in _SIZES:
            return "has changed"
        if self.before is None:
            return "is new"
        if self.after is None:
            return "is gone"
        if _is_short(self.before.value) and _is_short(self.after.value):
            return f"was {self.before.value!r} and is {self.after.value!r}"
        return "has changed"


def changes(before: Reach, after: Reach, *, arrays_may_move: bool = False) -> list[Change]:
    """List what differs.

    Numbers and texts are compared by type and value; lists, dicts and the like by their entries, which are places of
    their own; all else by identity, or arrays of numbers by shape and dtype if they may move.
    """
    old, new = _by_name(before.places), _by_name(after.places)
    found = [
        Change(place, new.get(name))
        for name, place in old.items()
        if name not in new or not _alike(place.value, new[name].value, arrays_may_move)
    ]
    return found + [Change(None, place) for name, place in new.items() if name not in old]


def causes(before: Reach, after: Reach) -> list[Change]:
    """List the changes that another one does not bring with it."""
    found = changes(before, after)
    sizes = {id(each.holder): change for change in found for each in change if each and each.test in _SIZES}
    joined = {id(each): each for each in (sizes.get(id(change.place.holder), change) for change in found)}
    return [change for change in joined.values() if _is_cause(change, before, after)]


def _is_cause(change: Change, before: Reach, after: Reach) -> bool:
    """Tell what was changed from what belongs to something else that came into its place, or into sight."""
    old, new = change
    if old is None:
        return before.knows(change.place.holder)
    if new is None:
        return after.knows(old.holder) and (old.test in _SIZES or not _holds(old))
    return old.holder is new.holder or isinstance(old.holder, CONTAINERS)


def _holds(place: Place) -> bool:
    try:
        return joint_test([place])()
    except GONE:
        return False


def _by_name(places: Sequence[Place]) -> dict[Hashable, Place]:
    count: Counter[Hashable] = Counter()
    named: dict[Hashable, Place] = {}
    for place in places:
        if place.words:
            name = place.words, place.test, place.key
            count[name] += 1  # two closures may have variables of one name
            named[name, count[name]] = place
    return named


def _alike(old: Any, new: Any, arrays_may_move: bool) -> bool:
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    if isinstance(old, np.ndarray):
        return arrays_may_move and is_followed(old)  # shape and dtype are a place of their own
    if isinstance(old, tuple):
        return len(old) == len(new) and all(_alike(x, y, arrays_may_move) for x, y in zip(old, new, strict=True))
    if isinstance(old, (list, dict, set, deque)):
        return len(new) <= LARGE
    return content(old) == content(new)


def _is_short(value: Any) -> bool:
    return type(value) in (bool, int, float, complex, str, NoneType) and len(repr(value)) <= _LONGEST
