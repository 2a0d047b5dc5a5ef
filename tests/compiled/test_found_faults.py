"""Functions whose programs were once wrong, or could not be made: random programs found them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.interface import Differentiator
from difflab.methods import ForwardCompiled, ReverseCompiled
from tests.compiled.agreement import difference

METHODS = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source")]
MATRIX = np.random.default_rng(0).uniform(-2, 2, (3, 2))
NUMBER = np.float64(0.7)
WEIGHTS = np.arange(12.0)

RESHAPED: dict[str, Callable[[Any], Any]] = {
    "a transpose": lambda x: np.sum(x.T.ravel() ** 2 * WEIGHTS[:6]),
    "column by column": lambda x: np.sum(np.reshape(x, (2, 3), order="F") ** 2 * WEIGHTS[:6].reshape(2, 3)),
    "column by column, of a slice": lambda x: np.sum(np.reshape(x[::-1], 6, order="F") ** 2 * WEIGHTS[:6]),
    "a slice": lambda x: np.sum(x[:, ::-1].reshape(6) ** 2 * WEIGHTS[:6]),
    "repeated entries": lambda x: np.sum(np.broadcast_to(x[:, None], (3, 2, 2)).reshape(3, 4).ravel() ** 2 * WEIGHTS),
    "tiles": lambda x: np.tile(x, 2)[2, -3] * np.tile(x, 2)[0, 1],
    "a transpose that is returned": lambda x: np.sum(x) * x.T.reshape(3, 2)[1, 0],
}
"""Entries in another order than that in memory: a copy has to put them into it."""

OF_A_NUMBER: dict[str, Callable[[Any], Any]] = {
    "padded": lambda x: np.sum(np.pad(x, 1) * 2 + x),
    "of one axis": lambda x: np.sum(x[None] * 3) + np.sum(x[None, None] ** 2),
    "sums of one axis": lambda x: np.sum(x[None] * WEIGHTS) + x[None][0] + x[()],
    "a constant of a stack": lambda x: np.stack([x, x / 2, -0.363])[2] * x,
}
"""Transposes of indexing that give numbers without axes, and numbers of Python's that stand where values do."""


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("name", [*RESHAPED, *OF_A_NUMBER])
def test_derivatives_are_those_of_the_eager_method(name: str, method: Differentiator) -> None:
    function, x = (RESHAPED[name], MATRIX) if name in RESHAPED else (OF_A_NUMBER[name], NUMBER)
    prepared, eager = method.prepare(function, x), difflab.prepare(function, x, method="reverse")
    for operator in ("value_and_gradient", "gradient", "hessian"):
        found, expected = getattr(prepared, operator)(x), getattr(eager, operator)(x)
        assert not difference(found, expected, 1e-12), operator


@pytest.mark.parametrize("points", [[[1.0, 2.0], [-0.1, 2.0]], [[-0.1, 2.0], [1.0, 2.0]]])
def test_a_batch_has_the_precision_of_its_most_precise_path(points: Any) -> None:
    def function(x: Any) -> Any:
        return np.sum(x) / 3 if x[0] > 0 else np.sum(x.astype(float)) / 3

    x = np.array(points, np.float32)
    found = ReverseCompiled("native").prepare(function, x[0]).batch(x).value_and_gradient()
    expected = difflab.prepare(function, x[0], method="reverse").batch(x).value_and_gradient()
    assert found[0].dtype == np.float64
    np.testing.assert_array_equal(found[0], expected[0])
    assert not difference(found, expected, 1e-7)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_a_python_float_takes_on_the_precision_of_arrays(method: Differentiator) -> None:
    """And an np.float64 in its place does not."""

    def function(x: Any, rate: float) -> Any:
        return np.sum(x * (1 - rate) ** 2 / 2) + np.max(np.where(x > rate, x, rate))

    x = np.arange(3, dtype=np.float32)
    prepared, eager = method.prepare(function, x, 0.5), difflab.prepare(function, x, 0.5, method="reverse")
    kinds = []
    for rate in (0.5, 0.25, np.float64(0.25), 0.25, np.float64(0.5), 0.5):
        value, gradient = prepared.value_and_gradient(x, rate)
        expected, slopes = eager.value_and_gradient(x, rate)
        assert not difference((value, gradient, prepared.gradient(x, rate)), (expected, slopes, slopes), 1e-6)
        kinds.append(value.dtype)
    assert kinds == [np.float32, np.float32, np.float64, np.float32, np.float64, np.float32]
