"""The settings of the compiled methods, and what they promise beyond what all methods do."""

import threading
import warnings
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument, ReplayMismatch
from difflab.lowering import replay
from difflab.methods import ForwardCompiled, ReverseCompiled

COMPILED = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source"), ReverseCompiled()]


def wait_for_compiler() -> None:
    """Wait until all that was asked of the compiler's thread is done."""
    replay._background().submit(lambda: None).result()


def test_the_automatic_tier_begins_with_the_eager_method_and_goes_on_compiled() -> None:
    calls = 0

    def function(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return np.sum(x**3)

    prepared = difflab.prepare(function, np.ones(2), method=ReverseCompiled())
    counted = []
    for _ in range(4):
        np.testing.assert_allclose(prepared.gradient(np.array([1.0, 2.0])), [3, 12])
        counted.append(calls)
        wait_for_compiler()
    assert counted == [1, 3, 3, 3]  # eager; traced, and eager meanwhile; replayed


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_both_sides_of_a_branch_are_kept(method: ReverseCompiled) -> None:
    traced = []

    def function(x: Any) -> Any:
        traced.append(1)
        return np.sum(x**2) if x[0] > 0 else np.sum(x**3)

    prepared = difflab.prepare(function, np.ones(2), method=method)
    for _ in range(5):
        for sign in (1.0, -1.0):
            x = np.array([sign, 2.0])
            np.testing.assert_allclose(prepared.gradient(x), 2 * x if sign > 0 else 3 * x**2, rtol=1e-14)
            wait_for_compiler()
    if method.tier != "automatic":
        assert len(traced) == 2


@pytest.mark.parametrize("method", COMPILED[:3], ids=repr)
def test_a_loop_whose_length_depends_on_data(method: ReverseCompiled) -> None:
    def function(x: Any) -> Any:
        while x < 100:
            x = x * x
        return x

    prepared = difflab.prepare(function, 3.0, method=method)
    for x, power in ((3.0, 8), (2.0, 8), (11.0, 2), (1.5, 16), (200.0, 1), (3.0, 8)):
        np.testing.assert_allclose(prepared.derivative(x), power * x ** (power - 1), rtol=1e-13)


def test_beyond_the_limit_of_paths_the_eager_method_answers_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "LIMIT", 2)

    def function(x: Any, n: Any) -> Any:
        return x ** int(n)

    prepared = difflab.prepare(function, 2.0, 1.0, method=ReverseCompiled("native"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            for n in range(1, 6):
                np.testing.assert_allclose(prepared.gradient(2.0, float(n)), n * 2.0 ** (n - 1))
    assert len(caught) == 1
    assert "took more than 2 paths" in str(caught[0].message)


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_other_arguments_may_change(method: ReverseCompiled) -> None:
    prepared = difflab.prepare(
        lambda x, scale, power: np.sum(scale * x**power), np.ones(3), np.ones(3), 2, method=method
    )
    x, scale = np.arange(1.0, 4.0), np.array([1.0, -1.0, 0.5])
    for k in range(4):
        np.testing.assert_allclose(prepared.gradient(x, k * scale, 2), 2 * k * scale * x, rtol=1e-14)
        np.testing.assert_allclose(prepared.gradient(x, scale, 3 + k), (3 + k) * scale * x ** (2 + k), rtol=1e-13)
        wait_for_compiler()


def test_a_replay_that_differs_is_told() -> None:
    """The planted fault: a constant of the trace is changed behind its back."""
    prepared = difflab.prepare(
        lambda x: np.sum(x**2 * FACTORS), np.ones(3), method=ReverseCompiled("native", verify=True)
    )
    x = np.ones(3)
    np.testing.assert_allclose(prepared.gradient(x), 2 * FACTORS)
    program = prepared.kernel.replayed.first_program("gradient")  # type: ignore[attr-defined]
    program.constants[:] = [array + 1e-3 for array in program.constants]
    with pytest.raises(ReplayMismatch, match="another gradient than the eager method"):
        prepared.gradient(x)


FACTORS = np.array([1.0, 2.0, 3.0])


def test_an_unknown_tier_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="use one of 'automatic', 'native', 'source'"):
        ReverseCompiled("fast")  # type: ignore[arg-type]


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_threads_may_call_at_once(method: ReverseCompiled) -> None:
    prepared = difflab.prepare(lambda x: np.sum(np.sin(x)) if x[0] > 0 else np.prod(x), np.ones(50), method=method)
    points = np.random.default_rng(0).standard_normal((8, 50))
    expected = [difflab.gradient(prepared.signature.function, x) for x in points]
    wrong: list[int] = []

    def run(n: int) -> None:
        for _ in range(20):
            wrong.extend([n] * (not np.allclose(prepared.gradient(points[n]), expected[n], rtol=1e-12, atol=0)))

    started = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert not wrong
    wait_for_compiler()
