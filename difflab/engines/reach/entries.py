"""What lists, dicts and their like hold, read by the methods that no subclass has changed."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

Entries = tuple[Any, ...]

CONTAINERS = (list, tuple, dict, set, frozenset, deque)


def length_of(value: Any) -> int:
    """Count the entries of one of `CONTAINERS`."""
    return next(kind for kind in CONTAINERS if issubclass(type(value), kind)).__len__(value)


def entries_reader(value: Any) -> Callable[[Any], Entries]:
    """Give the function that reads the entries of one of `CONTAINERS`; of a dict first its keys, then its values."""
    return next(read for kind, read in _READERS if issubclass(type(value), kind))


def entries_of_array(array: Any) -> Entries:
    """Give the entries of an array of objects."""
    return tuple(array.ravel().tolist())


def items_of(value: Any, entries: Entries) -> list[tuple[str, Any]]:
    """Give each entry with its place in brackets, as code would write it; of a dict the values alone."""
    if issubclass(type(value), dict):
        half = len(entries) // 2
        return [(f"[{_written(key)}]", item) for key, item in zip(entries[:half], entries[half:], strict=True)]
    return [(f"[{number}]", item) for number, item in enumerate(entries)]


def _written(key: Any) -> str:
    return repr(key) if type(key) in (str, int, float, bool) else "…"  # that of an object might run anything


def _of_dict(value: dict[Any, Any]) -> Entries:
    return (*dict.keys(value), *dict.values(value))


def _all_by(iterate: Callable[[Any], Iterable[Any]]) -> Callable[[Any], Entries]:
    return lambda value: tuple(iterate(value))


_READERS: list[tuple[type, Callable[[Any], Entries]]] = [
    (kind, _of_dict if kind is dict else _all_by(kind.__iter__)) for kind in CONTAINERS
]
