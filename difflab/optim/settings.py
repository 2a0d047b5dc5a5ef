"""What settings may be, said in one place."""

from collections.abc import Mapping
from math import inf

from ..errors import InvalidArgument


def require_positive(owner: str, settings: Mapping[str, float]) -> None:
    """Raise `InvalidArgument` unless all are finite and above 0."""
    for name, number in settings.items():
        if not 0 < number < inf:
            raise InvalidArgument(f"{name}={number!r} of {owner}: give a positive number.")


def require_not_negative(owner: str, settings: Mapping[str, float]) -> None:
    """Raise `InvalidArgument` unless all are finite and not below 0."""
    for name, number in settings.items():
        if not 0 <= number < inf:
            raise InvalidArgument(f"{name}={number!r} of {owner}: give 0 or a positive number.")


def require_below_one(owner: str, settings: Mapping[str, float]) -> None:
    """Raise `InvalidArgument` unless all are from 0 to 1, 1 excepted: weights of what was before."""
    for name, number in settings.items():
        if not 0 <= number < 1:
            raise InvalidArgument(f"{name}={number!r} of {owner}: give a number from 0 up to, but not, 1.")


def require_between(owner: str, settings: Mapping[str, float]) -> None:
    """Raise `InvalidArgument` unless all are between 0 and 1, both excepted."""
    for name, number in settings.items():
        if not 0 < number < 1:
            raise InvalidArgument(f"{name}={number!r} of {owner}: give a number between 0 and 1.")


def require_whole(owner: str, settings: Mapping[str, int]) -> None:
    """Raise `InvalidArgument` unless all are whole numbers, 1 or more."""
    for name, number in settings.items():
        if number < 1 or number % 1:
            raise InvalidArgument(f"{name}={number!r} of {owner}: give a whole number, 1 or more.")
