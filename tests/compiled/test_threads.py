"""One prepared object called from many threads: on all paths, while programs are made, and while the world changes."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.interface import Derivatives, Differentiator
from difflab.lowering import replay
from difflab.lowering.tracing import World
from difflab.methods import ForwardCompiled, ReverseCompiled
from tests.compiled.agreement import difference, disagreements, operators_of
from tests.compiled.drawing import random_program

METHODS = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source"), ReverseCompiled()]
THREADS = 6
PATIENCE = 60.0
"""Seconds after which a thread that waits for others fails."""


def branching(x: Any) -> Any:
    if x[0] > 0:
        return np.sum(np.sin(x) * x)
    while np.sum(x * x) > 0.5:
        x = x * 0.6
    return np.prod(np.cos(x)) if x[1] > 0 else np.sum(np.sort(x)[:2] ** 3)


POINTS = np.random.default_rng(0).uniform(-2, 2, (THREADS, 4))


def at_once(*tasks: Callable[[threading.Barrier], None]) -> None:
    """Run tasks in threads that begin together; raises the first thing that one of them raised."""
    barrier = threading.Barrier(len(tasks), timeout=PATIENCE)
    errors: list[BaseException] = []

    def run(task: Callable[[threading.Barrier], None]) -> None:
        try:
            barrier.wait()
            task(barrier)
        except BaseException as error:  # noqa: BLE001  (it is raised again below)
            errors.append(error)
            barrier.abort()

    started = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]


def caller(prepared: Derivatives, first: int, expected: Sequence[Any], rounds: int) -> Callable[..., None]:
    """Make a task that calls at all points, beginning with another one than other tasks."""

    def call(barrier: threading.Barrier) -> None:
        for n in [(first + k) % len(POINTS) for k in range(rounds * len(POINTS))]:
            operator = ("gradient", "value_and_gradient", "hessian")[n % 3]
            found = getattr(prepared, operator)(POINTS[n].copy())
            assert not difference(found, expected[n], 1e-12), f"{operator} at point {n}"

    return call


def expected_answers() -> list[Any]:
    eager = difflab.prepare(branching, POINTS[0], method="reverse")
    return [getattr(eager, ("gradient", "value_and_gradient", "hessian")[n % 3])(x) for n, x in enumerate(POINTS)]


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_all_threads_get_what_is_right_from_the_first_call_on(method: Differentiator) -> None:
    prepared = method.prepare(branching, POINTS[0])
    expected = expected_answers()
    at_once(*(caller(prepared, n, expected, 8) for n in range(THREADS)))
    prepared.settle()
    at_once(*(caller(prepared, n, expected, 8) for n in range(THREADS)))
    for operator in prepared.kernel.replayed.operators.values():  # type: ignore[attr-defined]
        assert not operator.is_refused
        assert operator.paths.count == len(_all_paths(operator.paths.first))


def _all_paths(path: Any) -> list[Any]:
    return [path, *(each for following in path.following.values() for each in _all_paths(following))]


def test_the_eager_method_answers_until_the_program_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler is held back until all threads have been answered, and let go while they call."""
    is_held = threading.Event()
    path_of = replay.path_of

    def held(*arguments: Any, **options: Any) -> Any:
        assert is_held.wait(PATIENCE)
        return path_of(*arguments, **options)

    monkeypatch.setattr(replay, "path_of", held)
    prepared = ReverseCompiled().prepare(branching, POINTS[0])
    expected = expected_answers()

    def counted() -> int:
        operators = prepared.kernel.replayed.operators.values()  # type: ignore[attr-defined]
        return sum(operator.paths.count for operator in operators)

    def call(number: int) -> Callable[..., None]:
        again = caller(prepared, number, expected, 3)

        def run(barrier: threading.Barrier) -> None:
            again(barrier)
            barrier.wait()
            if not number:
                assert not counted()
                is_held.set()
            again(barrier)

        return run

    at_once(*map(call, range(THREADS)))
    prepared.settle()
    caller(prepared, 0, expected, 1)(threading.Barrier(1))
    assert counted() >= 3


def test_many_prepared_at_once() -> None:
    """Each thread prepares, traces and compiles programs of its own, and some that others have, too."""

    def task(number: int) -> Callable[..., None]:
        def run(barrier: threading.Barrier) -> None:
            for seed in (3, 100 + 4 * number, 7):
                program = random_program(seed)
                method = METHODS[(number + seed) % 3]
                found, _ = disagreements(program, method, operators_of(program)[:1], rounds=1)
                assert not found, f"{found[0]}\n{program.source}"

        return run

    at_once(*map(task, range(THREADS)))


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_the_world_may_change_between_calls_of_many_threads(method: Differentiator) -> None:
    seen: dict[str, Any] = {"rate": 1.0, "weights": np.ones(4)}
    prepared = method.prepare(lambda x: np.sum(seen["weights"] * x**2) * seen["rate"], POINTS[0])

    def task(number: int) -> Callable[..., None]:
        def run(barrier: threading.Barrier) -> None:
            for rounds in range(6):
                if barrier.wait() == 0:
                    seen["rate"], seen["weights"][1] = 1.0 + rounds, 2.0 - rounds
                barrier.wait()
                for x in (POINTS[number], POINTS[number] / 2):
                    expected = 2 * np.array([1.0, 2.0 - rounds, 1.0, 1.0]) * x * (1.0 + rounds)
                    np.testing.assert_allclose(prepared.gradient(x), expected, rtol=1e-13)

        return run

    at_once(*map(task, range(THREADS)))
    prepared.settle()


def test_a_change_that_all_threads_notice_together_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"rate": 2.0}
    prepared = ReverseCompiled("native").prepare(lambda x: np.sum(x**2) * seen["rate"], POINTS[0])
    prepared.gradient(POINTS[0])
    unchanged, noticed = World.unchanged, threading.Barrier(THREADS, timeout=PATIENCE)

    def unchanged_together(self: World) -> bool:
        found = unchanged(self)
        if not found and self is world:
            noticed.wait()
        return found

    world = prepared.kernel.replayed.world  # type: ignore[attr-defined]
    prepared.kernel.shortcuts.clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(World, "unchanged", unchanged_together)
    seen["rate"] = 3.0

    def run(barrier: threading.Barrier) -> None:
        np.testing.assert_allclose(prepared.gradient(POINTS[0]), 6 * POINTS[0], rtol=1e-14)

    at_once(*[run] * THREADS)
    assert prepared.kernel.replayed.changes == 1  # type: ignore[attr-defined]
    assert prepared.kernel.replayed.world is not world  # type: ignore[attr-defined]
    seen["rate"] = 4.0
    np.testing.assert_allclose(prepared.gradient(POINTS[0]), 8 * POINTS[0], rtol=1e-14)
