"""Programs read and write the arrays that they are given, and nothing around them.

Each argument, result and constant ends, or begins, at a page that nobody may touch: whatever steps over ends a process.
"""

import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from difflab.lowering.native import threads
from difflab.lowering.native.program import Program
from tests.engines.passes.graphs import traced, values
from tests.lowering.native.guarded import guarded

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="pages are protected as Linux has it")
WEIGHTS = np.arange(13.0)

FUNCTIONS: dict[str, tuple[Callable[..., Any], Any]] = {
    "numbers": (lambda x: x[-1] * x[0] + x[12], (13,)),
    "elementwise": (lambda x: np.exp(x) * np.tanh(x) + WEIGHTS, (13,)),
    "sums": (lambda x: (np.sum(x), np.max(x), np.prod(x), np.any(x > 1)), (13,)),
    "differences": (lambda x: np.sum((x[1:] - x[:-1] ** 2) ** 2), (13,)),
    "backwards": (lambda x: x[::-1] * x[::-1][0] + x[::-2][0] * WEIGHTS, (13,)),
    "strides": (lambda x: x[::3] * x[1::3][:4].sum() + x[-1::-3], (13,)),
    "transposes": (lambda x: x.T @ x + np.sum(x.T[::-1], axis=1), (5, 3)),
    "products": (lambda x: np.einsum("ij,kj->ik", x, x) @ x, (5, 7)),
    "joined": (lambda x: np.concatenate([x, x[::-1], x[:2, ::-1]]) + np.stack([x[0], x[1]])[0], (5, 3)),
    "sums of axes": (lambda x: np.sum(x * 2, axis=(0, 2)) + np.max(x, axis=(0, 2)), (3, 5, 7)),
    "outer axes": (lambda x: np.sum(np.cos(x), axis=0), (5, 13)),
    "broadcast": (lambda x: x[:, None] * x[None, :] + WEIGHTS[:, None], (13,)),
    "conditions": (lambda x: (np.where(x > 0, x, -x), x > 0, np.logical_not(x > 1)), (13,)),
    "copies": (lambda x: (x.T.reshape(15) * 2, x[::-1].ravel(), x.T), (5, 3)),
}


def run_guarded(function: Callable[..., Any], x: Any, *, at_end: bool) -> list[Any]:
    """Run a program all of whose arrays are guarded."""
    program = Program(traced(function, x))
    results = [guarded(np.full(shape or (1,), 77, dtype), at_end=at_end) for shape, dtype in program.results]
    constants = [guarded(each, at_end=at_end) for each in program.constants]
    shaped = [
        each if shape else each[0:1].reshape(()) for each, (shape, _) in zip(results, program.results, strict=True)
    ]
    assert program.entrance.call(guarded(x, at_end=at_end), *shaped, *constants) == 0
    return shaped


@pytest.mark.parametrize("at_end", [True, False], ids=["end", "beginning"])
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_programs_stay_within_their_arrays(name: str, dtype: Any, at_end: bool) -> None:
    function, shape = FUNCTIONS[name]
    x = np.random.default_rng(0).uniform(0.5, 1.5, shape).astype(dtype)
    tolerance = 20 * np.finfo(dtype).eps
    expected = values(traced(function, x), [x])
    for mine, theirs in zip(run_guarded(function, x, at_end=at_end), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, tolerance, tolerance)


@pytest.mark.parametrize("size", range(1, 71))
def test_loops_of_any_length_stay_within(size: int) -> None:
    x = np.random.default_rng(size).uniform(0.5, 1.5, size)
    summed, entries = run_guarded(lambda x: (np.sum(np.exp(x)), x * x), x, at_end=True)
    np.testing.assert_allclose(summed, np.sum(np.exp(x)), 1e-14)
    np.testing.assert_array_equal(entries, x * x)


def test_parts_of_several_threads_stay_within(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "WORTHWHILE", 0)
    monkeypatch.setattr(threads, "threads", lambda: 3)
    x = np.random.default_rng(0).uniform(0.5, 1.5, 1027)
    for at_end in (True, False):
        summed, entries = run_guarded(lambda x: (np.sum(np.exp(x)), x[::-1] * 2), x, at_end=at_end)
        np.testing.assert_allclose(summed, np.sum(np.exp(x)), 1e-14)
        np.testing.assert_array_equal(entries, x[::-1] * 2)


def test_nothing_around_a_result_is_written() -> None:
    """Also not on its own page."""
    program = Program(traced(lambda x: x[::-1] * 2, np.ones(13)))
    for begin in range(8, 16):
        around = np.full(40, np.nan)
        assert program.entrance.call(np.ones(13), around[begin : begin + 13]) == 0
        np.testing.assert_array_equal(np.isnan(around), ~((np.arange(40) >= begin) & (np.arange(40) < begin + 13)))


@pytest.mark.parametrize(
    ("at_end", "shape", "offset"), [(True, 13, 1), (True, 14, 0), (False, 13, -1)], ids=["behind", "longer", "before"]
)
def test_a_planted_step_over_ends_the_process(at_end: bool, shape: int, offset: int) -> None:
    """The negative control: a view that reads one entry too many, at either side."""
    program = f"""
import numpy as np
from difflab.engines.graph import Variable
from difflab.lowering.native.entrance import Entrance, Expected, entrance_text
from difflab.lowering.native.loops import Loop, Memory, Reduction
from difflab.lowering.native.text import Text
from difflab.lowering.native.views import View
from tests.lowering.native.guarded import guarded

def run(shape, offset):
    x, total = Variable(0, (13,), np.dtype(float)), Variable(1, (1,), np.dtype(float))
    text = Text("i64 @run(ptr noalias readonly %i0, ptr noalias %o0, ptr noalias %m)")
    memory = Memory(text, {{x: "%i0", total: "%o0"}}, {{}})
    sum_of_all = Reduction(np.sum, "double", View(total, (shape,), (0,)))
    loop = Loop((shape,), [View(x, (shape,), (1,), offset)], lambda text, numbers: numbers, reductions=[sum_of_all])
    (number,) = loop.write(memory)
    memory.write(View.whole(total, (1,)), "0", number)
    text.line("ret i64 0")
    entrance = Entrance(text.module() + entrance_text([Expected("double", (13,))], 1, 0, is_long=False), has_loops=True)
    result = np.empty(1)
    assert entrance.call(guarded(np.ones(13), at_end={at_end}), result) == 0
    return result[0]

print(run(13, 0), flush=True)
run({shape}, {offset})
print("survived")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["13.0"], done.stderr
    assert -done.returncode in (signal.SIGSEGV, signal.SIGBUS)
