"""Loops for one thread and for several: not taken for each other by the cache, and run after a fork too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import numba, numpy
from difflab.native.threads import serial_and_parallel

def loop(x):
    for i in numba.prange(x.size):
        x[i] += 1

def carelessly(loop):
    return numba.njit(cache=True)(loop), numba.njit(cache=True, parallel=True)(loop)

serial, parallel = {compiler}(loop)
x = numpy.zeros(3)
serial(x), parallel(x)
print(*map(int, x), sum(parallel.stats.cache_hits.values()))
"""


@pytest.mark.parametrize(("compiler", "hits"), [("serial_and_parallel", 0), ("carelessly", 1)])
def test_each_loop_has_its_own_place_in_the_cache(compiler: str, hits: int, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(MODULE.format(compiler=compiler), encoding="utf-8")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", "import planted"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert done.stdout.split() == ["2", "2", "2", str(hits)]


def test_a_forked_process_runs_parallel_loops_too() -> None:
    """As a loader's workers may."""
    program = """
import os
import numpy
from difflab.native.activations import rectify
x, y = numpy.ones(1 << 16), numpy.zeros(1 << 16)
rectify(x, y)
if (child := os.fork()) == 0:
    rectify(2 * x, y)
    os._exit(int(y.sum() != 2 << 16))
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["0"], done.stderr
