"""Products divided among threads are those of NumPy, and leave BLAS with as many threads as before."""

from typing import Any

import numpy as np
import pytest

from difflab.native import blas, products

SHAPES = [(3, 4, 5), (1, 700, 500), (70, 90, 80), (200, 300, 100), (2, 2000, 1500), (0, 4, 5), (4, 0, 5)]
"""Tiny, small and large products, of few rows, of none."""


def matrices(shape: tuple[int, int, int], dtype: Any) -> tuple[Any, Any]:
    generator = np.random.default_rng(0)
    n, k, m = shape
    return generator.normal(size=(n, k)).astype(dtype), generator.normal(size=(k, m)).astype(dtype)


@pytest.mark.parametrize("order", [np.ascontiguousarray, np.asfortranarray, lambda x: np.repeat(x, 2, 1)[:, ::2]])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_products_are_those_of_numpy(shape: tuple[int, int, int], dtype: Any, tolerance: float, order: Any) -> None:
    a, b = matrices(shape, dtype)
    expected = a.astype(float) @ b.astype(float)
    for found in (products.multiply(order(a), order(b)), products.multiply_transposed(order(a.T), order(b))):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * (1 + np.abs(expected).max(initial=0)))


def test_nan_and_infinity_come_through() -> None:
    a, b = matrices((200, 300, 100), np.float64)
    a[0, 0], a[1, 0] = np.nan, np.inf
    found = products.multiply(a, b)
    assert np.isnan(found[0]).all()
    assert np.isinf(found[1]).all()
    assert np.isfinite(found[2:]).all()


def threads() -> list[int]:
    return [library.num_threads for library in blas._libraries()]


def test_threads_of_blas_are_as_before_also_after_an_error() -> None:
    before = threads()

    def fail() -> None:
        with blas.products_in_one_thread():
            assert set(threads()) == {1}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert threads() == before
