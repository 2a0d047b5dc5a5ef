"""The settings of the compiled methods, and what they promise beyond what all methods do."""

import subprocess
import sys
import threading
import warnings
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument, PreparationMismatch, ReplayMismatch
from difflab.lowering import replay
from difflab.lowering.making import wait_for_compiler
from difflab.lowering.tracing import World
from difflab.methods import ForwardCompiled, ReverseCompiled
from difflab.structure import flatten

COMPILED = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source"), ReverseCompiled()]


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each trace that is taken; a function that counted its calls would not be traced."""
    noted: list[str] = []
    traced = World.traced

    def noting(self: World, *arguments: Any, **options: Any) -> Any:
        noted.append("traced")
        return traced(self, *arguments, **options)

    monkeypatch.setattr(World, "traced", noting)
    return noted


def test_the_automatic_tier_begins_with_the_eager_method_and_goes_on_compiled(traces: list[str]) -> None:
    prepared = difflab.prepare(lambda x: np.sum(x**3), np.ones(2), method=ReverseCompiled())
    at = prepared.signature.point((np.ones(2),))
    counted = []
    for _ in range(4):
        np.testing.assert_allclose(prepared.gradient(np.array([1.0, 2.0])), [3, 12])
        has_program = prepared.kernel.replayed.first_program("gradient", at) is not None  # type: ignore[attr-defined]
        counted.append((len(traces), has_program))
        prepared.settle()
    assert counted[0] == (0, False)
    assert counted[2:] == [(1, True), (1, True)]


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_both_sides_of_a_branch_are_kept(method: ReverseCompiled, traces: list[str]) -> None:
    def function(x: Any) -> Any:
        return np.sum(x**2) if x[0] > 0 else np.sum(x**3)

    prepared = difflab.prepare(function, np.ones(2), method=method)
    for _ in range(5):
        for sign in (1.0, -1.0):
            x = np.array([sign, 2.0])
            np.testing.assert_allclose(prepared.gradient(x), 2 * x if sign > 0 else 3 * x**2, rtol=1e-14)
            wait_for_compiler()
    assert len(traces) == 2


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
        lambda x: np.sum(x**2 * np.arange(3.0)), np.ones(3), method=ReverseCompiled("native", verify=True)
    )
    x = np.ones(3)
    np.testing.assert_allclose(prepared.gradient(x), 2 * np.arange(3.0))
    program = prepared.kernel.replayed.first_program("gradient", prepared.signature.point((x,)))  # type: ignore[attr-defined]
    program.constants[:] = [array + 1e-3 for array in program.constants]
    with pytest.raises(ReplayMismatch, match="another gradient than the eager method"):
        prepared.gradient(x)


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


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_what_the_function_sees_may_change(method: ReverseCompiled) -> None:
    """A number, an array's entries, another array, and one with a NaN."""
    seen: dict[str, Any] = {"rate": 2.0, "weights": np.array([1.0, 2.0])}

    def function(x: Any) -> Any:
        return np.sum(seen["rate"] * seen["weights"] * x)

    prepared = difflab.prepare(function, np.ones(2), method=method)
    x = np.ones(2)

    def check() -> None:
        expected = difflab.gradient(function, x, method=method.name.removesuffix("_compiled"))
        for _ in range(4):
            np.testing.assert_allclose(prepared.gradient(x), expected, rtol=1e-14)
            np.testing.assert_allclose(prepared.batch(np.ones((3, 2))).gradient()[1], expected)
            wait_for_compiler()

    check()
    seen["rate"] = 3.0
    check()
    seen["weights"][1] = -5.0
    check()
    seen["weights"] = np.array([7.0, 8.0])
    check()
    seen["weights"] = np.array([np.nan, 8.0])
    check()


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_a_function_that_draws_is_left_to_the_eager_method(method: ReverseCompiled) -> None:
    def function(x: Any) -> Any:
        return np.sum(x * np.random.standard_normal(3))  # noqa: NPY002  (the global state is what is meant)

    prepared = difflab.prepare(function, np.ones(3), method=method)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gradients = [prepared.gradient(np.ones(3)) for _ in range(5)]
    assert len({tuple(gradient) for gradient in gradients}) == 5
    assert len(caught) == 1
    assert "draws" in str(caught[0].message)


def test_a_world_that_always_changes_is_left_to_the_eager_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "CHANGES", 3)
    seen = {"rate": 0.0}
    prepared = difflab.prepare(lambda x: np.sum(seen["rate"] * x), np.ones(2), method=ReverseCompiled("native"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(10):
            seen["rate"] = float(step)
            np.testing.assert_allclose(prepared.gradient(np.ones(2)), step)
    assert len(caught) == 1
    assert "Pass what changes as an argument." in str(caught[0].message)


@pytest.mark.parametrize("argnums", [0, 1, (0,), (1, 0)])
def test_shortcuts_give_what_the_whole_way_gives(argnums: Any) -> None:
    def function(x: Any, y: Any, power: int) -> Any:
        return np.sum(x**power) * y + np.sum(y * WEIGHTS)

    prepared = difflab.prepare(function, np.ones(3), 0.5, 2, method=ReverseCompiled("native"), argnums=argnums)
    generator = np.random.default_rng(0)
    for power in (2, 2, 3, 2):
        for _ in range(3):
            x, y = generator.standard_normal(3), float(generator.standard_normal())
            found = prepared.gradient(x, y, power)
            expected = difflab.gradient(function, x, y, power, argnums=argnums)
            assert type(found) is type(expected)
            for mine, theirs in zip(flatten(found)[0], flatten(expected)[0], strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=1e-13)
                assert type(mine) is type(theirs)
            value, gradient = prepared.value_and_gradient(x, y, power)
            np.testing.assert_allclose(value, function(x, y, power), rtol=1e-13)
            assert type(gradient) is type(expected)
            np.testing.assert_array_equal(np.hstack(flatten(gradient)[0]), np.hstack(flatten(found)[0]))
    assert set(prepared.kernel.shortcuts) == {"gradient", "value_and_gradient"}
    with pytest.raises(PreparationMismatch):
        prepared.gradient(np.ones(3), 0.5)
    with pytest.raises(PreparationMismatch):
        prepared.gradient(np.ones(4), 0.5, 2)
    of_every_second = flatten(prepared.gradient(np.ones(6)[::2], 0.5, 2))[0]
    for mine, theirs in zip(of_every_second, flatten(at_ones(argnums))[0], strict=True):
        np.testing.assert_allclose(mine, theirs)


def at_ones(argnums: Any) -> Any:
    by_x, by_y = np.ones(3), 3.0 + WEIGHTS.sum()
    return {0: by_x, 1: by_y, (0,): (by_x,), (1, 0): (by_y, by_x)}[argnums]


WEIGHTS = np.array([1.0, -2.0, 4.0])


def test_a_forked_process_compiles_too() -> None:
    program = """
import os
import numpy as np
import difflab
from difflab.lowering.native import machine
from difflab.methods import ReverseCompiled

machine._TURNS.lock.acquire()  # as a thread that translates would
if (child := os.fork()) == 0:
    prepared = difflab.prepare(lambda x: np.sum(x**3), np.ones(2), method=ReverseCompiled("native"))
    os._exit(int(prepared.gradient(np.ones(2)).tolist() != [3, 3]))
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["0"], done.stderr


@pytest.mark.parametrize("method", COMPILED, ids=repr)
def test_derivatives_of_functions_of_one_number(method: ReverseCompiled) -> None:
    def nest(x: Any) -> Any:
        return {"a": x**2, "b": np.stack([x, np.sin(x)])}

    number = difflab.prepare(lambda x, n: np.exp(x) * x**n, 0.5, 3, method=method)
    vector = difflab.prepare(lambda x: np.stack([x, x**2, np.cos(x)]), 0.5, method=method)
    nested = difflab.prepare(nest, 0.5, method=method)
    for x in (0.5, -0.25, 2.0, 0.5):
        np.testing.assert_allclose(number.derivative(x, 3), np.exp(x) * (x**3 + 3 * x**2), rtol=1e-14)
        np.testing.assert_allclose(vector.derivative(x), [1, 2 * x, -np.sin(x)], rtol=1e-14)
        found = nested.derivative(x)
        np.testing.assert_allclose(found["a"], 2 * x, rtol=1e-14)
        np.testing.assert_allclose(found["b"], [1, np.cos(x)], rtol=1e-14)
        wait_for_compiler()
    assert isinstance(number.derivative(0.5, 3), np.float64)


def test_jacobians_are_made_by_what_costs_less() -> None:
    matrix = np.random.default_rng(0).standard_normal((6, 6))

    def made_by(function: Any, size: int) -> str:
        x = np.random.default_rng(1).uniform(0.5, 1.0, size)
        prepared = ReverseCompiled("native").prepare(function, x)
        found = prepared.jacobian(x)
        np.testing.assert_allclose(found, difflab.jacobian(function, x), rtol=1e-12)
        (name,) = {name for name, *_ in prepared.kernel.replayed.programs.operators}  # type: ignore[attr-defined]
        return str(name).removeprefix("jacobian by ")

    def wide(x: Any) -> Any:
        return np.concatenate([np.sin(x * n) for n in range(1, 30)])

    def narrow(x: Any) -> Any:
        return np.stack([np.sum(x), np.sum(x**2)])

    def spread_at_last(x: Any) -> Any:
        return np.outer(np.sin(np.exp(matrix @ x[:6])), x[:2]).ravel()[:8]

    assert made_by(wide, 2) == "columns"  # 58 outputs
    assert made_by(narrow, 40) == "rows"
    assert made_by(lambda x: np.tanh(x) ** 2, 1 + 1) in ("rows", "columns")
    assert made_by(lambda x: np.concatenate([x, x * x, x**3]), 4) == "columns"  # 12 rows of 4, or 4 columns of 12
    assert made_by(lambda x: x[:4] * x[4:8] * x[8:], 12) == "rows"
    assert made_by(spread_at_last, 6) in ("rows", "columns")


def test_a_second_jacobian_chooses_in_the_automatic_tier() -> None:
    x = np.array([0.5, 1.0])
    prepared = ReverseCompiled().prepare(lambda x: np.concatenate([x, x * x, x**3]), x)
    for _ in range(4):
        np.testing.assert_allclose(prepared.jacobian(x)[2:4], np.diag(2 * x))
        prepared.settle()
    names = [name for name, *_ in prepared.kernel.replayed.programs.operators]  # type: ignore[attr-defined]
    assert names[-1] == "jacobian by columns"
