"""Random programs that write in place, by names and by views: the exact gradient, or a refusal."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import difflab
from difflab import Tensor

POINT = np.array([0.5, 1.2, 0.8])
VIEWS: list[Callable[[Any], Any]] = [
    lambda a: a[::-1],
    lambda a: a[:],
    lambda a: a.reshape(3, 1)[:, 0],
    lambda a: a.ravel(),
    lambda a: np.squeeze(a[None]),
    lambda a: np.broadcast_to(a, (2, 3))[1],
]
NEW: list[Callable[[Any], Any]] = [
    lambda a: a.copy(),
    lambda a: np.sin(a),
    lambda a: np.exp(0.1 * a),
    lambda a: np.concatenate([a[1:], a[:1]]),
    lambda a: a[[0, 2, 1]],
    lambda a: np.where(np.array([True, False, True]), a, 0.5),
]
INDICES: list[Any] = [0, slice(1, None), [0, 2], slice(None, None, -1), np.array([True, False, True]), Ellipsis]
Step = tuple[int, int, int, int]
"""What is done, to which value, with which other, and in which way."""


class Program:
    """A function of three numbers, for NumPy arrays and for tensors: interprets a list of steps.

    Args:
        steps: the list.
        hidden: how memory is written to without a record: from a NumPy array or a tensor to what it is written by.
    """

    def __init__(self, steps: Sequence[Step], hidden: Callable[[Any], Any]):
        self.steps = steps
        self.hidden = hidden

    def __call__(self, x: Any, constant: Any, own: Any) -> Any:
        values = [x * 1.0, constant]
        for step in self.steps:
            self.run(step, values, own)
        return np.sum(values[-1] ** 2) + np.sum(values[len(values) // 2] * values[0])

    def run(self, step: Step, values: list[Any], own: Any) -> None:
        kind, first, second, way = step
        a, b = values[first % len(values)], values[second % len(values)]
        if kind < 4:
            values.append(self.result(kind, a, b, own, way))
        else:
            self.write(kind, a, b, way)

    def result(self, kind: int, a: Any, b: Any, own: Any, way: int) -> Any:
        if kind < 2:
            choices = (VIEWS, NEW)[kind]
            return choices[way % len(choices)](a)
        if kind == 2:
            return a * b
        product = a * own
        own[way % 3] += 0.5  # after it was used
        return product

    def write(self, kind: int, a: Any, b: Any, way: int) -> None:
        index = INDICES[way % len(INDICES)]
        match kind:
            case 4:
                a += b
            case 5:
                a *= b
            case 6:
                a[index] = b[index] * b[0]
            case 7:
                a[index] = 0.3
            case 8:
                a[index] += b[index]
            case 9:
                self.hidden(a)[index] = 0.7


def steps(kinds: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.tuples(st.integers(0, kinds - 1), *[st.integers(0, 5)] * 3), min_size=1, max_size=8)


def exact(steps: Sequence[Step]) -> Any:
    """Give the gradient by complex steps: NumPy's own memory, and no rounding to speak of."""
    program = Program(steps, lambda a: a)
    constant, own = np.array([0.4, 0.9, -0.6]), np.array([1.0, 2.0, 3.0])
    points = POINT + 1e-30j * np.eye(3)
    return np.array([program(point, constant.astype(complex), own.copy()).imag / 1e-30 for point in points])


def outcome(steps: Sequence[Step], hidden: Callable[[Any], Any]) -> str:
    """Compare the engine's gradient with the exact one."""
    x = Tensor(POINT, requires_grad=True)
    try:
        y = Program(steps, hidden)(x, Tensor([0.4, 0.9, -0.6]), np.array([1.0, 2.0, 3.0]))
        y.backward()
    except (difflab.NotDifferentiable, difflab.InvalidArgument) as refusal:
        return "refused" if "changed in place" in str(refusal) else str(refusal)
    expected = exact(steps)
    scale = max(1.0, np.max(np.abs(expected)))
    np.testing.assert_allclose(x.grad, expected, rtol=1e-11, atol=1e-11 * scale)
    return "followed"


@given(steps(9))
@settings(max_examples=300)
def test_recorded_writes(steps: list[Step]) -> None:
    with np.errstate(all="ignore"):
        assert outcome(steps, lambda a: a) in ("followed", "refused")


def detached(a: Any) -> Any:
    return a.detach()


@given(steps(10))
@settings(max_examples=300)
def test_writes_through_detached_names(steps: list[Step]) -> None:
    with np.errstate(all="ignore"):
        assert outcome(steps, detached) in ("followed", "refused")


class Unrecorded:
    """Writes to a tensor inside no_grad."""

    def __init__(self, tensor: Tensor):
        self.tensor = tensor

    def __setitem__(self, index: Any, value: Any) -> None:
        with difflab.no_grad() if isinstance(self.tensor, Tensor) else nullcontext():
            self.tensor[index] = value


@given(steps(10))
@settings(max_examples=300)
def test_writes_in_no_grad(steps: list[Step]) -> None:
    with np.errstate(all="ignore"):
        assert outcome(steps, Unrecorded) in ("followed", "refused")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(4, 0, 1, 0)], "followed"),
        ([(0, 0, 0, 1), (4, 2, 1, 0)], "refused"),  # values[0], whose view was written to, is used at the end
        ([(0, 0, 0, 1), (4, 0, 1, 0), *[(2, 0, 0, 0)] * 3], "followed"),  # a view that is not used any more
        ([(1, 0, 0, 1), (1, 2, 0, 1), (4, 2, 1, 0)], "refused"),  # the rule of sin reads what was written to
        ([(1, 0, 0, 1), (1, 2, 0, 2), (4, 2, 1, 0)], "followed"),  # that of exp does not
        ([(2, 0, 0, 0), (5, 0, 1, 0)], "refused"),  # x * x reads x
        ([(3, 0, 0, 0), (5, 0, 1, 0)], "followed"),  # a NumPy array is copied as it is used
    ],
)
def test_both_outcomes_are_met(steps: list[Step], expected: str) -> None:
    assert outcome(steps, lambda a: a) == expected
