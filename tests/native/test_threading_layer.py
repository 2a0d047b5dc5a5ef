"""The library of threads is oneTBB where it is installed, else Numba's own work queue; loops are right with either."""

import importlib.metadata
import subprocess
import sys
from typing import Any

import numba
import pytest

from difflab.native import threading_layer
from difflab.native.threading_layer import LIBRARY, choose_threading_layer

PROGRAM = """
import sys
import importlib.metadata
if "{fault}":
    files = importlib.metadata.files
    {fault}
import numba
import numpy
from difflab.native.activations import rectify

x, y = numpy.linspace(-1, 1, 1 << 18), numpy.zeros(1 << 18)
rectify(x, y)
print(numba.threading_layer(), bool((y == numpy.maximum(x, 0)).all()))
"""
MISSING = "importlib.metadata.files = lambda name: [] if name == 'tbb' else files(name)"
"""The planted fault: a package without its library."""


def has_library() -> bool:
    try:
        return any(file.name == LIBRARY for file in importlib.metadata.files("tbb") or [])
    except importlib.metadata.PackageNotFoundError:
        return False


def chosen(fault: str) -> list[str]:
    """Run a loop in a new process, in which a fault is planted; give the library that ran it, and if it was right."""
    program = PROGRAM.format(fault=fault)
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.skipif(not has_library(), reason="oneTBB is not installed")
def test_threads_are_those_of_onetbb() -> None:
    assert chosen("") == ["tbb", "True"]


def test_without_it_they_are_numbas_own() -> None:
    assert chosen(MISSING) == ["workqueue", "True"]


@pytest.mark.parametrize(
    "error", [importlib.metadata.PackageNotFoundError("tbb"), OSError("no such library"), ImportError("no tbbpool")]
)
def test_whatever_is_missing_there_is_a_choice(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> Any:
        raise error

    monkeypatch.setattr(numba.config, "THREADING_LAYER", "anything")
    monkeypatch.setattr(threading_layer.importlib.metadata, "files", fails)
    choose_threading_layer()
    assert numba.config.THREADING_LAYER == "workqueue"
