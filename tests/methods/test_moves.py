"""The points of formulas: where they are to the last bit, one by one, in a batch, and in the parts of a large batch."""

from typing import Any

import numpy as np
import pytest

from difflab import gradient
from difflab.errors import InvalidArgument, NotDifferentiable
from difflab.methods import CentralDifference, ForwardDifference, steps
from difflab.methods.analytic import AnalyticArray
from difflab.methods.lines import Along, axes
from difflab.methods.moves import HERE, point_at, points_at
from difflab.structure import flatten
from tests.methods.numerical import KINDS, NAMES, operators

X = np.array([0.3, -0.7, 1.2, 1e-3])
V = np.array([1.0, 0.0, -0.3, 30.0])
OPERATORS = operators(V)


class Watched:
    """A function of one array, or of many stacked ones, that keeps what it is given."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, x: Any) -> Any:
        self.seen.append(x.data.copy() if isinstance(x, AnalyticArray) else x.copy())
        return np.sum(x * x * (x - 1.5), axis=-1)


def asked(method: Any, operator: str, x: np.ndarray) -> tuple[list[np.ndarray], list[Any]]:
    """Give the points that the function saw, and the leaves of the answer."""
    function = Watched()
    options = {name: np.asarray(v, x.dtype) for name, v in OPERATORS[operator].items()}
    answer = getattr(method.prepare(function, x), operator)(x, **options)
    return function.seen, flatten(answer)[0]


def are_same_bits(one: Any, other: Any) -> bool:
    """Compare arrays, or lists of them, entry by entry; signs of zeros count."""
    one, other = np.asarray(one), np.asarray(other)
    alike = np.array_equal(one, other) and np.array_equal(np.signbit(one.real), np.signbit(other.real))
    return (one.dtype, one.shape, alike) == (other.dtype, other.shape, True)


def steps_of(x: np.ndarray, exponent: float) -> np.ndarray:
    """Give the steps along components by their law, in the dtype of x."""
    scale = np.maximum(np.abs(x), x.dtype.type(1))
    return np.array([float(np.finfo(x.dtype).eps) ** exponent * float(unit) for unit in scale]).astype(x.dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_first_differences_visit_the_points_that_they_should(dtype: Any) -> None:
    x = X.astype(dtype)
    units = np.identity(4, dtype)
    t = steps_of(x, 1 / 2)
    ahead = [x + step * unit for step, unit in zip(t, units, strict=True)]
    seen, _ = asked(ForwardDifference(), "gradient", x)
    assert are_same_bits(seen, [x, *ahead])
    t = steps_of(x, 1 / 3)
    around = [x + sign * step * unit for step, unit in zip(t, units, strict=True) for sign in (1, -1)]
    seen, _ = asked(CentralDifference(), "gradient", x)
    assert are_same_bits(seen, around)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_second_differences_add_one_move_after_the_other(dtype: Any) -> None:
    x = X.astype(dtype)
    t = steps_of(x, 1 / 3)
    units = np.identity(4, dtype)
    moves = [step * unit for step, unit in zip(t, units, strict=True)]
    doubles = [(x + moves[j]) + moves[i] for i in range(4) for j in range(i, 4)]
    seen, _ = asked(ForwardDifference(), "hessian", x)
    assert are_same_bits(seen, [x, *(x + move for move in moves), *doubles])
    at_once = [x + (moves[j] + moves[i]) for i in range(4) for j in range(i, 4)]
    assert not are_same_bits(at_once, doubles)  # so the order matters here


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.longdouble])
@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("step", [None, 2.0**-6])
@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_batch_holds_the_points_of_single_calls(kind: Any, step: Any, operator: str, dtype: Any) -> None:
    x = X.astype(dtype)
    single, expected = asked(kind(step=step), operator, x)
    batched, found = asked(kind(step=step, batch=True), operator, x)
    points = [point for call in batched for point in call]
    assert len(points) == len(single)
    assert all(map(are_same_bits, points, single))
    assert all(map(are_same_bits, found, expected))


NEST = [
    np.array([1.0, -0.0, 0.1]),
    np.float32(0.7),
    np.zeros((2, 0)),
    np.asfortranarray(np.arange(6.0, dtype=np.float32).reshape(2, 3)),
    np.array(3.0),
    np.arange(2.0).astype(">f8"),
]


def test_points_of_a_nest_along_components_and_tangents() -> None:
    scales = [np.ones_like(leaf) for leaf in NEST]
    lines = list(axes(NEST, scales))
    tangents = [[np.full(np.shape(leaf), number, leaf.dtype) for leaf in NEST] for number in (0.3, -7.0)]
    one, other = (Along(NEST, scales, tangent) for tangent in tangents)
    many = [HERE, *(((line, 0.1),) for line in lines), ((one, 0.1),), ((other, -0.3), (one, 1e-3))]
    many += [((one, 0.2), (line, -0.1), (line, 0.1)) for line in lines]
    many += [((lines[0], 1e-9), (lines[4], 0.1)), ((lines[1], 0.0),)]
    stacks = points_at(NEST, many)
    for row, moves in enumerate(many):
        for stack, leaf in zip(stacks, point_at(NEST, moves), strict=True):
            assert are_same_bits(stack[row], np.asarray(leaf, leaf.dtype.newbyteorder("=")))
    assert all(stack.flags.c_contiguous for stack in stacks)
    expected = NEST[3] + np.float32(0.2) * tangents[0][3]
    expected[0, 0] = (expected[0, 0] - np.float32(0.1)) + np.float32(0.1)
    (row,) = [row for row, moves in enumerate(many) if len(moves) == 3 and moves[1][0] is lines[4]]
    assert are_same_bits(stacks[3][row], np.ascontiguousarray(expected))


def test_a_point_shares_no_memory_with_x() -> None:
    for moves in (HERE, ((next(axes([X], [X])), 0.1),), ((Along([X], [X], [V]), 0.1),)):
        (leaf,) = point_at([X], moves)
        assert not np.shares_memory(leaf, X)


@pytest.mark.parametrize("operator", ["gradient", "hessian", "jvp", "hvp", "jacobian"])
@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_large_batch_is_taken_in_parts(kind: Any, operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, expected = asked(kind(batch=True), operator, X)
    monkeypatch.setattr(steps, "BATCH_BYTES", 3 * X.nbytes + 1)
    parts, found = asked(kind(batch=True), operator, X)
    assert [len(part) for part in parts] == [
        min(3, len(each) - begin) for each in whole for begin in range(0, len(each), 3)
    ]
    assert are_same_bits(np.concatenate(parts), np.concatenate(whole))
    assert all(map(are_same_bits, found, expected))
    monkeypatch.setattr(steps, "BATCH_BYTES", 1)  # less than one point takes
    ones, found = asked(kind(batch=True), operator, X)
    assert {len(part) for part in ones} == {1}
    assert all(map(are_same_bits, found, expected))


def test_the_parts_of_a_batch_have_results_of_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "BATCH_BYTES", 4 * X.nbytes)

    def changing(x: Any) -> Any:
        changing.calls += 1  # type: ignore[attr-defined]
        return np.zeros((len(x), changing.calls))  # type: ignore[attr-defined]

    changing.calls = 0  # type: ignore[attr-defined]
    with pytest.raises(InvalidArgument, match=r"shapes \[\(1,\)\] at one point and \[\(2,\)\] at another"):
        CentralDifference(batch=True).prepare(changing, X).jacobian(X)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
@pytest.mark.parametrize("batch", [False, True])
def test_a_value_inside_another_derivative_is_refused(kind: Any, batch: bool) -> None:
    def value(x: Any) -> Any:
        return kind(batch=batch).prepare(Watched(), x).value(x)

    with pytest.raises(NotDifferentiable, match="inside another"):
        gradient(value, X, method="reverse")
