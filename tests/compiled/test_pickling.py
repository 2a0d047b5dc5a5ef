"""Prepared derivatives go to other processes, and are copied, without their programs."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from difflab.interface import Derivatives, Differentiator
from difflab.methods import ForwardCompiled, ReverseCompiled
from tests.compiled.agreement import difference

METHODS = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source"), ReverseCompiled()]
X = {"a": np.array([0.5, -1.0, 2.0]), "b": [np.float64(0.25)]}


def function(x: Any, rate: float, power: int) -> Any:
    return np.sum(x["a"] ** power) * x["b"][0] * rate if x["a"][0] > 0 else np.sum(x["a"]) * rate


def squares(x: Any) -> Any:
    return np.sum(x**2)


def called(method: Differentiator) -> tuple[Derivatives, Any]:
    """Prepare, and call often enough that all that is ever kept is kept."""
    prepared = method.prepare(function, X, 0.5, 3)
    for _ in range(3):
        expected = prepared.value_and_gradient(X, 0.5, 3)
        prepared.settle()
    return prepared, expected


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("again", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy])
def test_what_comes_back_gives_the_same(method: Differentiator, again: Any) -> None:
    prepared, expected = called(method)
    other = again(prepared)
    for _ in range(3):
        assert not difference(other.value_and_gradient(X, 0.5, 3), expected, 1e-14)
        other.settle()
    assert not difference(prepared.value_and_gradient(X, 0.5, 3), expected, 1e-14)


def test_shortcuts_of_what_comes_back_are_its_own() -> None:
    prepared = ReverseCompiled("native").prepare(squares, np.ones(3))
    prepared.gradient(np.ones(3))
    assert set(prepared.kernel.shortcuts) == {"gradient"}
    other = pickle.loads(pickle.dumps(prepared))
    assert not other.kernel.shortcuts
    np.testing.assert_array_equal(other.gradient(np.ones(3)), [2, 2, 2])
    assert set(other.kernel.shortcuts) == {"gradient"}
    assert other.kernel.shortcuts["gradient"] is not prepared.kernel.shortcuts["gradient"]


def test_a_function_without_a_name_is_refused_by_python() -> None:
    prepared = ReverseCompiled("native").prepare(lambda x: np.sum(x**2), np.ones(3))
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(prepared)


def test_other_processes_get_what_was_prepared() -> None:
    prepared, expected = called(ReverseCompiled("native"))
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        found = pool.submit(prepared.value_and_gradient, X, 0.5, 3).result(timeout=120)
    assert not difference(found, expected, 1e-14)
