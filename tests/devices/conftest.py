"""What stands for CuPy where there is no GPU; where there is one, many tests run on it as well."""

import sys
from importlib import import_module
from typing import Any

import pytest

from difflab.arrays import unavailable_reason
from tests.devices.fake_cupy import FakeCuPy


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch) -> FakeCuPy:
    """Give a machine with two GPUs."""
    module = FakeCuPy()
    for name, part in module.modules().items():
        monkeypatch.setitem(sys.modules, name, part)
    return module


@pytest.fixture
def arrays(request: pytest.FixtureRequest) -> Any:
    """Give the module that makes arrays on a device: the stand-in, or CuPy."""
    return request.getfixturevalue("cupy") if request.param == "stand-in" else import_module("cupy")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that take `arrays` on the stand-in, and as tests marked `gpu` on a GPU if there is one."""
    if "arrays" in metafunc.fixturenames:
        real = () if unavailable_reason("cuda") else (pytest.param("gpu", marks=pytest.mark.gpu),)
        metafunc.parametrize("arrays", ["stand-in", *real], indirect=True)
