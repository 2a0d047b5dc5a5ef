"""Rearranging entries: for any shape, what a function does to the tangent is what it does to the array."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

import difflab
from difflab.engines.transforms import push
from tests.primitives.case import Case
from tests.primitives.checks import check_batch, check_modes_agree, check_values, directions
from tests.primitives.points import spread

METHODS = ("forward", "reverse")


def check(function: Any, *shapes: tuple[int, ...]) -> None:
    """Check a linear function: its value, its derivative, which is itself, its transpose, several at once."""
    case = Case(function, tuple(spread(*shape, seed=n) for n, shape in enumerate(shapes)))
    tangents = directions(case.leaves)
    _, pushed = push(case, case.leaves, tangents)
    for actual, expected in zip(pushed, case([tangent[0] for tangent in tangents]), strict=True):
        np.testing.assert_array_equal(actual[0], expected)
    for each in (check_values, check_modes_agree, check_batch):
        each(case)


SHAPES = array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3)
FULL_SHAPES = array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3)


@given(data=st.data())
def test_reshape(data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    size = int(np.prod(shape))
    divisors = [n for n in range(1, size + 1) if size % n == 0] or [1]
    first = data.draw(st.sampled_from(divisors))
    target = data.draw(st.sampled_from([(-1,), (first, -1), (1, size), (first, 1, size // first)]))
    check(lambda x: np.reshape(x, target, order="C"), shape)
    check(lambda x: np.reshape(x, target, order="F"), shape)


@given(data=st.data())
def test_axes_moved(data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    rank = len(shape)
    order = data.draw(st.permutations(range(rank)))
    signed = [axis - rank * data.draw(st.booleans()) for axis in order]
    count = data.draw(st.integers(0, rank))
    start = data.draw(st.integers(-rank, rank))
    check(lambda x: np.transpose(x, signed), shape)
    check(lambda x: np.moveaxis(x, signed[:count], signed[rank - count :]), shape)
    check(lambda x: np.swapaxes(x, signed[0], signed[-1]), shape)
    check(lambda x: np.rollaxis(x, signed[0], start), shape)
    check(lambda x: np.expand_dims(np.flip(x, signed[:count]), signed[0]), shape)


@given(data=st.data())
def test_joined_and_split(data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    other = list(shape)
    other[axis] = data.draw(st.integers(0, 3))
    cuts = data.draw(st.lists(st.integers(-4, 4), max_size=3))
    check(lambda x, y: np.concatenate([x, y, x], axis), shape, tuple(other))
    check(lambda x, y: np.concatenate([x, y], None), shape, tuple(other))
    check(lambda x, y: np.stack([x, y], axis), shape, shape)
    check(lambda x: np.array_split(x, sorted(cuts), axis), shape)
    check(lambda x: np.array_split(x, len(cuts) + 1, axis), shape)


@given(data=st.data())
def test_repeated_and_padded(data: st.DataObject) -> None:
    shape = data.draw(FULL_SHAPES)
    rank = len(shape)
    axis = data.draw(st.one_of(st.none(), st.integers(-rank, rank - 1)))
    some = st.integers(0, 3)
    widths = data.draw(st.lists(st.tuples(some, some), min_size=rank, max_size=rank))
    mode = data.draw(st.sampled_from(["constant", "edge", "reflect", "symmetric", "wrap"]))
    shift = data.draw(st.integers(-5, 5))
    times = data.draw(some)
    tiles = data.draw(st.lists(st.integers(0, 2), max_size=4).map(tuple))
    check(lambda x: np.pad(x, widths, mode=mode), shape)
    check(lambda x: np.roll(x, shift, axis), shape)
    check(lambda x: np.repeat(x, times, axis), shape)
    check(lambda x: np.tile(x, tiles), shape)
    check(lambda x: np.broadcast_to(x, (2, *shape)), shape)


@given(data=st.data())
def test_diagonals(data: st.DataObject) -> None:
    shape = data.draw(array_shapes(min_dims=2, max_dims=3, min_side=0, max_side=3))
    k = data.draw(st.integers(-4, 4))
    check(lambda x: np.diagonal(x, k, 0, -1), shape)
    check(lambda x: np.triu(np.tril(x, k), -k), shape)
    check(lambda x: np.diag(x[0].ravel(), k), (1, *shape))


def test_a_planted_wrong_transpose_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from difflab.primitives import TABLE

    monkeypatch.setattr(TABLE[np.transpose], "transpose", lambda g, position, x, axes=None: np.transpose(g, axes))
    with pytest.raises(AssertionError):
        check(lambda x: np.transpose(x, (1, 2, 0)), (2, 2, 2))


@pytest.mark.parametrize("method", METHODS)
def test_pieces_are_a_list_as_in_numpy(method: str) -> None:
    def function(x: Any) -> Any:
        pieces = np.split(x, 2)
        assert isinstance(pieces, list)
        first, second = pieces
        return first @ second

    np.testing.assert_array_equal(difflab.gradient(function, np.arange(4.0), method=method), [2, 3, 0, 1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: np.reshape(x, (4,)), "cannot reshape"),
        (lambda x: np.squeeze(x, 0), "longer than 1"),
        (lambda x: np.transpose(x, (0, 0)), "repeated axis"),
        (lambda x: np.swapaxes(x, 0, 2), "out of bounds"),
        (lambda x: np.concatenate([x, x.T]), "must match exactly"),
        (lambda x: np.split(x, 2, 1), "equal division"),
        (lambda x: np.diag(x[None]), "vector or a matrix"),
        (lambda x: np.moveaxis(x, (0, 1), 0), "equally many axes"),
        (lambda x: np.broadcast_to(x, (2, 2)), "could not be broadcast"),
    ],
)
def test_what_does_not_fit_is_refused(function: Any, message: str, method: str) -> None:
    with pytest.raises(ValueError, match=message):
        difflab.jacobian(function, np.ones((2, 3)), method=method)
