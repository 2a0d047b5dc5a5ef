"""The status of a replay: 0, or which guard failed first, or that a derivative is NaN."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.graph import evaluate
from difflab.engines.passes import optimized
from difflab.engines.passes.status import UNDECIDED, looked_at, with_status
from tests.engines.passes.graphs import traced, values


def branches(x: Any) -> Any:
    if x[0] > 0 and int(x[1]) == 2:
        return np.sum(x), np.log(x[2]) * np.sum(x * 0)
    return x[0], x[1]


POINT = np.array([1.0, 2.5, 3.0])


@pytest.mark.parametrize("passes", [lambda graph: graph, optimized])
@pytest.mark.parametrize(
    ("x", "status"),
    [
        ([1.0, 2.5, 3.0], 0),
        ([9.0, 2.1, 0.5], 0),
        ([-1.0, 2.5, 3.0], 1),
        ([-1.0, 7.0, -3.0], 1),  # the first that fails
        ([1.0, 7.0, 3.0], 2),
        ([1.0, 7.0, -3.0], 2),  # before a derivative that is NaN
        ([1.0, 2.5, -3.0], UNDECIDED),
        ([1.0, 2.5, np.inf], UNDECIDED),
    ],
)
def test_status(passes: Any, x: list[float], status: int) -> None:
    graph = traced(branches, POINT, numbers_are_looked_at=True)
    whole = passes(with_status(graph, [1]))
    assert whole.guards == []
    found = values(whole, [np.array(x)])
    assert found[-1] == status
    assert np.result_type(found[-1]) == np.int64
    if status == 0:
        np.testing.assert_array_equal(found[:2], evaluate(graph, [np.array(x)]))


def test_values_that_are_no_conditions_are_given_once() -> None:
    graph = traced(branches, POINT, numbers_are_looked_at=True)
    assert [x.dtype.kind for x in looked_at(graph)] == ["i"]
    assert values(optimized(with_status(graph, [1])), [POINT])[2] == 2


def test_without_guards_and_derivatives_all_is_decided() -> None:
    assert with_status(traced(lambda x: x * 2, 1.0), []).outputs[1:] == [0]
