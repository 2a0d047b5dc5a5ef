"""The loader: each example once an epoch, orders by the seed alone, resumption, and a thread that does not stay."""

import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

from difflab.data import Loader
from difflab.eager import Tensor
from difflab.errors import InvalidArgument

INPUTS = np.arange(23.0)
LABELS = np.arange(23)


def make(**options: Any) -> Loader:
    return Loader(INPUTS, LABELS, **{"batch_size": 5, **options})


def labels_of(loader: Loader) -> list[list[int]]:
    """Go through an epoch, and give the labels in each batch."""
    batches = []
    for inputs, labels in loader:
        np.testing.assert_array_equal(inputs.numpy(), labels.numpy().astype(float))
        batches.append(labels.tolist())
    return batches


def workers() -> list[str]:
    """Name the threads of loaders that are running."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("difflab-loader")]


@pytest.mark.parametrize("prefetch", [0, 1, 2, 50])
def test_each_example_comes_once_an_epoch(prefetch: int) -> None:
    loader = make(prefetch=prefetch)
    for _ in range(2):
        batches = labels_of(loader)
        assert [len(batch) for batch in batches] == [5, 5, 5, 5, 3]
        assert sorted(label for batch in batches for label in batch) == list(range(23))
    assert workers() == []


def test_without_shuffling_the_order_is_that_of_the_arrays() -> None:
    assert labels_of(make(shuffle=False, drop_last=True)) == np.arange(20).reshape(4, 5).tolist()


@pytest.mark.parametrize(("options", "count"), [({}, 5), ({"drop_last": True}, 4), ({"batch_size": 23}, 1)])
def test_the_length_counts_the_batches(options: dict[str, Any], count: int) -> None:
    loader = make(**options)
    assert len(loader) == count == len(labels_of(loader))


def test_orders_are_those_of_the_seed_whatever_is_prefetched() -> None:
    epochs = [labels_of(loader) for loader in [make(seed=7)] * 3]
    for prefetch in (0, 1, 4):
        again = make(seed=7, prefetch=prefetch)
        assert [labels_of(again) for _ in range(3)] == epochs
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert labels_of(make(seed=8)) != epochs[0]


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("taken", [0, 1, 4, 5, 6, 12])
def test_training_goes_on_from_a_saved_state(taken: int, prefetch: int) -> None:
    whole = make(prefetch=prefetch)
    expected = [batch for _ in range(4) for batch in labels_of(whole)]
    interrupted = make(prefetch=prefetch)
    found: list[list[int]] = []
    state = interrupted.state()
    while len(found) < taken:
        for _, labels in interrupted:
            found.append(labels.tolist())
            state = interrupted.state()
            if len(found) == taken:
                break
    resumed = make(prefetch=prefetch)
    resumed.restore(state)
    while len(found) < len(expected):
        found += labels_of(resumed)
    assert found == expected


def test_a_loop_that_was_left_is_followed_by_the_next_epoch() -> None:
    loader = make()
    next(iter(loader))
    following = make()
    labels_of(following)
    assert labels_of(loader) == labels_of(following)


def test_batches_are_tensors_of_fresh_arrays() -> None:
    loader = make(shuffle=False, batch_size=23)
    inputs, labels = next(iter(loader))
    assert (type(inputs), inputs.requires_grad, labels.dtype) == (Tensor, False, np.int64)
    inputs[:] = -1
    assert INPUTS[1] == 1


def test_a_loop_that_is_left_leaves_no_thread() -> None:
    for _ in make(prefetch=2):
        assert workers()
        break
    assert workers() == []


def test_an_error_in_the_worker_comes_out_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    loader = make(prefetch=2)
    gather = loader._gather

    def failing(chosen: Any) -> Any:
        if len(chosen) < 5:
            raise MemoryError("planted")
        return gather(chosen)

    monkeypatch.setattr(loader, "_gather", failing)
    iterator = iter(loader)
    for _ in range(4):
        next(iterator)
    with pytest.raises(MemoryError, match="planted"):
        next(iterator)
    assert workers() == []


HELD = """
import numpy as np
from difflab.data import Loader
iterator = iter(Loader(np.arange(1000.0), np.arange(1000), batch_size=2))
next(iterator)
"""


def test_an_interpreter_with_an_iterator_in_hand_ends() -> None:
    subprocess.run([sys.executable, "-c", HELD], check=True, timeout=60)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"batch_size": 0}, "batch_size=0 of a loader: give a whole number, 1 or more"),
        ({"batch_size": 2.5}, "batch_size=2.5 of a loader"),
        ({"seed": -1}, "seed=-1 of a loader: give a whole number, 0 or more"),
        ({"prefetch": -1}, "prefetch=-1 of a loader"),
        ({"batch_size": 24, "drop_last": True}, "23 examples make no batch of 24"),
    ],
)
def test_wrong_numbers_are_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgument, match=sentence):
        make(**options)


@pytest.mark.parametrize(
    "state",
    [
        {"seed": 1, "epoch": 0, "batch": 0},
        {"seed": 0, "epoch": 0, "batch": 5},
        {"seed": 0, "epoch": -1, "batch": 0},
        {"seed": 0},
    ],
)
def test_the_state_of_another_loader_is_refused(state: dict[str, int]) -> None:
    with pytest.raises(InvalidArgument, match="is not one of this loader, of seed 0 and 5 batches an epoch"):
        make().restore(state)
