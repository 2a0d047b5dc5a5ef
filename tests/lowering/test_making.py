"""How long calls wait for a program that is being made."""

import threading
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.lowering import making, replay
from difflab.lowering.making import Making


class Clock:
    """Time that goes on when it is told; waits are noted, and end at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def watch(self, one: Making, patch: pytest.MonkeyPatch) -> None:
        wait = one.is_there.wait

        def noted(seconds: float) -> bool:
            self.waits.append(seconds)
            return wait(0)

        patch.setattr(one.is_there, "wait", noted)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(making, "perf_counter", lambda: found.now)
    return found


def test_a_call_waits_once_the_calls_have_gone_on_for_long(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Making(effort=2.0)
    clock.watch(one, monkeypatch)
    for clock.now in (0.0, 2.0, 4.0):
        assert not one.waited()
    assert clock.waits == []
    one.is_there.set()
    clock.now = 4.1
    assert one.waited()
    assert clock.waits == [8.0]


def test_after_a_wait_in_vain_calls_go_on_for_as_long_before_the_last(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Making(effort=1.0)
    clock.watch(one, monkeypatch)
    for clock.now in (2.5, 3.0, 5.0, 5.5, 11.0, 12.0):
        assert not one.waited()
    assert clock.waits == [4.0, 10.0]


def test_the_call_that_waited_is_answered_by_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    begins, made = threading.Event(), replay.path_of

    def held(*args: Any, **options: Any) -> Any:
        assert begins.wait(60)
        return made(*args, **options)

    monkeypatch.setattr(replay, "path_of", held)
    x = np.arange(3.0)
    prepared = difflab.prepare(lambda x: np.sum(np.sin(x) * x), x, method="reverse_compiled")
    expected = np.sin(x) + x * np.cos(x)
    for _ in range(3):
        np.testing.assert_allclose(prepared.gradient(x), expected, rtol=1e-14)
    ((operator,),) = [prepared.kernel.replayed.operators.values()]
    assert operator.paths.first is None
    (one,) = operator.begun.values()
    one.begun, one.due = one.begun - 1000.0, 100.0  # it is time to wait, and as long as it takes
    begins.set()
    np.testing.assert_allclose(prepared.gradient(x), expected, rtol=1e-14)
    assert operator.paths.first is not None
    prepared.settle()
