"""What is kept on disk is what was made; damage and folders that cannot be used cost time alone."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from difflab.lowering.native import cache


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIFFLAB_CACHE", str(tmp_path / "programs"))
    return tmp_path / "programs"


def test_what_is_kept_is_not_made_again(place: Path) -> None:
    assert cache.cached("key", lambda: b"first") == b"first"
    assert cache.cached("key", lambda: b"second") == b"first"
    assert cache.cached("other key", lambda: b"second") == b"second"
    assert len(list(place.iterdir())) == 2


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-1], lambda whole: b"", lambda whole: whole[:40] + b"x" + whole[41:]]
)
def test_a_damaged_file_is_made_anew(place: Path, damage: object) -> None:
    assert callable(damage)
    cache.cached("key", lambda: b"a program of some length")
    (file,) = place.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert cache.cached("key", lambda: b"made anew") == b"made anew"
    assert cache.cached("key", lambda: b"not made") == b"made anew"


def test_a_folder_that_cannot_be_made_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIFFLAB_CACHE", str(tmp_path / "file" / "programs"))
    assert cache.cached("key", lambda: b"first") == b"first"
    assert cache.cached("key", lambda: b"second") == b"second"


def test_nothing_is_kept_where_no_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIFFLAB_CACHE", "")
    assert cache.folder() is None
    assert cache.cached("key", lambda: b"first") == b"first"
    assert cache.cached("key", lambda: b"second") == b"second"


def test_the_oldest_files_make_room(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 4)
    for number in range(4):
        cache.cached(f"key {number}", lambda: b"program")
    for age, file in enumerate(sorted(place.iterdir())):
        os.utime(file, (age, age))
    kept = sorted(place.iterdir())[2:]
    cache.cached("one more", lambda: b"program")
    assert len(list(place.iterdir())) == 3
    assert set(kept) < set(place.iterdir())


def test_many_may_write_the_same_at_once(place: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: cache.cached("key", lambda: b"program %d" % n), range(64)))
    assert cache.cached("key", lambda: b"not made") in found
    assert len(list(place.iterdir())) == 1


def test_programs_are_found_by_another_process(place: Path) -> None:
    program = """
import numpy as np
import difflab
from difflab.lowering.native import machine
from difflab.methods import ReverseCompiled

translated = machine.translated
made = []
machine.translated = lambda *arguments: made.append(1) or translated(*arguments)
prepared = difflab.prepare(lambda x: np.sum(np.exp(x)), np.ones(3), method=ReverseCompiled("native"))
print(prepared.gradient(np.zeros(3)).tolist(), len(made))
"""
    found = [
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout for _ in "ab"
    ]
    assert found == ["[1.0, 1.0, 1.0] 1\n", "[1.0, 1.0, 1.0] 0\n"]
