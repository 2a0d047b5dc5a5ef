"""Random draws of a part that is run again: the second run must draw what the first one drew."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

_observed: ContextVar["Draws | None"] = ContextVar("observed", default=None)


class Draws:
    """The generators that a run drew from, each with its state before the first draw."""

    def __init__(self) -> None:
        self.states: dict[int, tuple[np.random.Generator, Any]] = {}

    def note(self, generator: np.random.Generator) -> None:
        """Remember the state of a generator that is about to be drawn from, the first time."""
        self.states.setdefault(id(generator), (generator, generator.bit_generator.state))


def drawing_from(generator: np.random.Generator) -> np.random.Generator:
    """Give a generator to draw from, after telling a part that may be run again that it is drawn from."""
    if (draws := _observed.get()) is not None:
        draws.note(generator)
    return generator


@contextmanager
def drawn_first(draws: Draws) -> Iterator[None]:
    """Note the generators that are drawn from inside."""
    token = _observed.set(draws)
    try:
        yield
    finally:
        _observed.reset(token)
        if (outer := _observed.get()) is not None:
            for generator, state in draws.states.values():
                outer.states.setdefault(id(generator), (generator, state))


@contextmanager
def drawn_again(draws: Draws) -> Iterator[None]:
    """Let the generators draw the same again inside, and go on afterwards as if nothing had been drawn."""
    now = [(generator, generator.bit_generator.state) for generator, _ in draws.states.values()]
    for generator, state in draws.states.values():
        generator.bit_generator.state = state
    try:
        yield
    finally:
        for generator, state in now:
            generator.bit_generator.state = state
