"""Every row of the table of rules under a map: what a loop over the points gives, and so do its derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from difflab import vmap
from difflab.engines.transforms import pullback, push
from difflab.primitives import TABLE
from difflab.primitives.network.convolution import conv2d
from difflab.primitives.network.pooling import avg_pool2d, max_pool2d
from tests.primitives.case import Case, all_cases
from tests.primitives.network import test_every_mode
from tests.vmap.loops import assert_same, at_each, choices, points_of

IMAGES = np.random.default_rng(0).standard_normal((2, 3, 6, 6))
KERNELS = np.random.default_rng(1).standard_normal((4, 3, 3, 3))
NETWORKS = [
    *test_every_mode.CASES,
    Case(conv2d, (IMAGES, KERNELS, np.ones(4)), {"stride": 2, "padding": 1}, value_tolerance=1e-12),
    Case(max_pool2d, (IMAGES,), {"kernel": 2}),
    Case(avg_pool2d, (IMAGES,), {"kernel": 3}, value_tolerance=1e-12),
]
CASES = [case for case in [*all_cases(), *NETWORKS] if case.differentiable and case.leaves]
Operator = Callable[[Case], Callable[..., Any]]


def value(case: Case) -> Callable[..., Any]:
    """Give the function itself."""
    return lambda *leaves: case(leaves)


def forward(case: Case) -> Callable[..., Any]:
    """Give derivatives along two directions at a time."""
    return lambda *leaves: push(case, leaves, [np.stack([np.ones_like(x)] * 2) for x in case.leaves])[1]


def reverse(case: Case) -> Callable[..., Any]:
    """Give derivatives back from the outputs."""
    outputs = case(case.leaves)
    ones = [np.ones((1, *np.shape(y)), y.dtype if y.dtype.kind == "f" else float) for y in outputs]
    return lambda *leaves: pullback(case, leaves)[1](ones)


def check(case: Case, operator: Operator) -> None:
    """Compare with the loop, for each choice of operands that have points."""
    for argnums in choices(case):
        args = [points_of(x) if n in argnums else x for n, x in enumerate(case.leaves)]
        expected = at_each(operator(case), *args, argnums=argnums)
        assert_same(vmap(operator(case), argnums)(*args), expected, max(1e-12, case.value_tolerance))


@pytest.mark.parametrize("operator", [value, forward, reverse])
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_a_rule_at_many_points_is_as_at_each(case: Case, operator: Operator) -> None:
    check(case, operator)


@pytest.mark.parametrize("function", [np.sum, np.matmul, np.linalg.solve, np.cumprod, np.concatenate])
def test_a_wrong_batch_rule_is_found(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row: Any = TABLE[function]
    right = row.batch
    monkeypatch.setattr(row, "batch", lambda *call: np.flip(right(*call), 0))  # each point gets another's result
    with pytest.raises(AssertionError):
        check(next(case for case in CASES if case.function is function), value)


def test_a_rule_that_forgets_the_axis_of_points_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE[np.sum], "batch", lambda primitive, operands, batched, parameters: np.sum(operands[0], 1))
    case = next(case for case in CASES if case.function is np.sum and case.parameters.get("axis") == 1)
    with pytest.raises((AssertionError, ValueError)):
        check(case, value)
