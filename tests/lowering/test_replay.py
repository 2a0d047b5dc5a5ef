"""Replays: which tier answers, what happens where the compiler fails, and what is kept for how long."""

import sys
import threading
import warnings
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.lowering import replay
from difflab.lowering.making import in_background, wait_for_compiler
from difflab.lowering.native.program import Program
from difflab.lowering.replay import Operator, Replayed
from difflab.methods import ForwardCompiled, ReverseCompiled
from difflab.structure import flatten

X = np.array([1.0, -2.0, 3.0])
GRADIENT = 3 * X**2


def cubes(x: Any) -> Any:
    return np.sum(x**3)


def signed(x: Any) -> Any:
    return np.sum(x**3) if x[0] > 0 else np.sum(x**2)


def replayed(prepared: Any) -> Replayed:
    found: Replayed = prepared.kernel.replayed
    return found


def operator(prepared: Any, name: str = "gradient") -> Operator:
    (found,) = [each for key, each in replayed(prepared).operators.items() if key[0] == name]
    return found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note who answers: programs of the machine, or the eager method where there is no note."""
    noted: list[str] = []
    run = Program.run

    def noting(self: Program, *arguments: Any) -> Any:
        noted.append("program")
        return run(self, *arguments)

    monkeypatch.setattr(Program, "run", noting)
    return noted


def test_the_tier_changes_when_the_program_is_ready(answers: list[str]) -> None:
    """Not before the second call, and not while the compiler is busy."""
    gate = threading.Event()
    in_background(gate.wait)
    prepared = difflab.prepare(cubes, X, method=ReverseCompiled())
    for _ in range(4):
        np.testing.assert_array_equal(prepared.gradient(X), GRADIENT)
    assert operator(prepared).paths.first is None
    assert answers == []
    gate.set()
    wait_for_compiler()
    assert operator(prepared).paths.first is not None
    np.testing.assert_array_equal(prepared.gradient(X), GRADIENT)
    assert answers == ["program"]
    np.testing.assert_array_equal(prepared.gradient(X), GRADIENT)
    assert "gradient" in replayed(prepared).shortcuts
    assert answers == ["program"]  # by the shortcut now


def test_what_is_called_once_is_not_compiled() -> None:
    """Nor is a path that is taken once, when there are others."""
    prepared = difflab.prepare(signed, X, method=ReverseCompiled())
    counts = []
    for x in (X, X, -X, X, -X, -X):
        np.testing.assert_array_equal(prepared.gradient(x), 3 * x**2 if x[0] > 0 else 2 * x)
        wait_for_compiler()
        counts.append(operator(prepared).paths.count)
    assert counts == [0, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("fails_at", ["written", "Entrance"])
def test_a_compiler_that_fails_is_told_once_and_the_eager_method_goes_on(
    fails_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault."""

    def fails(*arguments: Any, **options: Any) -> Any:
        raise RuntimeError("LLVM has a bug")

    monkeypatch.setattr(f"difflab.lowering.native.program.{fails_at}", fails)
    prepared = difflab.prepare(cubes, X, method=ReverseCompiled())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(5):
            np.testing.assert_array_equal(prepared.gradient(X), GRADIENT)
            wait_for_compiler()
    assert [str(each.message) for each in caught] == [
        "A trace was not compiled, and the eager method goes on: RuntimeError('LLVM has a bug')"
    ]
    assert operator(prepared).is_refused


def test_a_trace_that_fails_is_the_eager_methods_to_explain() -> None:
    def fails(x: Any) -> Any:
        if x[1] > 0:
            raise ZeroDivisionError("of the person's own")
        return np.sum(x * x)

    for method in (ReverseCompiled("native"), ReverseCompiled()):
        prepared = difflab.prepare(fails, X, method=method)
        for _ in range(3):
            np.testing.assert_array_equal(prepared.gradient(X), 2 * X)
            wait_for_compiler()
        with pytest.raises(ZeroDivisionError, match="of the person's own"):
            prepared.gradient(-X)
        np.testing.assert_array_equal(prepared.gradient(X), 2 * X)


@pytest.mark.parametrize("method", [ReverseCompiled("native"), ReverseCompiled("source"), ForwardCompiled("native")])
def test_undecided_derivatives_are_left_to_the_eager_method(method: Any) -> None:
    prepared = difflab.prepare(lambda x: np.sum(x * np.sqrt(x * x)), X, method=method)
    prepared.gradient(X)
    for x in (np.array([0.0, 1.0, 2.0]), X, np.zeros(3)):
        np.testing.assert_array_equal(prepared.gradient(x), difflab.gradient(lambda x: np.sum(x * np.sqrt(x * x)), x))


def test_operators_are_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of steps that counts up made an operator at each call, which stayed."""
    monkeypatch.setattr(replay, "OPERATORS", 3)
    prepared = difflab.prepare(lambda x, step: np.sum(x * x) * step, X, 0, method=ReverseCompiled())
    for step in range(10):
        for _ in range(3):
            np.testing.assert_array_equal(prepared.gradient(X, step), 2 * X * step)
            wait_for_compiler()
        assert len(replayed(prepared).operators) == min(step + 1, 3)
    assert [key[2][0][1] for key in replayed(prepared).operators] == [7, 8, 9]  # type: ignore[index]


def test_objects_that_cannot_be_compared_are_taken_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may have changed; and they are not kept."""

    class Settings:
        rate = 1.0

    monkeypatch.setattr(replay, "OPERATORS", 3)
    settings = Settings()
    prepared = difflab.prepare(lambda x, s: np.sum(x * x) * s.rate, X, settings, method=ReverseCompiled("source"))
    for rate in range(6):
        settings.rate = float(rate)
        np.testing.assert_array_equal(prepared.gradient(X, settings), 2 * X * rate)
    assert len(replayed(prepared).operators) == 3


def test_programs_take_no_more_memory_with_each_call() -> None:
    prepared = difflab.prepare(signed, X, method=ReverseCompiled("native"))
    for _ in range(3):
        prepared.value_and_gradient(X), prepared.hessian(X), prepared.gradient(-X)
    before = sys.getallocatedblocks()
    for _ in range(100):
        prepared.value_and_gradient(X), prepared.hessian(X), prepared.gradient(-X)
    assert sys.getallocatedblocks() - before < 100


@pytest.mark.parametrize("name", ["gradient", "value_and_gradient", "jacobian", "hessian", "value"])
def test_each_operator_has_paths_of_its_own(name: str) -> None:
    prepared = difflab.prepare(signed, X, method=ReverseCompiled("native"))
    eager = difflab.prepare(signed, X, method="reverse")
    for x in (X, -X, X):
        found, expected = (flatten(getattr(each, name)(x))[0] for each in (prepared, eager))
        for mine, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-14)
    assert {each.paths.count for each in replayed(prepared).operators.values()} == {2}
