"""What a device is, in words."""

from . import cuda
from .detection import unavailable_reason


def described(device: str) -> str:
    """Name a device, its memory, and the versions of what runs it; or the reason why it cannot be used.

    >>> described("cpu")
    'the CPU'
    >>> described("tpu")
    "not used: there is no device 'tpu': use 'cpu' or 'cuda', or 'cuda:1' and so on"
    """
    if reason := unavailable_reason(device):
        return f"not used: {reason}"
    if device == "cpu":
        return "the CPU"
    found = cuda.properties(device)
    driver, runtime = cuda.versions()
    return (
        f"{found['name'].decode()}, {found['totalGlobalMem'] / 2**30:.0f} GiB, "
        f"compute capability {found['major']}.{found['minor']}, driver for CUDA {_release(driver)}, "
        f"CUDA {_release(runtime)}, CuPy {cuda.cupy().__version__}"
    )


def _release(number: int) -> str:
    """Write a version as CUDA numbers it.

    >>> _release(12090)
    '12.9'
    """
    return f"{number // 1000}.{number % 1000 // 10}"
