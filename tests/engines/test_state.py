"""Nothing is left over between calls: long chains, exceptions half-way, threads, and memory."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.node import Node
from difflab.engines.recorded import Recorded
from difflab.methods import Forward, Reverse

MODES = ("forward", "reverse")
SECOND_ORDER = [Forward(), Reverse(second_order="forward"), Reverse(second_order="reverse")]


def chain(x: Any, length: int) -> Any:
    """Apply x ↦ x/2 + 1 `length // 2` times: two operations each; the slope is 2 to the power -length/2."""
    for _ in range(length // 2):
        x = x * 0.5 + 1.0
    return x


@pytest.mark.parametrize("method", MODES)
def test_a_chain_of_100_000_operations(method: str) -> None:
    """No recursion over the graph, neither in the sweep nor when it is freed."""

    def function(x: Any) -> Any:
        return chain(x, 100_000 - 20) * 0.0 + chain(x, 20)

    value, slope = difflab.value_and_gradient(function, 4.0, method=method)
    assert value == pytest.approx(2 + 2 * 0.5**10, rel=1e-15)
    assert slope == 0.5**10


def nodes_behind(output: Recorded) -> int:
    """Count the nodes that an output depends on."""
    found: set[Node] = set()
    waiting = [output.node]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [parent for _, parent, _ in node.parents]
    return len(found)


def test_the_record_grows_linearly_with_the_chain() -> None:
    counts = {}

    def function(x: Any, length: int) -> Any:
        y = chain(x, length)
        counts[length] = nodes_behind(y)
        return y

    for length in (100, 200, 400, 800):
        difflab.gradient(function, 1.0, length)
    assert counts == {length: length + 1 for length in (100, 200, 400, 800)}


def test_the_record_of_shared_values_does_not_swell() -> None:
    """x ↦ x·x doubles the paths at each step, not the nodes; the slope of x^(2^n) counts all paths."""
    counts = []

    def function(x: Any) -> Any:
        for _ in range(60):
            x = x * x
        counts.append(nodes_behind(x))
        return x

    assert difflab.gradient(function, 1.0) == 2.0**60
    assert counts == [61]


class Stopped(Exception):
    """Raised by a function half-way."""


@pytest.mark.parametrize("inner", MODES)
@pytest.mark.parametrize("outer", MODES)
def test_an_exception_half_way_leaves_the_next_call_right(outer: str, inner: str) -> None:
    stop = [True, False]

    def innermost(y: Any, x: Any) -> Any:
        z = np.sin(x * y)
        if stop.pop(0):
            raise Stopped
        return z * y

    def function(x: Any) -> Any:
        return x * difflab.derivative(innermost, 0.7, x, method=inner)

    prepared = difflab.prepare(function, 0.3, method=outer)
    stop[:] = [True]
    with pytest.raises(Stopped):
        prepared.derivative(0.3)
    stop[:] = [False]
    x, y = 0.3, 0.7
    # d/dy [y sin(xy)] = sin(xy) + xy cos(xy); times x, differentiated in x:
    expected = np.sin(x * y) + 3 * x * y * np.cos(x * y) - (x * y) ** 2 * np.sin(x * y)
    assert prepared.derivative(0.3) == pytest.approx(expected, rel=1e-14)


def test_a_pullback_may_be_used_again() -> None:
    prepared = difflab.prepare(lambda x: x**3, np.array([1.0, 2.0]))
    for weights in ([1.0, 0.0], [0.0, 1.0], [1.0, 0.0]):
        _, pulled = prepared.vjp(np.array([1.0, 2.0]), cotangents=np.array(weights))
        np.testing.assert_array_equal(pulled, np.array(weights) * [3.0, 12.0])


@pytest.mark.parametrize("method", SECOND_ORDER, ids=str)
def test_threads_do_not_disturb_each_other(method: Any) -> None:
    """Nested derivatives in eight threads give what they give one after another, to the last bit."""

    def inner(y: Any, x: Any) -> Any:
        return np.sum(np.sin(x * y) * x)

    def function(x: Any) -> Any:
        return np.sum(x * difflab.gradient(inner, x + 1.0, x, method=method))

    prepared = difflab.prepare(function, np.ones(3), method=method)
    points = [np.linspace(0.1, 1.0 + n / 10, 3) for n in range(24)]
    expected = [(prepared.gradient(x), prepared.hessian(x)) for x in points]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda x: (prepared.gradient(x), prepared.hessian(x)), points))
    for (gradient, hessian), (one, other) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(gradient, one)
        np.testing.assert_array_equal(hessian, other)


@pytest.mark.parametrize("operator", ["gradient", "jacobian", "hessian"])
@pytest.mark.parametrize("method", SECOND_ORDER, ids=str)
def test_memory_is_freed_without_the_garbage_collector(method: Any, operator: str) -> None:
    """No cycle of references holds the arrays of a finished calculation."""
    kept = []

    def function(x: Any) -> Any:
        y = np.sin(x)
        z = np.exp(y[1:]) * y[:-1]
        kept.extend(weakref.ref(_plain(each)) for each in (y, z))
        return np.sum(z)

    gc.collect()
    gc.disable()
    try:
        getattr(difflab, operator)(function, np.ones(4), method=method)
        assert kept
        assert all(reference() is None for reference in kept)
    finally:
        gc.enable()


def _plain(value: Any) -> Any:
    """Give the NumPy array behind a value of any level."""
    while not isinstance(value, np.ndarray):
        value = value.underlying
    return value


def test_a_cycle_is_seen_by_the_test_of_memory() -> None:
    """The check above can fail: an array in a cycle outlives its function while the collector is off."""
    gc.collect()
    gc.disable()
    try:

        def function(x: Any) -> Any:
            y = np.sin(x)
            cycle: list[Any] = [y]
            cycle.append(cycle)
            kept.append(weakref.ref(_plain(y)))
            return np.sum(y)

        kept: list[Any] = []
        difflab.gradient(function, np.ones(4))
        assert any(reference() is not None for reference in kept)
    finally:
        gc.enable()
    gc.collect()
