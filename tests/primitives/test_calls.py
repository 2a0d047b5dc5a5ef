"""Calls reach a rule as NumPy reads them: by position or name, defaults spelled out or not."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.primitives import TABLE
from difflab.primitives.layout import name_of
from difflab.primitives.signatures import parameters_of
from difflab.primitives.table import Composite

POINT = np.array([[1.0, 4.0, 2.0], [0.5, 3.0, 6.0]])
COMPOSITES = [row for row in TABLE.values() if isinstance(row, Composite) and not isinstance(row.function, np.ufunc)]


@pytest.mark.parametrize("row", COMPOSITES, ids=lambda row: name_of(row.function))
def test_definitions_name_their_parameters_as_numpy_does(row: Composite) -> None:
    def names(function: Any) -> set[str]:
        return {p.name for p in parameters_of(function).values() if p.kind != inspect.Parameter.VAR_KEYWORD}

    assert names(row.definition) <= names(row.function)


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("called", "plain"),
    [
        (lambda x: np.mean(x, 1, None, None, True), lambda x: np.mean(x, axis=1, keepdims=True)),
        (lambda x: np.std(x, 0, None, None, 1), lambda x: np.std(x, axis=0, ddof=1)),
        (lambda x: np.sum(x, 1, None, None, True), lambda x: np.sum(x, axis=1, keepdims=True)),
        (lambda x: np.max(x, 1, None, True), lambda x: np.max(x, axis=1, keepdims=True)),
        (lambda x: np.median(x, 0, None, False, True), lambda x: np.median(x, axis=0, keepdims=True)),
        (lambda x: np.take(x, [1], 1, None, "clip"), lambda x: x[:, [1]]),
        (lambda x: x.mean(axis=1, dtype=None, out=None), lambda x: np.mean(x, axis=1)),
        (lambda x: x.sum(1, keepdims=True), lambda x: np.sum(x, axis=1, keepdims=True)),
        (lambda x: x.transpose(1, 0), lambda x: x.T),
        (lambda x: x.reshape((3, 2)), lambda x: x.reshape(3, 2)),
        (lambda x: np.reshape(x, shape=(3, 2)), lambda x: x.reshape(3, 2)),
        (lambda x: np.concatenate((x, x), 1), lambda x: np.hstack([x, x])),
        (lambda x: np.clip(x, 1, 3), lambda x: np.clip(x, max=3, min=1)),
        (lambda x: np.add.reduce(x, None), np.sum),
        (lambda x: np.add.reduce(x), lambda x: np.sum(x, 0)),
        (lambda x: np.linalg.norm(x, None, 1, True), lambda x: np.linalg.norm(x, axis=1, keepdims=True)),
        (lambda x: np.var(a=x), np.var),
    ],
)
def test_arguments_mean_what_they_mean_to_numpy(
    called: Callable[[Any], Any], plain: Callable[[Any], Any], method: str
) -> None:
    value = difflab.jvp(called, POINT, tangents=POINT, method=method)[0]
    np.testing.assert_array_equal(value, called(POINT))
    np.testing.assert_array_equal(
        difflab.jacobian(called, POINT, method=method), difflab.jacobian(plain, POINT, method=method)
    )


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: np.mean(x, 0, float), "dtype=…"),
        (lambda x: np.std(x, where=x > 1), "where=…"),
        (lambda x: np.sum(x, initial=1.0), "initial=…"),
        (lambda x: np.broadcast_arrays(x, x, subok=True)[0], "subok=…"),
        (lambda x: np.exp(x, np.zeros((2, 3))), "out=…|takes 1 arguments"),
    ],
)
def test_parameters_without_rule_are_named(function: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        difflab.jacobian(function, POINT, method="forward")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: np.sum(x, 0, axis=1), "'axis'"),
        (lambda x: np.mean(x, 0, axis=1), "'axis'"),
        (lambda x: np.where(x > 0, x), "where"),
    ],
)
def test_calls_that_numpy_refuses_are_refused(function: Callable[[Any], Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        difflab.jacobian(function, POINT, method="forward")
