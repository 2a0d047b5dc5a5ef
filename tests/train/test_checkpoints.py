"""A checkpoint gives back what was saved, is whole or not there, and another file is refused in a sentence."""

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from difflab.errors import InvalidArgument
from difflab.train import writing
from difflab.train.checkpoints import load, save

RANDOM = np.random.default_rng(0)
STATE: dict[str, Any] = {
    "model": {"0.weight": RANDOM.random((3, 2), np.float32), "0.bias": np.float64([0.1, np.nan, -np.inf])},
    "optimizer": {"moments": [np.zeros((0, 4)), np.array(2.5), np.arange(4)[::2]], "steps": 7, "rate": 0.1 + 0.2},
    "generator": RANDOM.bit_generator.state,
    "other": [None, True, "text", float("inf"), {}],
}


def assert_same(one: Any, other: Any) -> None:
    """Compare nests bit for bit, types included."""
    if isinstance(one, dict):
        assert list(one) == list(other)
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for value, another in zip(one, other, strict=True):
            assert_same(value, another)
    elif isinstance(one, np.ndarray):
        assert (one.shape, one.dtype, one.tobytes()) == (other.shape, other.dtype, other.tobytes())
    else:
        assert (type(one), repr(one)) == (type(other), repr(other))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.safetensors"


def test_what_was_saved_is_given_back_bit_for_bit(path: Path) -> None:
    save(path, STATE)
    assert_same(load(path), STATE)


def test_arrays_have_dotted_names_and_all_else_is_json(path: Path) -> None:
    save(path, STATE)
    assert set(load_file(path)) == {
        *("model.0.weight", "model.0.bias"),
        *(f"optimizer.moments.{place}" for place in range(3)),
    }


def test_a_restored_generator_draws_the_same(path: Path) -> None:
    generator = np.random.default_rng(5)
    save(path, {"generator": generator.bit_generator.state})
    expected = generator.random(3)
    other = np.random.default_rng()
    other.bit_generator.state = load(path)["generator"]
    assert other.random(3).tolist() == expected.tolist()


def test_saving_replaces_and_leaves_nothing_beside(path: Path) -> None:
    save(path, {"step": 1})
    save(path, {"step": 2})
    assert load(path) == {"step": 2}
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_while_saving_leaves_what_was_there(
    path: Path, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    save(path, {"step": 1})
    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (writing.Path, "replace")), fail)
    with pytest.raises(InvalidArgument, match=r"cannot write a checkpoint there: No space left on device"):
        save(path, {"step": 2})
    assert load(path) == {"step": 1}


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def shortened_to_its_head(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def replaced_by_text(path: Path) -> None:
    path.write_text("epoch,loss\n" * 30)


def replaced_by_weights(path: Path) -> None:
    save_file({"weight": np.ones(3)}, path)


def of_another_version(path: Path) -> None:
    save_file({"weight": np.ones(3)}, path, {"format": "difflab.train checkpoint 0", "state": json.dumps({})})


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (truncated, "is no whole checkpoint"),
        (shortened_to_its_head, "is no whole checkpoint"),
        (emptied, "is no whole checkpoint"),
        (replaced_by_text, "is no whole checkpoint"),
        (replaced_by_weights, "no checkpoint of this version"),
        (of_another_version, "no checkpoint of this version"),
        (removed, "cannot read a checkpoint there: No such file"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_a_sentence(path: Path, harm: Any, words: str) -> None:
    save(path, STATE)
    harm(path)
    with pytest.raises(InvalidArgument, match=f"^{re.escape(str(path))}.*{words}"):
        load(path)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"model": {"layer": object()}}, r"model\.layer of the state is a object"),
        ({"model": {3: 1.0}}, r"model of the state has the key 3"),
        ({"a.b": np.ones(1), "a": {"b": np.ones(1)}}, r"Two arrays of the state are called a\.b"),
    ],
)
def test_what_cannot_be_saved_is_a_sentence(path: Path, state: Any, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        save(path, state)
    assert not path.exists()
