"""Loops and what they sum: any length, any axes, any order in memory; maxima with NaNs."""

from collections.abc import Callable
from math import fsum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difflab.lowering.native.loops import joined_axes
from difflab.lowering.native.program import Program
from difflab.lowering.native.schedule import NotLowered
from tests.engines.passes.graphs import traced

REDUCTIONS = [np.sum, np.prod, np.max, np.min, np.all, np.any]
VALUES = {
    "reals": lambda numbers, shape: numbers.uniform(-1.5, 1.5, shape),
    "floats": lambda numbers, shape: numbers.uniform(-1.5, 1.5, shape).astype(np.float32),
    "integers": lambda numbers, shape: numbers.integers(-3, 4, shape),
    "booleans": lambda numbers, shape: numbers.integers(0, 2, shape).astype(bool),
}


def run(function: Callable[..., Any], *inputs: Any) -> list[Any]:
    return Program(traced(function, *inputs))(inputs)


def require_close(found: Any, expected: Any, count: int) -> None:
    """Fail unless a sum, or a product, of `count` terms is right to the rounding of so many steps."""
    assert (np.shape(found), found.dtype) == (np.shape(expected), expected.dtype)
    rounding = count * float(np.finfo(found.dtype).eps) if found.dtype.kind == "f" else 0
    np.testing.assert_allclose(found, expected, 4 * rounding, 4 * rounding)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        *(("reals", n) for n in (*range(1, 71, 4), 64, 1000, 4097)),
        *((kind, n) for kind in VALUES for n in (2, 8, 35, 67)),
    ],
)
def test_reductions_of_any_length(length: int, kind: str) -> None:
    x = VALUES[kind](np.random.default_rng(length), length)
    known = [each for each in REDUCTIONS if x.dtype.kind == "f" or each not in (np.max, np.min)]
    found = run(lambda x: tuple(each(x) for each in known), x)
    for function, mine in zip(known, found, strict=True):
        require_close(mine, function(x), length)


@pytest.mark.parametrize("length", range(2, 71, 8))
def test_loops_of_any_length_on_slices(length: int) -> None:
    x = np.random.default_rng(length).uniform(-1, 1, length)
    found = run(lambda x: (x[1:] - x[:-1], x[::-1] * x, x[::2] + 1, np.sum(x[::-2]), np.max(x[1:])), x)
    expected = [x[1:] - x[:-1], x[::-1] * x, x[::2] + 1, np.sum(x[::-2]), np.max(x[1:])]
    for mine, theirs in zip(found, expected, strict=True):
        require_close(mine, theirs, length)


def test_arrays_without_entries_are_not_for_programs() -> None:
    with pytest.raises(NotLowered):
        run(np.sum, np.empty(0))


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 1), (9, 2, 33)])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1), (0, 2), (2, 1), (0, 1, 2), ()])
def test_reductions_along_any_axes(axis: Any, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, shape)
    functions = [np.sum, np.max, np.prod, np.any]

    def function(x: Any, turned: Any) -> Any:
        of_x = [each(x, axis=axis) for each in functions]
        return *of_x, *(each(turned.T[::-1], axis=axis, keepdims=True) for each in functions)

    turned = np.ascontiguousarray(x[::-1].T)
    expected = [each(x, axis=axis, keepdims=keepdims) for keepdims in (False, True) for each in functions]
    for mine, theirs in zip(run(function, x, turned), expected, strict=True):
        require_close(mine, theirs, x.size)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("length", [1, 7, 16, 35])
def test_maxima_are_nan_if_an_entry_is(length: int, dtype: Any) -> None:
    x = np.linspace(-1, 1, length).astype(dtype)
    program = Program(traced(lambda x: (np.max(x), np.min(x), np.max(-x), np.sum(x)), x))
    for at in range(length):
        planted = x.copy()
        planted[at] = np.nan
        assert np.isnan(program([planted])).all()
    for extreme in (np.inf, -np.inf):
        full = np.full(length, extreme, dtype)
        np.testing.assert_array_equal(program([full])[:3], [extreme, extreme, -extreme])


@pytest.mark.parametrize("axis", [0, 1])
def test_maxima_along_an_axis_are_nan_where_an_entry_is(axis: int) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (5, 19))
    program = Program(traced(lambda x: (np.max(x, axis=axis), np.min(x, axis=axis)), x))
    for at in np.ndindex(5, 19):
        planted = x.copy()
        planted[at] = np.nan
        np.testing.assert_array_equal(program([planted]), [np.max(planted, axis=axis), np.min(planted, axis=axis)])


def test_sums_of_what_is_infinite_or_no_number() -> None:
    program = Program(traced(np.sum, np.ones(19)))
    for planted, expected in (
        ([np.inf], np.inf),
        ([np.inf, -np.inf], np.nan),
        ([np.nan], np.nan),
        ([-np.inf], -np.inf),
    ):
        x = np.ones(19)
        x[7 : 7 + len(planted)] = planted
        np.testing.assert_equal(program([x])[0], expected)


@pytest.mark.parametrize("length", [50_000, 100_003])
def test_long_sums_are_as_precise_as_numpys(length: int) -> None:
    """Against exact sums: several lanes are more precise than one after the other, which loses four digits here."""
    x = np.random.default_rng(0).uniform(0, 1, length) + 1e3
    (found,) = run(np.sum, x)
    exact = fsum(x)
    assert abs(found - exact) < 0.1 * abs(np.cumsum(x)[-1] - exact) + np.spacing(exact)


@given(st.data())
def test_joined_axes_lead_to_the_same_entries(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(1, 4), max_size=4)))
    arrays = []
    for _ in range(2):
        axes = data.draw(st.permutations(range(len(shape))))
        whole = np.zeros([shape[axis] for axis in axes], np.int8).transpose(np.argsort(axes))
        signs = tuple(slice(None, None, data.draw(st.sampled_from([1, -1]))) for _ in shape)
        flat = tuple(0 if data.draw(st.integers(0, 3)) == 0 else stride for stride in whole[signs].strides)
        arrays.append(flat)

    def places(lengths: Any, strides: Any) -> list[tuple[int, ...]]:
        return [tuple(int(np.dot(each, index)) for each in strides) for index in np.ndindex(*lengths)]

    lengths, joined = joined_axes(shape, arrays)
    assert places(lengths, joined) == places(shape, arrays)
    assert 1 not in lengths or lengths == [1]
