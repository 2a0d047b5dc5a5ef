"""When two results count as the same."""

from math import inf, nan

import numpy as np
import pytest

from difflab.compare.case import Case
from difflab.compare.parity import difference, measure, permitted
from difflab.compare.worker import Outcome

ONES = np.ones(3)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ONES, ONES, 0.0),
        (np.array([1.0, 2.0, 4.5]), np.array([1.0, 2.0, 4.0]), 0.125),
        ({"a": ONES, "b": np.float64(3.0)}, {"a": ONES, "b": np.float64(4.0)}, 0.25),
        (np.array([0.5]), np.array([0.0]), 0.5),
        (np.array([inf, nan, 1.0]), np.array([inf, nan, 1.0]), 0.0),
        (np.array([]), np.array([]), 0.0),
        (np.float32(1.0), np.float64(1.0), 0.0),
    ],
)
def test_the_difference_is_relative_to_the_largest_entry(one: object, other: object, expected: float) -> None:
    assert difference(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ONES, np.ones((1, 3))),
        ({"a": ONES}, [ONES]),
        (np.array([inf, 1.0]), np.array([-inf, 1.0])),
        (np.array([nan, 1.0]), np.array([inf, 1.0])),
        (np.array([nan, 1.0]), np.array([1.0, 1.0])),
    ],
)
def test_what_is_not_alike_has_no_difference_that_is_small(one: object, other: object) -> None:
    assert not difference(one, other) < inf


@pytest.mark.parametrize(
    ("method", "dtype", "least", "most"),
    [
        ("reverse", "float64", 1e-12, 1e-12),
        ("reverse", "float32", 1e-5, 1e-5),
        ("reverse", "float32+float64", 1e-5, 1e-5),
        ("central_difference", "float64", 1e-9, 1e-7),
        ("forward_difference", "float64", 1e-7, 1e-5),
    ],
)
def test_what_is_permitted_goes_by_precision_and_method(method: str, dtype: str, least: float, most: float) -> None:
    assert least <= permitted(Case("rosenbrock", 2, "gradient"), method, dtype) <= most


class Answering:
    """A worker that answers for each device as it is told to."""

    def __init__(self, **results: np.ndarray):
        self.results = results

    def call(self, task: object, case: Case, method: str) -> Outcome:
        return Outcome("ok", self.results[case.device])


@pytest.mark.parametrize("there", [np.array([nan, 1.0]), ONES])
def test_what_is_not_alike_is_wrong_for_a_reason_in_words(there: np.ndarray) -> None:
    case = Case("rosenbrock", 2, "gradient", device="cuda")
    (row,) = measure(case, ["reverse"], Answering(cpu=np.ones(2), cuda=there))  # type: ignore[arg-type]
    assert row.status == "wrong"
    assert row.reason == "differs from the CPU in shape, or in which entries are infinite or not a number"
