"""Which devices can be used here, and if one cannot, why not, with a remedy.

`import cupy` succeeds without a GPU, and CuPy finds a GPU where the libraries are missing that it computes by. So a
device counts as usable when it has computed something: a sum, by a kernel that is compiled for it, and a product of
matrices, by cuBLAS. That is tried once in a process.
"""

import re
from functools import cache
from typing import Any

import numpy as np

from ..errors import DeviceUnavailable
from . import cuda

NAME = re.compile(r"cuda(:(0|[1-9][0-9]*))?")
"""Of a CUDA device, one name for each."""

_INSTALL = "pip install 'difflab[cuda12]', or 'difflab[cuda13]' for a driver of CUDA 13"

_REASONS = (
    (
        r"InsufficientDriver|NoDevice\b|libcuda\.so|StubLibrary",
        "CuPy finds no NVIDIA driver with a GPU: install the driver, start the container with GPUs (docker run "
        "--gpus all), or use 'cpu'",
    ),
    (
        r"InvalidDevice|invalid device ordinal",
        "there is no GPU of that number here: use a lower one, as in 'cuda:0', and look at CUDA_VISIBLE_DEVICES",
    ),
    (
        r"MemoryAllocation|OutOfMemory|ALLOC_FAILED",
        "the memory of the GPU is full: end what else runs on it (nvidia-smi lists it), or use 'cpu'",
    ),
    (
        r"UnsupportedPtxVersion|NoKernelImageForDevice|invalid value for --gpu-architecture|SystemDriverMismatch",
        f"the driver or the GPU does not fit this build of CuPy: {_INSTALL}",
    ),
    (
        r"lib(nvrtc|cublas|cudart|cusolver|nvJitLink)\w*\.so|CUDA (root|headers|path)|DynamicLibNotFound",
        f"CuPy finds the GPU, but not the libraries of the CUDA toolkit: {_INSTALL}, which bring them",
    ),
)
"""What an error is recognised by, and what it means. The first that fits."""


def unavailable_reason(device: Any) -> str | None:
    """Say why `device` ("cpu", "cuda", "cuda:1") cannot be used here, or None if it can.

    >>> unavailable_reason("cpu")
    >>> unavailable_reason("tpu")
    "there is no device 'tpu': use 'cpu' or 'cuda', or 'cuda:1' and so on"
    """
    if device in (None, "cpu"):
        return None
    if not (isinstance(device, str) and NAME.fullmatch(device)):
        return f"there is no device {device!r}: use 'cpu' or 'cuda', or 'cuda:1' and so on"
    try:
        library = cuda.cupy()
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "cupy":
            return f"CuPy is not installed: {_INSTALL}"
        return in_words(error)
    return _reason(library, cuda.number_of(device))


def require_device(device: str | None) -> None:
    """Raise `DeviceUnavailable`, with the reason, if `device` cannot be used here."""
    if reason := unavailable_reason(device):
        raise DeviceUnavailable(f"The device {device!r} cannot be used: {reason}.")


@cache
def _reason(library: Any, number: int) -> str | None:
    try:
        computes = _trial(library, number)
    except Exception as error:  # noqa: BLE001  (each library behind it has errors of its own)
        return in_words(error)
    return None if computes else "1 + 1 is not 2 there: the GPU or its driver is broken, so use 'cpu'"


def _trial(library: Any, number: int) -> bool:
    """Run a kernel of one entry and a product of 2×2 matrices; say whether they are right."""
    with library.cuda.Device(number):
        two = library.ones(1) + 1
        twos = library.matmul(library.ones((2, 2)), library.ones((2, 2)))
        return bool(np.all(two.get() == 2) and np.all(twos.get() == 2))


def in_words(error: BaseException) -> str:
    """Say what an error of CuPy means, and what helps.

    >>> in_words(ImportError("libcublas.so.12: cannot open shared object file"))
    "CuPy finds the GPU, but not the libraries of the CUDA toolkit: pip install ..."
    """
    text = f"{type(error).__name__}: {error}"
    for pattern, reason in _REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return reason
    first = text.splitlines()[0].rstrip(".")
    return f'CuPy failed with {first}: python -c "import cupy; cupy.show_config()" tells more'
