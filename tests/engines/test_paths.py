"""The tree of paths: a guard that fails leads on, what is missing has one place, and the first to come keeps it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from difflab.engines.passes.status import UNDECIDED
from difflab.engines.paths import Missing, Path, Paths, Undecided


def path(name: str, statuses: dict[int, int], places: Sequence[int | None] = (None,)) -> Path:
    """Make a path whose program gives its name, the value it looked at, and a status for each first input."""

    def run(inputs: Sequence[Any]) -> tuple[list[Any], int]:
        return [name, inputs[0] // 10], statuses.get(int(inputs[0]), 0)

    return Path(run=run, count=1, places=places, structure=f"of {name}")


def missing(paths: Paths, *inputs: Any) -> Missing:
    with pytest.raises(Missing) as caught:
        paths.run(inputs)
    return caught.value


def test_what_is_missing_is_put_into_its_place() -> None:
    paths = Paths()
    missing(paths, 1).place(path("first", {2: 1, 3: 2}, [None, None]))
    assert paths.run([1]) == (["first"], "of first")
    missing(paths, 2).place(path("second", {}))
    missing(paths, 3).place(path("third", {5: 1}))
    assert [paths.run([n])[0] for n in (1, 2, 3, 1)] == [["first"], ["second"], ["third"], ["first"]]
    assert paths.count == 3


def test_paths_lead_on_from_paths() -> None:
    paths = Paths()
    paths.begin(path("first", {2: 1, 3: 1}))
    missing(paths, 2).place(path("second", {3: 1}))
    missing(paths, 3).place(path("third", {}))
    assert [paths.run([n])[0][0] for n in (1, 2, 3)] == ["first", "second", "third"]
    assert paths.first is not None
    assert len(paths.first.following) == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_value_that_was_looked_at_has_a_path_of_its_own(place: int) -> None:
    """An input, another, or what the program gives behind its results."""
    paths = Paths()
    paths.begin(path("first", dict.fromkeys(range(20, 50), 1), [place]))
    for n, other in ((20, 7.0), (30, 8.0), (40, 9.0)):
        missing(paths, n, np.float64(other)).place(path(f"path {n}", {}))
    assert [paths.run([n, np.float64(n / 10 + 5)])[0][0] for n in (20, 30, 40)] == ["path 20", "path 30", "path 40"]
    assert paths.count == 4
    if place == 1:
        missing(paths, 20, np.float64(7.5))
    if place == 2:
        assert paths.run([25, np.float64(0)])[0] == ["path 20"]


def test_zeros_of_either_sign_and_nans_are_values() -> None:
    paths = Paths()
    paths.begin(path("first", {1: 1}, [1]))
    for value in (0.0, -0.0, np.nan, np.inf):
        missing(paths, 1, np.float64(value)).place(path(str(value), {}))
    assert [paths.run([1, np.float64(value)])[0][0] for value in (0.0, -0.0, np.nan, np.inf)] == [
        "0.0",
        "-0.0",
        "nan",
        "inf",
    ]


def test_an_undecided_derivative_is_told() -> None:
    paths = Paths()
    paths.begin(path("first", {1: UNDECIDED}))
    with pytest.raises(Undecided):
        paths.run([1])


def test_the_first_to_come_keeps_a_place() -> None:
    """As two threads may make the same path."""
    paths = Paths()
    one, other = missing(paths, 2), missing(paths, 2)
    assert one.key == other.key
    one.place(path("first", {2: 1}))
    other.place(path("late", {}))
    assert paths.count == 1
    one, other = missing(paths, 2), missing(paths, 2)
    assert one.key == other.key
    other.place(path("second", {}))
    one.place(path("late again", {}))
    assert paths.run([2])[0] == ["second"]
    assert paths.count == 2


def test_keys_tell_places_apart() -> None:
    paths = Paths()
    keys = {missing(paths, 1).key}
    paths.begin(path("first", {1: 1, 2: 2, 3: 1}, [None, None]))
    keys |= {missing(paths, 1).key, missing(paths, 2).key}
    missing(paths, 1).place(path("second", {3: 1}))
    keys.add(missing(paths, 3).key)
    assert len(keys) == 4
