"""A draft of a program gives what the program gives, and makes room for it where it stands."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest

from difflab.engines.trace import trace
from difflab.lowering.native import machine
from difflab.lowering.native.program import Program
from difflab.signature import Signature
from difflab.types import Array


def graph_of(function: Callable[..., Any], x: Array) -> Any:
    return trace(Signature.of(function, (x,), 0).point((x,)))


def straight(x: Any) -> Any:
    y = x[0]
    for n in range(30):
        y = y * (3.1 - y) + x[n % 3]
    return y


def loops(x: Any) -> Any:
    return np.sum(np.exp(np.sin(x)) * x[::-1] ** 2) + np.max(x)


def many_results(x: Any) -> Any:
    return np.tanh(x), np.cos(x).sum(), x @ x


FUNCTIONS = [straight, loops, many_results]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIFFLAB_CACHE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("size", [3, 100, 70_000])
def test_results_are_those_of_the_function(function: Any, size: int) -> None:
    generator = np.random.default_rng(0)
    x, other = generator.uniform(0.1, 0.5, (2, size))
    program = Program(graph_of(function, x), is_draft=True)
    call = program.entrance.call
    for _ in range(2):
        for at in (x, other):
            expected = function(at)
            found = program([at])
            wanted = expected if isinstance(expected, tuple) else (expected,)
            for mine, theirs in zip(found, wanted, strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=1e-12)
        program.finish()
        assert program.entrance.call is call


def test_finishing_puts_other_code_behind_the_same_function(folder: Path) -> None:
    program = Program(graph_of(loops, np.ones(1000)), is_draft=True)
    assert not list(folder.iterdir())  # drafts are not kept
    before = program.entrance._method.function
    program.finish()
    assert program.entrance._method.function != before
    assert len(list(folder.iterdir())) == 1
    after = program.entrance._method.function
    program.finish()
    assert program.entrance._method.function == after


def test_no_draft_is_made_of_what_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(0.1, 0.5, 50)
    Program(graph_of(loops, x))

    def refuse(text: str) -> bytes:
        raise AssertionError(text)

    monkeypatch.setattr(machine, "drafted", refuse)
    np.testing.assert_allclose(Program(graph_of(loops, x), is_draft=True)([x])[0], loops(x), rtol=1e-13)


def test_a_draft_is_finished_while_others_call_it() -> None:
    x = np.linspace(0.1, 0.5, 300)
    program = Program(graph_of(loops, x), is_draft=True)
    expected, barrier = loops(x), Barrier(4)
    wrong: list[float] = []

    def call() -> None:
        barrier.wait()
        found = np.array([program([x])[0] for _ in range(500)])
        wrong.extend(found[~np.isclose(found, expected, rtol=1e-12)])

    threads = [Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    barrier.wait()
    program.finish()
    for thread in threads:
        thread.join()
    assert not wrong
