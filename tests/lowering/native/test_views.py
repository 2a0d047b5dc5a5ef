"""Views select the entries that NumPy selects, and none outside the array that they look at."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difflab.engines.graph import Variable
from difflab.lowering.native.views import View, is_look, row_by_row
from difflab.primitives.indexing import HOLE, gather

Step = tuple[Any, dict[str, Any]]


def whole(shape: tuple[int, ...]) -> View:
    return View.whole(Variable(0, shape, np.dtype(float)), shape)


def selected(view: View) -> Any:
    """Give the places in the source of all entries; fails where one is outside of it."""
    places = np.full(view.shape, view.offset)
    for axis, stride in enumerate(view.strides):
        places += stride * np.arange(view.shape[axis]).reshape(-1, *(1,) * (len(view.shape) - axis - 1))
    assert places.min() >= 0
    assert places.max() < np.prod(view.source.shape)  # type: ignore[union-attr]
    return places


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Draw a basic index: numbers, slices in both directions, new axes, an ellipsis."""
    parts: list[Any] = []
    for length in shape[: draw(st.integers(0, len(shape)))]:
        if draw(st.integers(0, 5)) == 0:
            parts.append(None)
        kind = draw(st.sampled_from(["number", "slice", "backwards", "all"]))
        if kind == "number":
            parts.append(draw(st.integers(-length, length - 1)))
        elif kind == "all":
            parts.append(slice(None))
        else:
            step = draw(st.integers(1, 3)) * (-1 if kind == "backwards" else 1)
            ends = st.none() | st.integers(-length - 1, length + 1)
            parts.append(slice(draw(ends), draw(ends), step))
    if draw(st.booleans()):
        after = draw(st.integers(0, len(parts)))
        if after == len(parts) or sum(part is not None for part in parts) == len(shape):
            parts.insert(after, Ellipsis)
    return tuple(parts)


@st.composite
def steps(draw: st.DrawFn, shape: tuple[int, ...]) -> Step:
    """Draw a function that looks otherwise at an array of a shape."""
    function = draw(st.sampled_from([gather, gather, np.transpose, np.reshape, np.broadcast_to]))
    if function is gather:
        return gather, {"template": draw(indices(shape))}
    if function is np.transpose:
        axes = draw(st.permutations(range(len(shape))))
        return np.transpose, draw(st.sampled_from([{}, {"axes": tuple(axes)}, {"axes": None}]))
    if function is np.reshape:
        factors = [2, *shape] if np.prod(shape) % 2 == 0 and shape else list(shape)
        target = draw(st.sampled_from([(-1,), (*shape, 1), shape[::-1], (factors[0] if factors else 1, -1)]))
        return np.reshape, {"shape": target, "order": draw(st.sampled_from("CF"))}
    longer = tuple(3 if length == 1 and draw(st.booleans()) else length for length in shape)
    return np.broadcast_to, {"shape": (*draw(st.sampled_from([(), (2,), (1, 2)])), *longer)}


def done(step: Step, array: Any) -> Any:
    """Do with NumPy what a step says."""
    function, parameters = step
    return np.asarray(array[parameters["template"]] if function is gather else function(array, **parameters))


@given(st.data())
def test_entries_are_those_that_numpy_selects(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(1, 4), max_size=3)))
    view, places = whole(shape), np.arange(np.prod(shape, dtype=int)).reshape(shape)
    for _ in range(6):
        step = data.draw(steps(places.shape))
        result = done(step, places)
        if not 0 < result.size <= 500:
            continue
        assert is_look(*step)
        found = view.after(*step, result.shape)
        if found is None:  # what follows looks at a copy
            assert step[0] is np.reshape
            view, places = whole(result.shape), np.arange(result.size).reshape(result.shape)
            continue
        assert (found.source, found.shape) == (view.source, result.shape)
        np.testing.assert_array_equal(selected(found), result)
        np.testing.assert_array_equal(selected(found.transposed), result.T)
        view, places = found, result
        wider = (2, *(length if length > 1 else 3 for length in view.shape))
        np.testing.assert_array_equal(selected(view.spread(wider)), np.broadcast_to(places, wider))


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_whole_array_lies_row_by_row(lengths: list[int]) -> None:
    shape = tuple(lengths)
    assert row_by_row(shape) == tuple(stride // 8 for stride in np.zeros(shape).strides)
    assert whole(shape).is_whole
    np.testing.assert_array_equal(selected(whole(shape)).ravel(), np.arange(np.prod(shape)))


@pytest.mark.parametrize(
    ("shape", "parameters", "copies"),
    [
        ((3, 4), {"shape": (12,)}, False),
        ((3, 4), {"shape": (2, 6)}, False),
        ((3, 4), {"shape": (12,), "order": "F"}, True),
        ((1, 4), {"shape": (4,), "order": "F"}, False),
    ],
)
def test_a_reshape_that_has_to_copy_gives_no_view(shape: Any, parameters: dict[str, Any], copies: bool) -> None:
    assert (whole(shape).after(np.reshape, parameters, np.zeros(shape).reshape(-1).shape) is None) == copies


def test_a_reshape_of_a_transpose_has_to_copy() -> None:
    assert whole((3, 4)).transposed.after(np.reshape, {"shape": (12,)}, (12,)) is None


@pytest.mark.parametrize(
    ("function", "parameters", "looks"),
    [
        (gather, {"template": (slice(None), 0)}, True),
        (gather, {"template": (HOLE,)}, False),
        (gather, {"template": (True,)}, False),
        (np.reshape, {"shape": (2,)}, True),
        (np.broadcast_to, {"shape": (2,)}, True),
        (np.add, {}, False),
        (np.sort, {}, False),
    ],
)
def test_what_only_looks_at_an_array(function: Any, parameters: dict[str, Any], looks: bool) -> None:
    assert is_look(function, parameters) == looks


@pytest.mark.parametrize(
    "fault", [{"offset": 1}, {"offset": -1}, {"strides": (2,)}, {"strides": (-1,)}, {"shape": (6,)}]
)
def test_a_view_that_reaches_outside_is_seen(fault: dict[str, Any]) -> None:
    """The planted faults, for which the test above is there."""
    parts: dict[str, Any] = {"shape": (5,), "strides": (1,), "offset": 0}
    selected(View(whole((5,)).source, **parts))
    with pytest.raises(AssertionError):
        selected(View(whole((5,)).source, **{**parts, **fault}))
