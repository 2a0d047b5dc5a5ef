"""What can be used here, and why not, in a sentence with a remedy; tried once."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.arrays import unavailable_reason
from tests.devices.fake_cupy import CUDARuntimeError, FakeCuPy


class Failing(FakeCuPy):
    """A machine whose GPU fails in some way when it computes."""

    def __init__(self, error: BaseException):
        super().__init__()
        self.error = error
        self.tries = 0

    def ones(self, shape: Any) -> Any:
        self.tries += 1
        raise self.error


class OutOfMemoryError(MemoryError):
    """As CuPy's."""


REASONS = [
    (CUDARuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient"), "no NVIDIA driver", "cpu"),
    (CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected"), "no NVIDIA driver", "--gpus all"),
    (ImportError("libnvrtc.so.12: cannot open shared object file"), "libraries of the CUDA toolkit", "pip install"),
    (RuntimeError("CuPy failed to load libnvrtc.so.12: OSError: libnvrtc"), "libraries of the CUDA", "cuda12"),
    (ImportError('Failure finding "libcublasLt.so.13 or libcublasLt.so.12": No such file'), "libraries", "cuda12"),
    (RuntimeError("CUBLAS_STATUS_EXECUTION_FAILED"), "CuPy failed with RuntimeError: CUBLAS_STATUS", "show_config"),
    (RuntimeError("Failed to auto-detect CUDA root directory."), "libraries of the CUDA toolkit", "pip install"),
    (OutOfMemoryError("Out of memory allocating 512 bytes"), "memory of the GPU is full", "nvidia-smi"),
    (CUDARuntimeError("cudaErrorMemoryAllocation: out of memory"), "memory of the GPU is full", "nvidia-smi"),
    (CUDARuntimeError("cudaErrorNoKernelImageForDevice: no kernel image"), "does not fit this build", "cuda13"),
    (CUDARuntimeError("cudaErrorUnknown: a riddle.\nsecond line"), "CuPy failed with CUDARuntimeError", "show_config"),
]


@pytest.mark.parametrize(("error", "reason", "remedy"), REASONS, ids=lambda each: str(each)[:40])
def test_each_failure_has_a_reason_and_a_remedy_in_one_line(
    error: BaseException, reason: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cupy = Failing(error)
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    found = unavailable_reason("cuda")
    assert found is not None
    assert reason in found
    assert remedy in found
    assert "\n" not in found
    assert unavailable_reason("cuda") == found
    assert cupy.tries == 1
    with pytest.raises(difflab.DeviceUnavailable, match=f"The device 'cuda' cannot be used: .*{reason}"):
        difflab.Tensor([1.0], device="cuda")


def test_a_missing_cupy_is_told_from_one_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert str(unavailable_reason("cuda")).startswith("CuPy is not installed: pip install 'difflab[cuda12]'")
    broken = SimpleNamespace(find_spec=_broken)
    monkeypatch.delitem(sys.modules, "cupy")
    monkeypatch.setattr(sys, "meta_path", [broken])
    assert "no NVIDIA driver" in str(unavailable_reason("cuda"))


def _broken(*_: Any) -> Any:
    raise ImportError("libcuda.so.1: cannot open shared object file")


def test_a_gpu_that_computes_can_be_used(cupy: FakeCuPy) -> None:
    assert unavailable_reason("cuda") is None
    assert unavailable_reason("cuda:1") is None
    assert "no GPU of that number" in str(unavailable_reason("cuda:2"))


@pytest.mark.parametrize("wrong", ["kernel", "product"])
def test_a_gpu_that_computes_wrongly_cannot(cupy: FakeCuPy, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if wrong == "kernel":
        monkeypatch.setattr(cupy, "ones", lambda shape: cupy.array(np.zeros(shape)))
    else:
        monkeypatch.setattr(cupy, "matmul", lambda one, other: one)
    assert str(unavailable_reason("cuda")).startswith("1 + 1 is not 2 there")


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cuda:", "cuda:-1", "cuda:01", "cuda:\u0661", "", 0, 1, b"cuda"])
def test_other_names_are_no_devices(name: Any) -> None:
    assert f"there is no device {name!r}: use 'cpu' or 'cuda'" in str(unavailable_reason(name))


def test_a_block_needs_a_name(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.DeviceUnavailable, match="there is no device 'None'"), difflab.device(None):  # type: ignore[arg-type]
        pass
