"""`np.array([x[0], …])` of values under differentiation: it works, or the error says what to write instead."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab

MODES = ("forward", "reverse")


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: np.sum(np.array([x[0] * 2, np.sin(x[1]), 1.0])), [2.0, np.cos(3.0)]),
        (lambda x: np.sum(np.exp(np.array([[x[0]], [x[1]]]))), [np.exp(2.0), np.exp(3.0)]),
        (lambda x: np.array([[x[0], 1.0], [0.0, x[1]]]).trace(), [1.0, 1.0]),
        (lambda x: np.array([x[0], x[1]]) @ np.array([x[1], x[0]]), [6.0, 4.0]),
        (lambda x: np.linalg.det(np.stack([x[0], 1.0, 1.0, x[1]]).reshape(2, 2)), [3.0, 2.0]),
        (lambda x: np.sum(x * np.array([x[1], 1.0])), [3.0, 3.0]),
    ],
)
def test_entries_keep_their_derivatives(function: Callable[[Any], Any], expected: list[float], method: str) -> None:
    gradient = difflab.gradient(function, np.array([2.0, 3.0]), method=method)
    np.testing.assert_allclose(gradient, expected, rtol=1e-15)


@pytest.mark.parametrize("method", MODES)
@pytest.mark.parametrize(
    "function",
    [
        np.linalg.det,
        np.linalg.inv,
        np.linalg.eigvals,
        np.linalg.cholesky,
        lambda matrix: np.linalg.solve(matrix, np.ones(2)),
        lambda matrix: np.logaddexp(matrix, 1.0),
        np.exp,
    ],
)
def test_functions_that_need_numbers_say_what_to_write(function: Callable[[Any], Any], method: str) -> None:
    def called(x: Any) -> Any:
        return function(np.array([[x[0], 1.0], [1.0, x[1]]]))

    with pytest.raises(
        difflab.UnsupportedFunction, match=r"test_object_arrays\.py, line .*Write np\.stack\(\[a, b, c, d\]\)"
    ):
        difflab.jacobian(called, np.array([2.0, 3.0]), method=method)


@pytest.mark.parametrize("method", MODES)
def test_assignment_into_a_plain_array_says_what_to_write(method: str) -> None:
    def function(x: Any) -> Any:
        result = np.zeros(2)
        result[0] = x[0]
        return result

    with pytest.raises(difflab.NotDifferentiable, match=r"result\[0\] = x\[0\].*call np\.stack\(list\(entries\)\)"):
        difflab.jacobian(function, np.array([2.0, 3.0]), method=method)


def test_errors_of_the_function_itself_pass_through() -> None:
    def function(x: Any) -> Any:
        raise ValueError("a mistake of the function's own")

    with pytest.raises(ValueError, match="a mistake of the function's own"):
        difflab.gradient(function, np.ones(2))
