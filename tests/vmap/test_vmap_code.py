"""Code under a map: changes in place, indices, masks, constants; and what is refused, with its remedy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import vmap
from difflab.errors import DifflabError, InvalidArgument, NotDifferentiable, UnsupportedFunction
from tests.vmap.loops import assert_same, at_each

POINTS = np.random.default_rng(1).standard_normal((6, 5))
WHOLE = np.random.default_rng(2).integers(0, 5, (6, 3))


def entries(x: Any) -> Any:
    x[0] = 2 * x[1]
    x[-1] += x[0]
    x[1:3] *= x[2]
    x[3:] = [1.0, x[0]]
    return x


def masks(x: Any) -> Any:
    x[x < 0] = 0
    x[np.array([True, False, True, False, False])] = x[1]
    x += 1
    return x


def numbers(x: Any) -> Any:
    x[[0, 0, 2]] = x[[1, 2, 3]]
    y = x.reshape(5, 1) * x
    y[:, 1] = x
    y[..., 0] = 7
    y[[1, 3], [2, 4]] = x[:2]
    return y


def rows(x: Any) -> Any:
    y = np.outer(x, x)
    y[1:] += y[0]
    y[0] /= 2
    row = y[2]
    row *= 3
    row += 1
    y[2] = row
    return y


def objects(x: Any) -> Any:
    out = np.zeros(3, dtype=object)
    for n in range(3):
        out[n] = x[n] * n
    return np.stack(list(out)) + np.array([x[0], x[1], 2.0])


def sorting(x: Any) -> Any:
    order = np.argsort(x)
    largest = np.argmax(x)
    return [x[order], order, largest, x[largest], np.sort(x)[::-1], np.median(x), np.searchsorted(np.arange(3.0), x)]


def chosen(x: Any) -> Any:
    return np.where(x > 0, np.sqrt(np.abs(x)), x[0]), np.select([x > 1, x > 0], [x, 2 * x], 3.0), x > 0


def agreeing(x: Any) -> Any:
    if np.sum(x * x) > 0:  # at all points
        x = x * 2
    for _ in range(int(np.sum(x * 0)) + 2):
        x = np.sin(x)
    return x[x > -5], np.nonzero(x > -5)[0], max(len(x), 2) + x


@pytest.mark.parametrize("function", [entries, masks, numbers, rows, objects, sorting, chosen, agreeing])
def test_code_at_many_points_is_as_at_each(function: Callable[[Any], Any]) -> None:
    points = POINTS.copy()
    found = vmap(function)(points)
    assert_same(points, POINTS)
    assert_same(found, at_each(function, POINTS.copy()))


@pytest.mark.parametrize("function", [entries, masks, numbers, rows])
@pytest.mark.parametrize("method", ["forward", "reverse", "reverse_compiled"])
def test_changes_in_place_under_a_derivative_of_the_map(function: Callable[[Any], Any], method: str) -> None:
    def loss(x: Any) -> Any:
        return np.sum(vmap(function)(x) ** 2)

    points = POINTS.copy()
    found = difflab.gradient(loss, points, method=method)
    assert_same(points, POINTS)
    assert_same(found, difflab.gradient(loss, points, method="central_difference"), 1e-6)


def picked(x: Any, index: Any) -> Any:
    table = np.reshape(np.outer(x, x), (-1, 1))
    return [np.take_along_axis(x, index, 0), np.take_along_axis(table, index[:, None], 0)]


def indexed(x: Any, index: Any) -> Any:
    return [x[index], x[index[0]], np.take(x, index), x[index][..., None] * x, x[[4, 0]]]


def scattered(x: Any, index: Any) -> Any:
    y = x * 1
    y[index] = x[:3]
    y[index[0]] = 9
    z = np.outer(x, x)
    z[index] = x
    z[index, index[::-1]] = x[2:]
    return y, z, np.bincount(index, weights=x[:3], minlength=5)


@pytest.mark.parametrize(
    ("function", "argnums"),
    [(picked, (1,)), *((function, n) for function in (picked, indexed, scattered) for n in ((0,), (0, 1)))],
)
def test_indices_of_each_point(function: Callable[..., Any], argnums: tuple[int, ...]) -> None:
    args = [every if n in argnums else every[0] for n, every in enumerate((POINTS, WHOLE))]
    assert_same(vmap(function, argnums)(*args), at_each(function, *args, argnums=argnums))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.int8, bool])
def test_dtypes(dtype: Any) -> None:
    points = (4 * POINTS).astype(dtype)

    def function(x: Any) -> Any:
        return x * 2, x[0] * np.float64(1.5), x / 3, np.sum(x), x + x[::-1], x > 0, np.sqrt(np.abs(x * 1.0)), x[1] * 2.5

    assert_same(vmap(function)(points), at_each(function, points))


def test_points_that_are_numbers() -> None:
    def function(x: Any) -> Any:
        x += 1
        y = x
        y *= 2  # which is another number than x
        return x * y + np.sin(x), 3.0, np.stack([x, y])

    assert_same(vmap(function)(POINTS[0]), at_each(function, POINTS[0]))


def test_what_does_not_depend_on_the_point_is_repeated_in_memory_of_its_own() -> None:
    ones = np.ones(2)
    repeated, same, part = vmap(lambda x: (ones, x, x[1:]))(POINTS)
    assert_same(repeated, np.ones((6, 2)))
    for result in (repeated, same, part):
        result += 1
    assert_same(ones, np.ones(2))
    assert_same(POINTS, np.random.default_rng(1).standard_normal((6, 5)))


def test_what_all_points_have_in_common_is_not_written_to() -> None:
    def function(x: Any, total: Any) -> Any:
        total[0] = 1.0
        return x * total[0]

    with pytest.raises(InvalidArgument, match=r"writes into an array that it does not own .*total\[0\] = 1\.0"):
        vmap(function)(POINTS, np.zeros(2))


def branching(x: Any) -> Any:
    if x[0] > 0:
        return x[1]
    return x[2]


def view(x: Any) -> Any:
    row = x[1:]
    row += 1
    return np.sum(x)


def writing(x: Any) -> Any:
    out = np.zeros(2)
    out[0] = x[0]
    return out


PART = "points of difflab.vmap part ways"
ONE_NUMBER = "stands for many points (difflab.vmap) was turned into one number"


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (branching, NotDifferentiable, (PART, "line", "if x[0] > 0:", "Write np.where(condition, a, b)")),
        (lambda x: max(x[0], x[1]), NotDifferentiable, (PART, "np.where")),
        (lambda x: x[x > 0], NotDifferentiable, (PART, "np.where(mask, x, 0) in place of x[mask]")),
        (lambda x: np.zeros(int(2 * abs(x[0])) + 1), NotDifferentiable, (PART,)),
        (
            lambda x: np.arange(5)[np.argmax(x)],
            NotDifferentiable,
            (PART, "np.take_along_axis(a, i, 0) in"),
        ),
        (lambda x: float(x[0]), NotDifferentiable, (ONE_NUMBER, "Leave out float()")),
        (writing, NotDifferentiable, (ONE_NUMBER, "out[0] = x[0]", "np.stack(list(entries))")),
        (lambda x: f"{x[0]:.3f}", NotDifferentiable, (ONE_NUMBER,)),
        (lambda x: np.abs(np.exp(1j * x)), NotDifferentiable, ("became complex", "1j * x")),
        (lambda x: np.fft.fft(x), UnsupportedFunction, ("np.fft.fft",)),
        (view, NotDifferentiable, ("changed in place", "row += 1", "where the change would not be seen")),
        (lambda x: None, InvalidArgument, ("returned nothing",)),
    ],
)
def test_refusals_say_where_and_what_to_write(function: Any, error: type[DifflabError], words: tuple[str, ...]) -> None:
    with pytest.raises(error) as caught:
        vmap(function)(POINTS.copy())
    for part in words:
        assert part in str(caught.value)


def test_points_that_agree_go_on() -> None:
    assert_same(vmap(branching)(np.abs(POINTS)), np.abs(POINTS[:, 1]))


@pytest.mark.parametrize(
    ("args", "shapes"),
    [
        ((np.ones((3, 2)), np.ones((4, 2))), "(3, 2), (4, 2)"),
        ((np.ones((0, 2)), np.ones((0, 2))), "(0, 2), (0, 2)"),
        ((np.ones(3), 2.0), "(3,), ()"),
        (({"a": np.ones(3), "b": 1.0}, np.ones(3)), "(3,), (), (3,)"),
        (([], []), "an empty nest"),
    ],
)
def test_what_are_no_points_is_refused(args: tuple[Any, ...], shapes: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        vmap(lambda x, y: x, argnums=(0, 1))(*args)
    assert f"they have the shapes {shapes}: give np.stack(points)" in str(caught.value).replace("shapes of", "shapes")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (1j * POINTS, "points of dtype complex128: give real numbers"),
        (np.array(["a", "b"]), "points of dtype <U1: give real numbers"),
        ("ab", "points of dtype <U2: give real numbers"),
        (np.ma.masked_array(POINTS, POINTS > 0), "a MaskedArray, whose own arithmetic is not followed"),
    ],
)
def test_what_are_no_numbers_is_refused(points: Any, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        vmap(lambda x: x)(points)


@pytest.mark.parametrize("argnums", [2, (0, 0), (), "x"])
def test_wrong_argnums_are_refused(argnums: Any) -> None:
    with pytest.raises(InvalidArgument, match="argnums="):
        vmap(lambda x, y: x, argnums)(POINTS, POINTS)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"The function to map is 3: pass a callable"):
        vmap(3)  # type: ignore[arg-type]


def test_a_value_that_escapes_means_nothing_afterwards() -> None:
    kept: list[Any] = []

    def function(x: Any) -> Any:
        vmap(lambda y: kept.append(y) or y)(POINTS)
        return x + kept[0]

    with pytest.raises(NotDifferentiable, match="kept"):
        vmap(function)(POINTS)


def test_draws_are_the_same_at_all_points() -> None:
    found = vmap(lambda x: x + np.random.default_rng(0).standard_normal(5))(POINTS)
    assert_same(found, POINTS + np.random.default_rng(0).standard_normal(5))


def test_the_mapped_function_keeps_its_name() -> None:
    assert vmap(branching).__name__ == "branching"
