"""Freed memory is used again, and the environment has the last word."""

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from difflab.heap import keep_freed_memory

keep_freed_memory()

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def work():
    first = np.ones(1 << 20)
    second = first + 1
    return second.sum()

for _ in range(5):
    work()
before = faults()
for _ in range(20):
    work()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc, whose heap this is about")
@pytest.mark.parametrize(("asked", "kept"), [({}, True), ({"MALLOC_TRIM_THRESHOLD_": "131072"}, False)])
def test_arrays_of_a_size_take_the_memory_of_those_before(asked: dict[str, str], kept: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, env={**environment, **asked}
    )
    assert (int(done.stdout) < 100) == kept
