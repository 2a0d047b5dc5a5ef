"""Copies to a device beside its computations: in which order, and that the loader gives the same batches by them."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.arrays import Uploads
from difflab.data import Loader
from tests.devices.fake_cupy import FakeCuPy

INPUTS = np.arange(24.0, dtype=np.float32).reshape(12, 2)
LABELS = np.arange(12)


def queue(cupy: FakeCuPy) -> list[Any]:
    """Give what the device was asked for, with the names of its queues."""
    return [(what, *(str(each) for each in on)) for what, *on in cupy.log]


def test_a_copy_waits_for_the_computations_before_it_and_those_after_for_it(cupy: FakeCuPy) -> None:
    uploads = Uploads("cuda")
    (array,) = uploads.ready(uploads.begin([INPUTS]))
    assert np.array_equal(array.get(), INPUTS)
    assert queue(cupy) == [
        ("take memory", "computing"),
        ("mark", "computing"),
        ("wait for mark", "copying", "1.0"),
        ("pin", str(INPUTS.nbytes)),
        ("copy", "copying"),
        ("mark", "copying"),
        ("wait for mark", "computing", "5.0"),
    ]


def test_memory_is_kept_until_the_copy_has_ended(cupy: FakeCuPy) -> None:
    uploads = Uploads("cuda")
    first, second = uploads.begin([INPUTS]), uploads.begin([INPUTS])
    first[0].done = False
    uploads.ready(first)
    assert list(uploads.unfinished) == [first, second]
    first[0].done = True
    uploads.ready(second)
    assert not uploads.unfinished


def test_memory_that_nobody_took_is_kept_until_all_copies_have_ended(cupy: FakeCuPy) -> None:
    uploads = Uploads("cuda")
    uploads.begin([INPUTS])
    assert uploads.unfinished
    uploads.close()
    assert queue(cupy)[-1] == ("wait for all", "copying")
    assert not uploads.unfinished


def test_the_cpu_copies_nothing(cupy: FakeCuPy) -> None:
    uploads = Uploads("cpu")
    batch = (INPUTS, LABELS)
    assert uploads.ready(uploads.begin(batch)) is batch
    uploads.close()
    assert cupy.log == []


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_batches_on_a_gpu_are_those_on_the_cpu(arrays: Any, prefetch: int, device: str) -> None:
    here = Loader(INPUTS, LABELS, 5, seed=3, prefetch=prefetch)
    there = Loader(INPUTS, LABELS, 5, seed=3, prefetch=prefetch, device=device)
    for (inputs, labels), (inputs_there, labels_there) in zip(here, there, strict=True):
        assert difflab.arrays.same_device(inputs_there.device, device)
        assert labels_there.device == inputs_there.device
        assert np.array_equal(inputs.numpy(), inputs_there.numpy())
        assert np.array_equal(labels.numpy(), labels_there.numpy())
    assert queue(arrays)[-1] == ("wait for all", "copying")


def test_a_loop_that_is_left_waits_for_its_copies(cupy: FakeCuPy) -> None:
    batches = iter(Loader(INPUTS, LABELS, 2, device="cuda"))
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert queue(cupy)[-1] == ("wait for all", "copying")


def test_a_loader_that_is_made_inside_a_block_loads_there(cupy: FakeCuPy) -> None:
    with difflab.device("cuda"):
        loader = Loader(INPUTS, LABELS, 5)
    inputs, _ = next(iter(loader))
    assert inputs.device == "cuda:0"


def test_a_loader_refuses_a_device_that_is_not_there() -> None:
    with pytest.raises(difflab.DeviceUnavailable, match="no device 'tpu'"):
        Loader(INPUTS, LABELS, 5, device="tpu")
