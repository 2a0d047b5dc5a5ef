"""Swell: the published counts of the logistic map, and the laws by which they grow."""

import pytest

from difflab.compare import run
from difflab.compare.case import Case
from difflab.compare.expressions import swell_of
from difflab.compare.tape import sweep_operations, tape_nodes
from difflab.problems import get

SIZES = range(2, 9)


@pytest.fixture(scope="module")
def logistic():
    frame = run(["logistic_map"], ["symbolic", "reverse"], metrics=["swell"])
    return frame.set_index(["method", "metric", "size"])


@pytest.mark.parametrize(
    ("method", "metric", "counts"),
    [
        ("function", "operations as a tree", [3, 8, 18, 38, 78, 158, 318]),
        ("symbolic", "operations as a tree", [2, 21, 82, 264, 768, 2096, 5472]),
        ("symbolic", "operations after common subexpressions", [5, 13, 28, 46, 68, 94, 124]),
        ("reverse", "operations of the sweep", [8, 16, 24, 32, 40, 48, 56]),
    ],
)
def test_operations_of_the_logistic_map(logistic, method, metric, counts):
    assert [logistic.loc[(method, metric, size), "value"] for size in SIZES] == counts


@pytest.mark.parametrize(
    ("method", "metric", "law"),
    [
        ("function", "operations as a tree", "exponential"),
        ("symbolic", "operations as a tree", "exponential"),
        ("symbolic", "operations as a shared graph", "polynomial"),
        ("symbolic", "operations after common subexpressions", "polynomial"),
        ("reverse", "operations of the sweep", "linear"),
    ],
)
def test_the_laws_of_growth_of_the_logistic_map(logistic, method, metric, law):
    assert logistic.loc[(method, f"growth of {metric}", 8), "unit"] == law


def test_code_grows_and_deriving_takes_time():
    small, large = (swell_of(Case("logistic_map", size, "derivative")) for size in (3, 7))
    assert small.code_bytes < large.code_bytes
    assert small.seconds > 0


@pytest.mark.parametrize("size", [2, 5, 9])
def test_the_tape_holds_one_node_for_each_operation(size):
    assert tape_nodes(Case("logistic_map", size, "derivative")) == 3 * (size - 1)


@pytest.mark.parametrize(
    ("name", "size", "least"),
    [("matrix_product", None, 2), ("rosenbrock", 64, 64 * 7), ("determinant", 3, 1), ("linear_regression", None, 10)],
)
def test_the_sweep_costs_a_small_multiple_of_the_function(name, size, least):
    problem = get(name)
    case = Case(name, size or problem.size, problem.operator)
    assert least < sweep_operations(case) < 10**6
