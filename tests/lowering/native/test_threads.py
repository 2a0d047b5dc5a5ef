"""Loops in several threads: results are the same for any number of them, and where none can be made."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from difflab.lowering.native import threads
from difflab.lowering.native.entrance import Entrance, entrance_text, expected
from difflab.lowering.native.program import Program
from difflab.lowering.native.writer import written
from tests.engines.passes.graphs import traced, values

X = np.random.default_rng(0).uniform(-1, 1, (37, 29))

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "entries": lambda x: np.exp(x) * x - x[::-1],
    "a transpose": lambda x: np.exp(x.T[::-1] + 1),
    "sums": lambda x: (np.sum(np.cos(x)), np.prod(1 + x / 100), np.sum(x > 0)),
    "extremes": lambda x: (np.max(x), np.min(x * x), np.any(x > 0.99), np.all(x < 2)),
    "sums of rows": lambda x: (np.sum(np.sin(x), axis=1), np.max(x, axis=1, keepdims=True)),
    "sums of columns": lambda x: (np.sum(np.sin(x.T), axis=1), np.min(x.T, axis=1)),
    "numbers from around": lambda x: x * np.sum(x) + x[0, 0],
    "products": lambda x: (x.T @ x, x @ x[0], np.einsum("ij,ij->", x, x)),
    "constants": lambda x: x * np.arange(29.0) + np.sum(x * np.arange(37.0)[:, None]),
}
IS_THREADED = "@pthread_create"


@pytest.fixture
def with_threads(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Give what sets the number of threads, which then share all loops, however short."""

    def setting(count: int) -> None:
        monkeypatch.setattr(threads, "WORTHWHILE", 0)
        monkeypatch.setattr(threads, "threads", lambda: count)

    return setting


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_do_not_depend_on_the_number_of_threads(name: str, with_threads: Any) -> None:
    graph = traced(FUNCTIONS[name], X)
    for count in (1, 2, 5):
        with_threads(count)
        assert (IS_THREADED in written(graph).text) == (count > 1)
        for mine, theirs in zip(Program(graph)([X]), values(graph, [X]), strict=True):
            np.testing.assert_allclose(mine, theirs, 1e-13, 1e-13)


def test_a_program_for_many_threads_is_no_longer_than_one_for_two(with_threads: Any) -> None:
    """It once had some lines for each thread, which took seconds to translate for 64."""
    lengths = []
    for count in (2, 64):
        with_threads(count)
        lengths.append(written(traced(FUNCTIONS["sums"], np.ones((100, 100)))).text.count("\n"))
    assert lengths[0] == lengths[1]


@pytest.mark.parametrize("length", [1, 3, 4, 5, 23])
def test_every_entry_is_in_one_part(length: int, with_threads: Any) -> None:
    with_threads(4)
    x = np.random.default_rng(length).integers(1, 100, length)
    total, entries = Program(traced(lambda x: (np.sum(x), x + 1), x))([x])
    assert total == np.sum(x)
    np.testing.assert_array_equal(entries, x + 1)


def test_parts_do_not_add_to_the_same_entries(with_threads: Any) -> None:
    """Rows that are added up are not divided among threads; rows that are summed each are."""
    with_threads(4)
    assert IS_THREADED not in written(traced(lambda x: np.sum(x, axis=0), X)).text
    assert IS_THREADED in written(traced(lambda x: np.sum(x, axis=1), X)).text


@pytest.mark.parametrize(
    ("function", "entries", "is_threaded"),
    [(np.sqrt, 1_999_999, False), (np.sqrt, 2_000_000, True), (np.exp, 249_999, False), (np.exp, 250_000, True)],
)
def test_only_work_that_is_worth_it_is_shared(
    function: Any, entries: int, is_threaded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "threads", lambda: 2)
    graph = traced(lambda x: function(np.broadcast_to(x, entries)), np.float64(1))
    assert (IS_THREADED in written(graph).text) == is_threaded


@pytest.mark.parametrize(("asked", "limit"), [("1", 1), ("2", 2), ("100000", 100_000), ("", 100_000), ("x", 100_000)])
def test_the_environment_may_say_fewer(asked: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    processors = threads.threads.__wrapped__()
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    assert threads.threads.__wrapped__() == min(processors, limit)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parts_are_done_where_no_thread_can_be_made(name: str, with_threads: Any) -> None:
    """The planted fault: a pthread_create that fails; one that is waited for then would end the process."""
    with_threads(3)
    graph = traced(FUNCTIONS[name], X)
    program = written(graph)
    declared = "declare i32 @pthread_create(ptr, ptr, ptr, ptr)"
    assert declared in program.text
    failing = program.text.replace(declared, f"{declared.replace('declare', 'define')} {{\nret i32 11\n}}")
    results = [np.empty(x.shape, x.dtype) for x in graph.outputs]
    others = len(results) + len(program.constants)
    entrance = entrance_text([expected(X.shape, X.dtype)], others, program.bytes, is_long=False)
    assert Entrance(failing + entrance, has_loops=True).call(X, *results, *program.constants) == 0
    for mine, theirs in zip(results, values(graph, [X]), strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-13, 1e-13)


def test_many_threads_of_python_may_run_one_program(with_threads: Any) -> None:
    """Long enough that they run at once."""
    with_threads(2)
    points = np.random.default_rng(0).uniform(-1, 1, (8, 30_000))
    program = Program(traced(lambda x: (np.sum(np.exp(x)[::-1] * x), x * 2), points[0]))
    expected = [(np.sum(np.exp(x)[::-1] * x), x * 2) for x in points]

    def right(n: int) -> bool:
        total, entries = program([points[n % 8]])
        return bool(np.isclose(total, expected[n % 8][0], 1e-12) and np.array_equal(entries, expected[n % 8][1]))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(right, range(100)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_a_forked_process_makes_its_own_threads() -> None:
    program = """
import os
import numpy as np
from difflab.lowering.native import threads
from difflab.lowering.native.program import Program
from tests.engines.passes.graphs import traced

threads.threads, threads.WORTHWHILE = lambda: 3, 0
x = np.arange(30_000.0)
run = Program(traced(lambda x: np.sum(np.sqrt(x) * x), x))
expected = run([x])[0]
if (child := os.fork()) == 0:
    anew = Program(traced(lambda x: np.sum(np.sqrt(x) * x) + 1, x))
    os._exit(int(abs(run([x])[0] / expected - 1) > 1e-12 or abs(anew([x])[0] / expected - 1) > 1e-9))
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), abs(expected / np.sum(np.sqrt(x) * x) - 1) < 1e-12)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["0", "True"], done.stderr
