"""Blocks of points: results are those of one program at each point, whatever the number of points and of blocks."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.passes.status import with_status
from difflab.engines.paths import Path, Paths
from difflab.errors import InvalidArgument
from difflab.lowering import many
from difflab.lowering.many import FEWEST, MOST, Many, ManyPoints
from difflab.lowering.native.schedule import NotLowered
from difflab.lowering.programs import path_of
from difflab.lowering.tracing import Traced
from difflab.methods import ForwardCompiled, Reverse, ReverseCompiled
from difflab.structure import BARE, flatten
from tests.engines.passes.graphs import traced

X, WEIGHTS = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -0.5])


def function(x: Any, weights: Any) -> Any:
    """Look at a sign, and give a number, an array, a condition, and what depends on no point."""
    if x[0] > 0:
        x = x * 2
    return np.sum(np.exp(x) * weights), x * weights, x[1] > 0, weights * 2, np.ones(2)


def path() -> Path:
    return path_of(Traced(traced(function, X, WEIGHTS), 0, None), "native")


def made(moving: tuple[bool, bool] = (True, False)) -> Many:
    graph = path().graph
    assert graph is not None
    return Many(graph, moving)


def require_alike(found: Any, points: Any, weights: Any, moving: tuple[bool, bool]) -> None:
    """Compare with the program for one point at each."""
    alone = path().run
    results, status = found
    for n in range(len(points)):
        expected, of_point = alone([points[n], weights[n] if moving[1] else weights])
        assert status[n] == of_point
        for mine, theirs in zip(results, expected, strict=True):
            assert (mine[n].shape, mine.dtype) == (np.shape(theirs), np.result_type(theirs))
            np.testing.assert_allclose(mine[n], theirs, 1e-14, 1e-15)


@pytest.mark.parametrize("moving", [(True, False), (True, True)])
@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 23])
def test_points_are_as_each(count: int, moving: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks of eight, of which the last may not be full."""
    monkeypatch.setattr(many, "FEWEST", 8)
    monkeypatch.setattr(many, "MOST", 8)
    numbers = np.random.default_rng(count)
    points = numbers.uniform(-1, 1, (count, 3))
    weights = numbers.uniform(-1, 1, (count, 3)) if moving[1] else WEIGHTS
    blocks = made(moving)
    require_alike(blocks.run([points, weights], count), points, weights, moving)
    assert set(blocks.programs) == {min(count, 8)}


def test_points_may_lie_in_any_order_in_memory() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (5, 3))
    for given in (np.asfortranarray(points), np.repeat(points, 2, axis=0)[::2], points[::-1].copy()[::-1]):
        require_alike(made().run([given, WEIGHTS], 5), points, WEIGHTS, (True, False))


def test_points_are_left_as_they_are() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (5, 3))
    points.flags.writeable = False
    results, _ = made().run([points, WEIGHTS], 5)
    assert not any(np.may_share_memory(each, points) for each in results)


@pytest.mark.parametrize(("entries", "block"), [(1, MOST), (10, 3276), (512, FEWEST), (100_000, FEWEST)])
def test_blocks_stay_in_the_cache(entries: int, block: int) -> None:
    x = np.ones(entries)
    graph = with_status(traced(lambda x: np.sum(x * 2), x), [])
    assert Many(graph, [True]).block == block


def test_a_fault_in_a_block_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if another thread meets it."""
    monkeypatch.setattr(many, "FEWEST", 8)
    monkeypatch.setattr(many, "MOST", 8)
    with pytest.raises(ValueError, match="was called with one of shape"):
        made().run([np.ones((30, 4)), WEIGHTS], 30)


def test_what_programs_for_many_points_have_not_is_told() -> None:
    graph = with_status(traced(lambda x: np.sort(x), X), [])
    with pytest.raises(NotLowered):
        Many(graph, [True]).run([np.ones((4, 3))], 4)


def other_shape(x: Any) -> Any:
    return x * 2 if x[0] > 0 else x[:1] * 3


def other_structure(x: Any) -> Any:
    return (x * 2, x[0]) if x[0] > 0 else (x * 3,)


def other_names(x: Any) -> Any:
    return {"a": x} if x[0] > 0 else {"b": x}


METHODS = [
    Reverse(),
    ReverseCompiled(),
    ReverseCompiled("native"),
    ReverseCompiled("source"),
    ForwardCompiled("native"),
]


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("operator", ["value", "jacobian"])
@pytest.mark.parametrize("function", [other_shape, other_structure, other_names])
def test_results_of_several_kinds_are_refused(function: Any, operator: str, method: Any) -> None:
    """Where one entry was broadcast, or a result was missing, numbers were once made up; of names the first were taken.

    Points of the second kind alone are fine, also if the first is known.
    """
    prepared = method.prepare(function, X)
    with pytest.raises(InvalidArgument, match=r"at point 0, and .* at point 1: take points of one kind at a time"):
        getattr(prepared.batch(np.stack([X, -X, X])), operator)()
    for sign in (1, -1):
        found = flatten(getattr(prepared.batch(np.stack([sign * X, sign * 2 * X])), operator)())
        alone = [flatten(getattr(prepared, operator)(sign * x)) for x in (X, 2 * X)]
        assert found[1] == alone[0][1]
        for n in range(2):
            for mine, theirs in zip(found[0], alone[n][0], strict=True):
                np.testing.assert_array_equal(mine[n], theirs)


def paths_and_traces(function: Any) -> tuple[Paths, list[Any], Any]:
    """Give paths, where traces are noted, and what makes them."""
    paths, noted = Paths(), []

    def make(inputs: Any, place: Any) -> Path:
        noted.append(inputs[0])
        found = path_of(Traced(traced(function, *inputs), 0, BARE), "native")
        place(found)
        return found

    return paths, noted, make


def looping(x: Any) -> Any:
    """Take a path for each whole number."""
    return np.sum(x) * int(x[0]) if x[1] > 0 else np.sqrt(np.abs(x[2])) * x[1]


def test_points_go_on_by_their_paths_and_each_path_is_traced_once() -> None:
    paths, noted, make = paths_and_traces(looping)
    points = np.array([[n % 4, (n % 7) - 3.0, n] for n in range(60)])
    run = ManyPoints(paths, make, [points], lambda: (), [True])
    for _ in range(2):
        found = run.run(len(points))
        assert found is not None
        ((results,), missing, _) = found
        np.testing.assert_allclose(results, [looping(x) for x in points], 1e-14)
        assert missing.size == 0
        assert len(noted) == paths.count == 5


def test_what_cannot_be_traced_is_missing_and_nothing_if_all_is() -> None:
    paths, _, make = paths_and_traces(looping)
    points = np.array([[1.0, 1, 2], [2, 1, 2], [1, 1, 3], [3, -1, 2]])

    def only_the_first(inputs: Any, place: Any) -> Path | None:
        return make(inputs, place) if paths.first is None else None

    found = ManyPoints(paths, only_the_first, [points], lambda: (), [True]).run(4)
    assert found is not None
    assert sorted(found[1]) == [1, 3]
    np.testing.assert_array_equal(found[0][0][[0, 2]], [4, 5])
    assert ManyPoints(paths, only_the_first, [points[[1, 3]]], lambda: (), [True]).run(2) is None
    assert ManyPoints(Paths(), lambda *_: None, [points], lambda: (), [True]).run(4) is None
