"""Places that code reads, and a quick test that what is there is the same."""

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from operator import is_
from types import CodeType
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where code reads something, and what was found there."""

    words: str
    """For messages; none if a change there is no more than a reason to search again."""
    test: str
    """An expression that holds while nothing has changed, of the holder h, the key k and the value v."""
    holder: Any
    key: Hashable
    value: Any


ITEM = "h{n}[k{n}] is v{n}"
ATTRIBUTE = "h{n}.__dict__[k{n}] is v{n}"
SLOT = "k{n}.__get__(h{n}) is v{n}"
CELL = "h{n}.cell_contents is v{n}"
CODE = "h{n}.__code__ is v{n}"
DEFAULTS = "h{n}.__defaults__ is v{n}"
KEYWORD_DEFAULTS = "h{n}.__kwdefaults__ is v{n}"
LENGTH = "len(h{n}) == v{n}"
COUNT = "len(h{n}.__dict__) == v{n}"
CONTENT = "are_identical(k{n}(h{n}), v{n})"
LAYOUT = "(h{n}.shape, h{n}.dtype) == v{n}"

GONE = (LookupError, AttributeError, ValueError, TypeError)
"""What a test raises where there is nothing any more."""

LARGE = 1024
"""Of lists, dicts and sets with more entries only identity and length are watched."""


def joint_test(places: Sequence[Place]) -> Callable[[], bool]:
    """Make one function of all tests, the fastest there is. It may raise one of `GONE`."""
    variables: dict[str, Any] = {"are_identical": _are_identical}
    for n, place in enumerate(places):
        variables[f"h{n}"], variables[f"k{n}"], variables[f"v{n}"] = place.holder, place.key, place.value
    test: Callable[[], bool] = eval(_code(tuple(place.test for place in places)), variables)
    return test


@lru_cache(256)
def _code(tests: tuple[str, ...]) -> CodeType:
    conditions = " and ".join(f"({test.format(n=n)})" for n, test in enumerate(tests))
    return compile(f"lambda: {conditions or True}", "<what a function can see>", "eval")


def _are_identical(entries: Sequence[Any], expected: Sequence[Any]) -> bool:
    return len(entries) == len(expected) and all(map(is_, entries, expected))
