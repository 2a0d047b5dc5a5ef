"""Memory is used again once nothing refers to it, and never before."""

from collections.abc import Callable
from threading import Thread

import numpy as np
import pytest

from difflab.pool import Pool, copied, empty, empty_like, zeros, zeros_like
from difflab.types import Array

FLOAT = np.dtype(np.float32)


def address(array: Array) -> int:
    return int(array.ctypes.data)


def test_what_is_gone_is_used_again() -> None:
    with Pool():
        first = address(empty((3, 2), FLOAT))
        assert address(empty((3, 2), FLOAT)) == first
        assert address(zeros((3, 2), FLOAT)) == first


@pytest.mark.parametrize("keep", [lambda x: x, lambda x: x[1:], lambda x: x.T, lambda x: [{"a": x}]])
def test_what_is_kept_is_left_alone(keep: Callable[[Array], object]) -> None:
    with Pool():
        array = empty((3, 2), FLOAT)
        first = address(array)
        kept = keep(array)
        del array
        assert address(empty((3, 2), FLOAT)) != first
        del kept
        again = empty((3, 2), FLOAT), empty((3, 2), FLOAT)
        assert first in map(address, again)


def test_shapes_and_dtypes_are_apart() -> None:
    with Pool():
        shapes = [(3, 2), (2, 3), (6,), ()]
        arrays = [empty(shape, dtype) for shape in shapes for dtype in (FLOAT, np.dtype(float))]
    assert [array.shape for array in arrays] == [shape for shape in shapes for _ in range(2)]
    assert {array.dtype for array in arrays} == {FLOAT, np.dtype(float)}
    assert len(set(map(address, arrays))) == len(arrays)


def test_without_a_pool_arrays_are_new() -> None:
    kept = [empty((4,), FLOAT) for _ in range(3)]
    assert len(set(map(address, kept))) == 3
    assert not zeros((4,), FLOAT).any()


def test_what_is_like_an_array_has_its_order() -> None:
    turned = np.ones((2, 3), FLOAT).T
    with Pool():
        for make in (empty_like, zeros_like):
            assert make(turned).strides == turned.strides
            assert make(turned.T).shape == (2, 3)
        assert not zeros_like(turned.T).any()
        assert copied(turned).flags.c_contiguous
        np.testing.assert_array_equal(copied(turned), turned)


def test_pools_nest_and_threads_have_their_own() -> None:
    pool, inner = Pool(), Pool()
    seen: list[int] = []

    def elsewhere() -> None:
        with pool:
            seen.append(address(empty((5,), FLOAT)))

    with pool:
        first = address(empty((5,), FLOAT))
        with inner:
            assert address(empty((5,), FLOAT)) != first
        assert address(empty((5,), FLOAT)) == first
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert seen[0] != first
