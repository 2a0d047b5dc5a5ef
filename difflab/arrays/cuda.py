"""CuPy and its devices: the only module that names CuPy, which is loaded when a device is first asked for.

Names of devices are "cuda", which is the first, and "cuda:0", "cuda:1", ….
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def cupy() -> Any:
    """Load CuPy; raises `ImportError` where it is missing."""
    import cupy as loaded

    return loaded


def special_functions() -> Any:
    """Give CuPy's counterparts of `scipy.special`."""
    import cupyx.scipy.special

    return cupyx.scipy.special


def number_of(device: str) -> int:
    """Give the number of a CUDA device.

    >>> number_of("cuda"), number_of("cuda:1")
    (0, 1)
    """
    return int(device.partition(":")[2] or 0)


@contextmanager
def current(device: str) -> Iterator[None]:
    """Make a device the one that new arrays of CuPy are made on, and that kernels run on; "cpu" changes nothing."""
    if device == "cpu":
        yield
        return
    with cupy().cuda.Device(number_of(device)):
        yield


def current_device() -> str:
    """Name the CUDA device that kernels run on now."""
    return f"cuda:{cupy().cuda.Device().id}"


def properties(device: str) -> Any:
    """Give what the CUDA runtime says of a device: name, totalGlobalMem (bytes), major, minor, and more."""
    return cupy().cuda.runtime.getDeviceProperties(number_of(device))


def versions() -> tuple[int, int]:
    """Give the versions of CUDA that the driver knows, and that CuPy uses; 12090 is 12.9."""
    runtime = cupy().cuda.runtime
    return runtime.driverGetVersion(), runtime.runtimeGetVersion()


def uploaded(array: Any, device: str) -> Any:
    """Copy an array, of NumPy or of any library on a CUDA device, into a new array of CuPy on a CUDA device."""
    with current(device):
        return cupy().array(array)


def adopted(array: Any) -> Any:
    """Give an array of another library that is on a CUDA device as one of CuPy, of the same memory."""
    return cupy().asarray(array)


def adopted_by_dlpack(array: Any) -> Any:
    """Do the same by the DLPack protocol."""
    return cupy().from_dlpack(array)


def share_memory(one: Any, other: Any) -> bool:
    """Say whether two arrays on CUDA devices look at overlapping memory."""
    return bool(cupy().may_share_memory(one, other))
