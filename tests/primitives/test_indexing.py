"""Indexing as NumPy does it, for any index."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, basic_indices, integer_array_indices

import difflab
from difflab.primitives.indexing import GATHER, HOLE, gather, scatter
from tests.primitives.case import Case
from tests.primitives.checks import check_batch, check_differences, check_modes_agree, check_second_order, check_values
from tests.primitives.points import spread

METHODS = ("forward", "reverse")


def check(case: Case) -> None:
    for each in (check_values, check_modes_agree, check_differences, check_batch):
        each(case)


@given(data=st.data())
def test_any_basic_index(data: st.DataObject) -> None:
    shape = data.draw(array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    index = data.draw(basic_indices(shape, allow_newaxis=True, allow_ellipsis=True, max_dims=5))
    check(Case(gather, (spread(*shape),), call=lambda x: x[index]))


@given(data=st.data())
def test_any_index_arrays(data: st.DataObject) -> None:
    shape = data.draw(array_shapes(min_dims=1, max_dims=3, max_side=3))
    used = data.draw(st.integers(1, len(shape)))
    arrays_ = data.draw(
        integer_array_indices(shape[:used], result_shape=array_shapes(min_dims=0, max_dims=2, max_side=3))
    )
    check(Case(gather, (spread(*shape),), call=lambda x: x[arrays_]))


@given(data=st.data())
def test_index_arrays_apart_from_each_other(data: st.DataObject) -> None:
    """Arrays, slices, integers and new axes in any order: arrays that stand apart have their axes put first."""
    shape = (2, 3, 4)
    parts: list[Any] = []
    for length in shape:
        number = st.integers(-length, length - 1)
        rows = st.lists(number, min_size=2, max_size=2).map(np.array)
        columns = rows.map(lambda row: row[:, None])
        parts += data.draw(st.lists(st.just(None), max_size=1))
        parts.append(data.draw(st.one_of(number, rows, columns, st.just(slice(None)), st.just(slice(None, None, -1)))))
    check(Case(gather, (spread(*shape),), call=lambda x: x[tuple(parts)]))


@given(data=st.data())
def test_any_mask(data: st.DataObject) -> None:
    shape = data.draw(array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3))
    before = data.draw(st.integers(0, len(shape) - 1))
    after = data.draw(st.integers(before + 1, len(shape)))
    mask = data.draw(arrays(bool, shape[before:after]))
    check(Case(gather, (spread(*shape),), call=lambda x: x[(slice(None),) * before + (mask,)]))


@pytest.mark.parametrize("check_one", [check_second_order, check_batch])
@pytest.mark.parametrize("index", [[0, 0, 2], (slice(None), [1, 1]), ([0, 0], slice(1), [1, 1])])
def test_entries_taken_twice(index: Any, check_one: Any) -> None:
    check_one(Case(gather, (spread(3, 2, 2),), call=lambda x: x[index]))


@pytest.mark.parametrize("method", METHODS)
def test_entries_taken_twice_count_twice(method: str) -> None:
    x = np.array([2.0, 3.0])
    np.testing.assert_array_equal(difflab.gradient(lambda x: np.sum(x[[0, 0, 1]] ** 2), x, method=method), [8, 6])


def test_entries_are_added_up_without_an_array_of_zeros_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_zeros(*_: Any, **__: Any) -> Any:
        raise AssertionError("made an array of zeros to hold one entry")

    monkeypatch.setattr(GATHER, "transpose", no_zeros)
    x = np.arange(1.0, 6.0)
    gradient = difflab.gradient(lambda x: sum(x[n] * x[n + 1] for n in range(4)), x, method="reverse")
    np.testing.assert_array_equal(gradient, [2, 4, 6, 8, 4])


@pytest.mark.parametrize("method", METHODS)
def test_entries_and_the_whole_array_used_in_turn(method: str) -> None:
    def function(x: Any) -> Any:
        y = x[0] * x
        return x[1] * np.sum(x[[0, 0]]) + np.sum(y[1:]) * x[1] + np.sum(x * x[::-1])

    x = np.array([2.0, 3.0, 5.0])
    a, b, c = x  # b (2a) + a (b + c) b + 2 a c + b²
    np.testing.assert_allclose(
        difflab.gradient(function, x, method=method),
        [2 * b + (b + c) * b + 2 * c, 2 * a + a * (2 * b + c) + 2 * b, a * b + 2 * a],
        rtol=1e-15,
    )
    np.testing.assert_allclose(
        difflab.hessian(function, x, method=method),
        [[0, 2 + 2 * b + c, b + 2], [2 + 2 * b + c, 2 * a + 2, a], [b + 2, a, 0]],
        rtol=1e-15,
    )


def test_scatter_is_the_transpose_of_gather() -> None:
    values, index = np.array([1.0, 2.0, 3.0]), np.array([1, 1, 0])
    np.testing.assert_array_equal(scatter(values, index, template=(HOLE,), shape=(3,)), [3, 3, 0])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("index", "error"),
    [(3, IndexError), ((0, 0), IndexError), ([0, 5], IndexError), ("a", IndexError), (1.5, IndexError)],
)
def test_a_wrong_index_is_refused_as_in_numpy(index: Any, error: type[Exception], method: str) -> None:
    with pytest.raises(error):
        difflab.gradient(lambda x: np.sum(x[index]), np.ones(3), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_ties_keep_their_order_in_sorting(method: str) -> None:
    """One of the one-sided derivatives: tied entries go to their places in order."""
    slope = difflab.gradient(lambda x: np.sort(x) @ [1.0, 10.0, 100.0], np.array([2.0, 1.0, 2.0]), method=method)
    np.testing.assert_array_equal(slope, [10, 1, 100])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("at", "slope"), [(-0.5, 0.0), (0.0, 2.0), (0.5, 2.0), (1.0, -1.0), (2.0, -1.0), (2.5, 0.0)], ids=str
)
def test_interpolation_has_at_a_knot_the_slope_of_the_piece_to_its_right(at: float, slope: float, method: str) -> None:
    def function(x: Any) -> Any:
        return np.interp(x, [0.0, 1.0, 2.0], [1.0, 3.0, 2.0])

    assert difflab.derivative(function, at, method=method) == slope


@pytest.mark.parametrize("method", METHODS)
def test_half_a_turn_is_unwrapped_as_in_numpy(method: str) -> None:
    phases = np.array([0.0, 2.0, 0.0, 6.0, 3.0, 3.0, 9.0, 1.0])  # steps of half a period of 4, up and down, and of more
    value, slope = difflab.jvp(lambda p: np.unwrap(p, period=4.0), phases, tangents=phases, method=method)
    np.testing.assert_array_equal(value, np.unwrap(phases, period=4.0))
    np.testing.assert_array_equal(slope, phases)
