"""Time and memory on each device."""

import tracemalloc

import numpy as np
import pytest

from difflab.arrays import array, described, measured_memory, synchronize, timed
from tests.devices.fake_cupy import FakeCuPy


def test_the_time_of_a_gpu_is_that_between_two_marks_in_its_queue(cupy: FakeCuPy) -> None:
    with timed("cuda:1") as elapsed:
        cupy.machine.note("work")
        assert cupy.cuda.Device().id == 1
    assert [what for what, *_ in cupy.log] == ["mark", "work", "mark", "wait on the CPU"]
    assert elapsed.seconds == 2.0  # the fake device takes a second for each thing that it is asked for


def test_the_time_of_the_cpu_grows() -> None:
    with timed("cpu") as elapsed:
        sum(range(1000))
    assert 0 < elapsed.seconds < 60


def test_to_wait_for_a_gpu_is_to_wait_for_its_queue(cupy: FakeCuPy) -> None:
    synchronize("cpu")
    assert cupy.log == []
    synchronize("cuda")
    assert cupy.log == [("wait for all", cupy.main)]


def test_the_memory_of_a_gpu_is_what_its_pool_hands_out(cupy: FakeCuPy) -> None:
    with measured_memory("cuda") as memory:
        for size, device in ((1024, 0), (512, 0), (-1024, 0), (4096, 1)):
            cupy.take_memory(size, device)
        assert (memory.in_use, memory.peak) == (512, 1536)
    cupy.take_memory(2048)
    assert (memory.in_use, memory.peak) == (512, 1536)


def test_the_memory_of_a_part_can_be_measured_within_that_of_the_whole(cupy: FakeCuPy) -> None:
    with measured_memory("cuda") as whole:
        cupy.take_memory(1024)
        with measured_memory("cuda") as part:
            cupy.take_memory(512)
    assert (whole.peak, part.peak) == (1536, 512)


@pytest.mark.parametrize("traced_before", [False, True])
def test_the_memory_of_the_cpu_is_what_numpy_allocates(traced_before: bool) -> None:
    if traced_before:
        tracemalloc.start()
        np.zeros(10**6)
    try:
        with measured_memory("cpu") as memory:
            kept = np.zeros(1000)
            np.zeros(5000)
            assert 8000 <= memory.in_use < 9000
        assert 48_000 <= memory.peak < 49_000
        del kept
        assert 8000 <= memory.in_use < 9000
        assert tracemalloc.is_tracing() == traced_before
    finally:
        tracemalloc.stop()


@pytest.mark.gpu
def test_a_gpu_is_named_and_measured() -> None:
    x = array(np.ones(2**20), device="cuda")
    with timed("cuda") as elapsed, measured_memory("cuda") as memory:
        y = 2 * x
        del y
    assert 0 < elapsed.seconds < 60
    assert 2**23 <= memory.peak < 2**23 + 2**20
    assert memory.in_use == 0
    assert "GiB, compute capability" in described("cuda")
