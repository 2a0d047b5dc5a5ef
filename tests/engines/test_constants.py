"""Large arrays are protected, not copied, while a record needs them; and let go after it, whatever happens."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines import constants, transforms
from difflab.engines.constants import SMALL

LARGE = SMALL + 1


def large_weights_rewritten(x: Any, w: Any) -> Any:
    y = x * w
    w[0] = 5
    return np.sum(y)


@pytest.mark.parametrize("view", [lambda w: w, lambda w: w[:], lambda w: w.reshape(1, -1)[0]])
def test_large_arrays_are_protected_while_they_are_needed(view: Callable[[Any], Any]) -> None:
    w = np.ones(LARGE)
    seen = view(w)
    message = r"(?s)written to \(.*w\[0\] = 5\).*w = w\.copy\(\)"
    with pytest.raises(difflab.NotDifferentiable, match=message):
        difflab.gradient(large_weights_rewritten, np.ones(LARGE), seen)
    assert w.flags.writeable
    assert seen.flags.writeable
    assert w[0] == 1


def test_protection_reaches_the_array_behind_a_view() -> None:
    w = np.ones((2, LARGE))

    def function(x: Any) -> Any:
        y = x * w[0]
        w[0, 0] = 5
        return np.sum(y)

    with pytest.raises(difflab.NotDifferentiable, match="written to"):
        difflab.gradient(function, np.ones(LARGE))
    assert w.flags.writeable


def test_arrays_read_only_before_stay_so() -> None:
    w = np.ones(LARGE)
    w.flags.writeable = False
    np.testing.assert_array_equal(difflab.gradient(lambda x: np.sum(x * w), np.ones(LARGE)), w)
    assert not w.flags.writeable


@pytest.mark.parametrize("memory", [lambda n: bytearray(8 * n), lambda n: np.ones(n).tobytes()])
def test_memory_that_is_not_numpys_is_copied(memory: Callable[[int], Any]) -> None:
    w = np.frombuffer(memory(LARGE))
    before = w.flags.writeable
    np.testing.assert_array_equal(difflab.gradient(lambda x: np.sum(x * w), np.ones(LARGE)), w)
    assert w.flags.writeable == before


@pytest.mark.parametrize("error", [KeyError("planted"), ValueError("planted")])
def test_protection_ends_with_an_exception(error: Exception) -> None:
    w = np.ones(LARGE)

    def function(x: Any) -> Any:
        x = x * w
        assert not w.flags.writeable
        raise error

    with pytest.raises(type(error), match="planted"):
        difflab.gradient(function, np.ones(LARGE))
    assert w.flags.writeable


def test_protection_lasts_as_long_as_any_thread_needs_it() -> None:
    w = np.ones(LARGE)
    first_is_in, second_is_done = threading.Event(), threading.Event()
    seen = []

    def first(x: Any) -> Any:
        y = x * w[:]
        first_is_in.set()
        assert second_is_done.wait(30)
        seen.append(w.flags.writeable)
        return np.sum(y)

    thread = threading.Thread(target=lambda: difflab.gradient(first, np.ones(LARGE)))
    thread.start()
    assert first_is_in.wait(30)
    difflab.gradient(lambda x: np.sum(x * w), np.ones(LARGE))
    second_is_done.set()
    thread.join()
    assert seen == [False]
    assert w.flags.writeable
    assert not constants._protections


def test_protection_of_nested_derivatives_ends() -> None:
    w = np.linspace(0, 1, LARGE)
    found = difflab.hvp(lambda x: np.sum(np.sin(x * w)), np.ones(LARGE), tangents=np.ones(LARGE), method="reverse")
    np.testing.assert_allclose(found, -np.sin(w) * w**2, rtol=1e-12)
    assert w.flags.writeable
    assert not constants._protections


def test_a_long_argument_is_protected_while_its_gradient_is_taken() -> None:
    x = np.ones(LARGE)

    def function(moving: Any) -> Any:
        x[0] = 5
        return np.sum(moving**2)

    with pytest.raises(difflab.NotDifferentiable, match=r"(?s)written to \(.*x\[0\] = 5\).*it is an argument"):
        difflab.gradient(function, x)
    assert x.flags.writeable
    assert x[0] == 1
    np.testing.assert_array_equal(difflab.gradient(lambda moving: np.sum(moving**2), x), np.full(LARGE, 2.0))
    assert x.flags.writeable


@pytest.mark.parametrize("long", [False, True])
def test_results_are_apart_from_the_argument(long: bool) -> None:
    """The value may be a view of it, and the gradient of each entry its neighbour."""
    x = np.linspace(0.0, 1.0, LARGE if long else 5)
    value, _ = difflab.value_and_gradient(lambda x: np.reshape(x[2:3], ()), x)
    products = difflab.gradient(lambda x: x @ x[::-1], x)
    before = float(value), products.copy()
    x[:] = 7.0
    assert float(value) == before[0]
    np.testing.assert_array_equal(products, before[1])


def test_a_pull_that_comes_later_holds_at_the_argument_as_it_was() -> None:
    x = np.full(LARGE, 3.0)
    _, pull = transforms.pullback(lambda leaves: [np.sum(leaves[0] ** 2)], [x])
    x[:] = 100.0
    np.testing.assert_array_equal(pull([np.ones(1)])[0][0], np.full(LARGE, 6.0))


def test_a_pull_at_once_spares_the_copy_of_a_long_argument() -> None:
    x = np.full(LARGE, 3.0)
    seen = []
    transforms.pullback(lambda leaves: [seen.append(leaves[0].data) or np.sum(leaves[0])], [x], at_once=True)
    assert seen[0] is x
