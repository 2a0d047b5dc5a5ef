"""What must hold for every case: the checks that `test_rules.py` runs, and the differences that they compare with."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from difflab.engines.transforms import gradient, pullback, push, reverse_over_reverse
from tests.primitives.case import Case

Flat = Callable[[Sequence[Any]], list[Any]]


def check_values(case: Case) -> None:
    """Both modes give the function's own value, shape and dtype."""
    expected = case(case.leaves)
    pushed, _ = push(case, case.leaves, directions(case.leaves))
    pulled, _ = pullback(case, case.leaves)
    for outputs in (pushed, pulled):
        for output, value in zip(outputs, expected, strict=True):
            assert type(output) is type(value)
            if case.value_tolerance:
                assert output.dtype == value.dtype
                assert_close(output, value, case.value_tolerance)
            else:
                np.testing.assert_array_equal(output, value, strict=isinstance(value, (np.ndarray, np.generic)))


def check_modes_agree(case: Case) -> None:
    """⟨w, J u⟩ = ⟨Jᵀ w, u⟩."""
    tangents = directions(case.leaves)
    outputs, pushed = push(case, case.leaves, tangents)
    weights = directions(outputs, seed=1)
    _, pull = pullback(case, case.leaves)
    assert_close(inner(weights, pushed), inner(pull(weights), tangents), 1e-11)


def check_differences(case: Case) -> None:
    """Forward mode gives the numerical derivative, along all operands together and along each alone."""
    for part in [case, *(case.only(n) for n in case.moving if len(case.moving) > 1)]:
        tangents = directions(part.leaves)
        _, pushed = push(part, part.leaves, tangents)
        for actual, expected in zip(pushed, difference(part, part.leaves, tangents), strict=True):
            assert_close(actual[0], expected, case.tolerance)


def check_second_order(case: Case) -> None:
    """Both second orders give the numerical second derivative of Σ w·y², which takes in the rules' own derivatives."""
    weights = [direction[0] for direction in directions(case(case.leaves), seed=1)]

    def energy(leaves: Sequence[Any]) -> list[Any]:
        return [sum(np.sum(w * y * y) for w, y in zip(weights, case(leaves), strict=True))]

    ahead = directions(case.leaves)
    across = directions(case.leaves, seed=2)
    _, forward_over_reverse = push(gradient(energy, "reverse"), case.leaves, ahead)
    twice_reverse = reverse_over_reverse(energy, case.leaves, ahead)
    (numerical,) = difference(lambda leaves: difference(energy, leaves, ahead, 2e-3), case.leaves, across, 2e-3)
    assert_close(inner(forward_over_reverse, across), numerical, 10 * case.tolerance)
    for one, other in zip(twice_reverse, forward_over_reverse, strict=True):
        assert_close(one, other, 1e-9)


def check_float32(case: Case) -> None:
    """Values have the dtype that NumPy gives them, derivatives that of what they belong to; both agree with float64."""
    single = case.cast(np.float32)
    tangents = directions(single.leaves)
    outputs, pushed = push(single, single.leaves, tangents)
    _, pull = pullback(single, single.leaves)
    assert [y.dtype for y in outputs] == [y.dtype for y in map(np.asarray, single(single.leaves))]
    assert all(t.dtype == y.dtype for t, y in zip(pushed, outputs, strict=True) if y.dtype.kind == "f")
    assert all(x.dtype == np.float32 for x in pull(directions(outputs)))
    _, expected = push(case, case.leaves, [tangent.astype(float) for tangent in tangents])
    for actual, reference in zip(pushed, expected, strict=True):
        assert_close(actual, reference, 1e-3)


def check_batch(case: Case) -> None:
    """Several directions at once give what they give one by one, in both modes and in second order."""
    tangents = directions(case.leaves, count=3)
    outputs, pushed = push(case, case.leaves, tangents)
    _assert_itemwise(pushed, tangents, lambda one: push(case, case.leaves, one)[1])
    weights = directions(outputs, count=3)
    _, pull = pullback(case, case.leaves)
    _assert_itemwise(pull(weights), weights, pull)

    def slope(leaves: Sequence[Any]) -> list[Any]:
        return pullback(case, leaves)[1]([weight[:1] for weight in weights])

    _assert_itemwise(push(slope, case.leaves, tangents)[1], tangents, lambda one: push(slope, case.leaves, one)[1])


def _assert_itemwise(together: Sequence[Any], given: Sequence[Any], alone: Flat) -> None:
    for item in range(3):
        for actual, expected in zip(together, alone([each[item : item + 1] for each in given]), strict=True):
            assert_close(actual[item], expected[0], 1e-11)


CHECKS = (check_values, check_modes_agree, check_differences, check_second_order, check_float32, check_batch)


def directions(like: Sequence[Any], count: int = 1, seed: int = 0) -> list[Any]:
    """Give `count` random directions for each array, `(count, *shape)`, in its dtype."""
    generator = np.random.default_rng(seed)
    return [
        generator.uniform(0.5, 1.5, (count, *np.shape(x))).astype(x.dtype if x.dtype.kind == "f" else float)
        * generator.choice([-1.0, 1.0], (count, *np.shape(x))).astype(np.float32)
        for x in map(np.asarray, like)
    ]


def difference(function: Flat, leaves: Sequence[Any], tangents: Sequence[Any], step: float = 1e-3) -> list[Any]:
    """Give the derivative of `function` along one tangent by the central difference of sixth order.

    Fornberg, Mathematics of Computation 51 (1988), 699-706, table 1.
    """

    def move(by: float) -> list[Any]:
        moved = [np.asarray(leaf + by * tangent[0]) for leaf, tangent in zip(leaves, tangents, strict=True)]
        return [np.asarray(output, float) for output in function(moved)]

    total: list[Any] = [0.0] * len(move(0.0))
    for n, weight in ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60)):
        pairs = zip(total, move(n * step), move(-n * step), strict=True)
        total = [sofar + weight * (ahead - behind) / step for sofar, ahead, behind in pairs]
    return total


def inner(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Give the inner product over all arrays."""
    return sum(np.sum(one * other) for one, other in zip(left, right, strict=True))


def assert_close(actual: Any, expected: Any, tolerance: float) -> None:
    """Assert equal shapes, and entries equal but for `tolerance` of the largest; NaN never passes."""
    assert np.shape(actual) == np.shape(expected)
    scale = max(1.0, np.max(np.abs(expected), initial=0))
    far = ~(np.abs(actual - expected) <= tolerance * scale)
    assert not np.any(far), f"{actual} is not {expected}, to {tolerance:g} of {scale:g}"
