"""Constants that a function makes beside its argument, by NumPy's parameter `like`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.arrays import MAKERS
from difflab.methods import names

X = np.array([0.5, -1.0, 2.0])

MADE: dict[str, Callable[[Any], Any]] = {
    "arange": lambda x: np.arange(3, like=x),
    "array": lambda x: np.array([1, 2, 3], like=x),
    "asarray": lambda x: np.asarray([1.0, 2.0, 3.0], like=x),
    "empty": lambda x: np.empty((3, 0), like=x).sum(axis=1),
    "eye": lambda x: np.eye(3, k=1, like=x).sum(axis=0),
    "full": lambda x: np.full(3, 2.5, like=x),
    "identity": lambda x: np.identity(3, like=x)[1],
    "ones": lambda x: np.ones(3, like=x),
    "tri": lambda x: np.tri(3, like=x).sum(axis=0),
    "zeros": lambda x: np.zeros(3, like=x),
}
METHODS = [name for name in names() if name != "manual"]


def test_every_maker_is_tried() -> None:
    assert set(MADE) == {maker.__name__ for maker in MAKERS}


@pytest.mark.parametrize("maker", MADE)
@pytest.mark.parametrize("method", METHODS)
def test_a_constant_beside_the_argument(method: str, maker: str) -> None:
    made = MADE[maker]
    found = difflab.gradient(lambda x: np.sum(made(x) * x**2), X, method=method)
    np.testing.assert_allclose(found, 2 * made(X) * X, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("maker", MADE)
@pytest.mark.parametrize("method", ["forward", "reverse", "complex_step"])
def test_it_is_made_on_the_device_of_the_argument(method: str, maker: str, arrays: Any) -> None:
    made = MADE[maker]
    found = difflab.gradient(lambda x: np.sum(made(x) * x**2), X, method=method, device="cuda")
    np.testing.assert_allclose(found.get(), 2 * made(X) * X, rtol=1e-12)


def test_indices_beside_the_argument() -> None:
    found = difflab.gradient(lambda x: np.sum(x[np.asarray([2, 2, 0], like=x)] ** 2), X)
    np.testing.assert_allclose(found, [1.0, 0.0, 8.0])


def test_values_under_differentiation_are_joined_as_without_like() -> None:
    found = difflab.gradient(lambda x: np.sum(np.array([x[0], 3 * x[1]], like=x) ** 2), X)
    np.testing.assert_allclose(found, [1.0, -18.0, 0.0])
