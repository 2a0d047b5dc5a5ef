"""Text becomes code: optimized where there are loops, in vectors where the machine has them, and kept on disk."""

import os
import subprocess
import sys
from ctypes import CFUNCTYPE, c_int64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difflab.lowering.native import machine
from difflab.lowering.native.machine import Code, seconds_to_translate, translated, vector_variants
from difflab.lowering.native.program import Program
from difflab.lowering.native.writer import written
from tests.engines.passes.graphs import traced

ANSWER = "define i64 @answer() {\nret i64 42\n}\n"
X = np.linspace(-1, 1, 100)


def call(code: Code) -> int:
    return int(CFUNCTYPE(c_int64)(code.address("answer"))())


@pytest.mark.parametrize("has_loops", [False, True])
def test_text_becomes_a_function(has_loops: bool) -> None:
    code = Code(ANSWER, has_loops=has_loops)
    assert call(code) == 42
    assert seconds_to_translate(ANSWER, has_loops=has_loops) > 0


@pytest.mark.parametrize("text", ["define nonsense", "define i64 @answer() {\nret i64 %unknown\n}\n"])
def test_text_that_is_wrong_is_refused_and_the_next_is_not(text: str) -> None:
    with pytest.raises(RuntimeError, match="parsing error"):
        Code(text, has_loops=True)
    assert call(Code(ANSWER, has_loops=True)) == 42


def test_functions_live_as_long_as_their_module() -> None:
    """Many modules with functions of the same name."""
    codes = [Code(ANSWER.replace("42", str(n)), has_loops=False) for n in range(20)]
    assert [call(code) for code in codes] == list(range(20))


def test_the_kind_of_translation_is_part_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIFFLAB_CACHE", str(tmp_path))
    for has_loops in (False, True, False):
        Code(ANSWER, has_loops=has_loops)
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(machine, "_identity", lambda: "another processor")
    Code(ANSWER, has_loops=True)
    assert len(list(tmp_path.iterdir())) == 3


def damage(place: Path, how: str) -> None:
    for file in place.iterdir():
        content = file.read_bytes()
        half = len(content) // 2
        damaged = {
            "empty": b"",
            "cut": content[:half],
            "other": b"\0" * len(content),
            "changed": content[:-1] + b"\xff",
        }
        file.write_bytes(damaged[how])


@pytest.mark.parametrize("how", ["empty", "cut", "other", "changed"])
def test_a_program_that_is_damaged_on_disk_is_translated_anew(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIFFLAB_CACHE", str(tmp_path))
    made: list[bool] = []
    translate = translated

    def noting(text: str, has_loops: bool) -> bytes:
        made.append(has_loops)
        return translate(text, has_loops)

    monkeypatch.setattr(machine, "translated", noting)
    graph = traced(lambda x: np.sum(np.exp(x)), X)
    counts = []
    for step in ("nothing is kept", "kept", "damaged", "kept again"):
        if step == "damaged":
            damage(tmp_path, how)
        np.testing.assert_allclose(Program(graph)([X]), np.sum(np.exp(X)), 1e-14)
        counts.append(len(made))
    assert counts == [1, 1, 2, 2]


@pytest.mark.skipif(not vector_variants("exp", "double", 1), reason="the C library has no functions of vectors here")
class TestVectors:
    """Loops become vector instructions, and functions those of vectors."""

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    @pytest.mark.parametrize("function", [np.exp, np.log, np.sin, np.tanh, np.arctan2])
    def test_loops_call_functions_of_vectors(self, function: Any, dtype: Any) -> None:
        inputs = [np.linspace(0.5, 1, 100).astype(dtype)] * function.nin
        loop, number = (written(traced(function, *each)) for each in (inputs, [dtype(0.5)] * function.nin))
        name = {"arctan2": "atan2"}.get(function.__name__, function.__name__)
        kind, name = ("double", name) if dtype is np.float64 else ("float", f"{name}f")
        (widest, lanes), *_ = vector_variants(name, kind, function.nin)
        assert (widest.startswith("_ZGV"), lanes >= 2) == (True, True)
        assert _calls(loop.text, widest, has_loops=True)
        assert not _calls(number.text, widest, has_loops=False)
        assert _calls(number.text, name, has_loops=False)

    def test_sums_are_taken_in_several_lanes(self) -> None:
        """In order, they would be those of np.cumsum to the last bit."""
        x = np.random.default_rng(0).uniform(0, 1, 10_000)
        (found,) = Program(traced(np.sum, x))([x])
        assert found != np.cumsum(x)[-1]
        np.testing.assert_allclose(found, np.sum(x), 1e-14)

    def test_a_machine_without_them_gives_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("difflab.lowering.native.text.vector_variants", lambda *_: ())
        graph = traced(lambda x: np.exp(np.sin(x)), X)
        assert "_ZGV" not in written(graph).text
        np.testing.assert_allclose(Program(graph)([X])[0], np.exp(np.sin(X)), 1e-15)


def _calls(text: str, name: str, *, has_loops: bool) -> bool:
    """Say whether the code of a module refers to a function."""
    names = translated(text, has_loops).split(b"\0")
    return name.encode() in names


def test_an_unknown_function_has_no_vectors() -> None:
    assert vector_variants("nonsense", "double", 1) == ()


def test_several_processes_may_translate_at_once(tmp_path: Path) -> None:
    program = """
import numpy as np
from difflab.lowering.native.program import Program
from tests.engines.passes.graphs import traced

x = np.linspace(-1, 1, 100)
for n in range(10):
    (found,) = Program(traced(lambda x: np.sum(np.exp(x) + n), x))([x])
    assert abs(found - np.sum(np.exp(x) + n)) < 1e-11
print("right")
"""
    environment = {**os.environ, "DIFFLAB_CACHE": str(tmp_path / "programs")}
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0] for process in started] == ["right\n"] * 3
    assert len(list((tmp_path / "programs").iterdir())) == 10
