"""Taps on what leaves no state behind to compare: printing, opening files to write, asking the system for randomness.

While anyone watches, the functions that do it are replaced by ones that take note and then do the same. Notes go to who
watches in the same thread. So what other threads do meanwhile is passed on and not noted, even if the function started
them.
"""

import builtins
import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from types import FrameType
from typing import Any, NamedTuple

from .reach.libraries import DIFFLAB, is_numerical_or_standard, package_of


def drawing(source: str) -> str:
    """Describe a draw of random numbers."""
    return (
        f"draws random numbers ({source}): a replay would repeat the same ones. Draw them outside and pass them as an "
        f"argument."
    )


@contextmanager
def tapped() -> Iterator[list[str]]:
    """Give a list of what was done inside by this thread, without repetitions."""
    watcher = _Watcher(get_ident(), [])
    with _lock:
        _watchers.append(watcher)
        for tap in _taps():
            _place(tap)
    try:
        yield watcher.notes
    finally:
        with _lock:
            _watchers[:] = [each for each in _watchers if each is not watcher]
            while _placed and not _watchers:
                _remove(_placed.pop())


class _Watcher(NamedTuple):
    thread: int
    notes: list[str]


class _Tap(NamedTuple):
    """A function to replace, and what to note when it is called with arguments that count."""

    holder: Any
    name: str
    note: str
    counts: Callable[..., bool]


class _Placed(NamedTuple):
    holder: Any
    name: str
    replacement: Any
    original: Any
    """`_INHERITED` if the holder had it from its class."""


_INHERITED = object()
_watchers: list[_Watcher] = []
_placed: list[_Placed] = []
_lock = Lock()


def _taps() -> list[_Tap]:
    entropy = drawing("of the operating system, as a generator made without a seed does")
    written = "opens a file to write: a replay would not. Return what is to be written, and write it outside."
    return [
        *(_Tap(stream, "write", _printing(name), _always) for name, stream in _streams()),
        _Tap(os, "urandom", entropy, _always),
        _Tap(random, "_urandom", entropy, _always),  # of NumPy and `secrets`; RandomState(1) asks before it is seeded
        _Tap(random.Random, "seed", entropy, lambda self, a=None, version=2: a is None),
        _Tap(io, "open", written, _writes),
        _Tap(builtins, "open", written, _writes),
    ]


def _streams() -> list[tuple[str, Any]]:
    streams = [("sys.stdout", sys.stdout), ("sys.stderr", sys.stderr)]
    return [(name, stream) for name, stream in streams if hasattr(stream, "__dict__")]  # a program may have none


def _printing(stream: str) -> str:
    return f"prints to {stream}: a replay would not. Return what is to be shown, and print it outside."


def _always(*args: Any, **kwargs: Any) -> bool:
    return True


def _writes(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> bool:
    return file != os.devnull and not set(mode).isdisjoint("wxa+")


def _place(tap: _Tap) -> None:
    if any(each.holder is tap.holder and each.name == tap.name for each in _placed):
        return
    function = getattr(tap.holder, tap.name)

    def replacement(*args: Any, **kwargs: Any) -> Any:
        if tap.counts(*args, **kwargs) and _is_of_persons_code(sys._getframe(1)):
            _note(tap.note)
        return function(*args, **kwargs)

    _placed.append(_Placed(tap.holder, tap.name, replacement, vars(tap.holder).get(tap.name, _INHERITED)))
    setattr(tap.holder, tap.name, replacement)


def _remove(tap: _Placed) -> None:
    if vars(tap.holder).get(tap.name) is not tap.replacement:  # someone replaced it in turn
        return
    if tap.original is _INHERITED:
        delattr(tap.holder, tap.name)
    else:
        setattr(tap.holder, tap.name, tap.original)


def _note(sentence: str) -> None:
    for watcher in tuple(_watchers):
        if watcher.thread == get_ident() and sentence not in watcher.notes:
            watcher.notes.append(sentence)


def _is_of_persons_code(frame: FrameType | None) -> bool:
    """Say whether a call was made by a person's code, by way of Python's own or NumPy's functions, be it.

    Not so what difflab and its compilers do (Numba writes files to keep what it compiled), nor warnings.
    """
    while frame is not None:
        package = package_of(frame.f_globals.get("__name__", ""))
        if package in (DIFFLAB, "numba", "llvmlite", "warnings"):
            return False
        if not is_numerical_or_standard(package):
            return True
        frame = frame.f_back
    return False
