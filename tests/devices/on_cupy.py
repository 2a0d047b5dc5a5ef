"""Functions that go wrong on a device, as problems: to see that a comparison notices."""

from itertools import count
from typing import Any

import numpy as np

from difflab.arrays import device_of, place_of
from difflab.problems import Problem

_draw = count()


def right(x: Any) -> Any:
    return np.sum(x**3)


def wrong_on_a_device(x: Any) -> Any:
    """Differ by more than rounding."""
    return np.sum(x**3) * (1 + 1e-9 * _is_there(x))


def never_the_same_on_a_device(x: Any) -> Any:
    """Differ by rounding from call to call."""
    return np.sum(x**3) * (1 + 1e-15 * _is_there(x) * (next(_draw) % 3))


def far_from_the_same_on_a_device(x: Any) -> Any:
    """Differ by more than rounding from call to call."""
    return np.sum(x**3) * (1 + 1e-3 * _is_there(x) * (next(_draw) % 3))


def lost_at_times_on_a_device(x: Any) -> Any:
    """Give no number, at every third call."""
    return np.sum(x**3) * (np.nan if _is_there(x) and next(_draw) % 3 == 2 else 1.0)


def constant_on_the_cpu(x: Any) -> Any:
    return np.sum(x * np.arange(1.0, 4.0))


def _is_there(x: Any) -> bool:
    return device_of(place_of(x)) != "cpu"


def _point(size: int) -> tuple[np.ndarray]:
    return (np.arange(1.0, size + 1),)


def _problem(function: Any) -> Problem:
    return Problem(
        name=function.__name__,
        title="planted",
        function=function,
        arguments=_point,
        operator="gradient",
        source="planted",
        sizes=(3, 6),
        size=3,
        closed_forms={},
    )


RIGHT, WRONG, UNSTEADY, UNRELIABLE, LOST, MIXED = map(
    _problem,
    (
        right,
        wrong_on_a_device,
        never_the_same_on_a_device,
        far_from_the_same_on_a_device,
        lost_at_times_on_a_device,
        constant_on_the_cpu,
    ),
)
