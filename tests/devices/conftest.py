"""The stand-in for CuPy, in its place."""

import sys

import pytest

from tests.devices.fake_cupy import FakeCuPy


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch) -> FakeCuPy:
    """Give a machine with two GPUs."""
    module = FakeCuPy()
    for name, part in module.modules().items():
        monkeypatch.setitem(sys.modules, name, part)
    return module
