"""Where arrays live. The only file that may name cupy."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .array_likes import is_array_of_another_library
from .errors import DeviceUnavailable, InvalidArgument


def unavailable_reason(device: str | None) -> str | None:
    """Say why `device` ("cpu", "cuda", "cuda:1") cannot be used here, or None if it can."""
    if device in (None, "cpu"):
        return None
    if not (device or "").startswith("cuda"):
        return f"there is no device {device!r}: use 'cpu' or 'cuda'"
    return "difflab does not run on CUDA devices yet: use 'cpu'"


def require_device(device: str | None) -> None:
    """Raise `DeviceUnavailable`, with the reason, if `device` cannot be used here."""
    if reason := unavailable_reason(device):
        raise DeviceUnavailable(f"The device {device!r} cannot be used: {reason}.")


def is_on_gpu(value: Any) -> bool:
    """Say whether `value` is an array in the memory of a CUDA device: CuPy's, or of another library that says so.

    >>> is_on_gpu([1.0])
    False
    """
    return hasattr(value, "__cuda_array_interface__")


def to_host(array: Any) -> Any:
    """Copy an array on a CUDA device into a NumPy array; a NumPy array is given as it is."""
    if is_host(array):
        return array
    for copy in ("get", "copy_to_host"):  # of CuPy, of Numba
        if hasattr(array, copy):
            return getattr(array, copy)()
    import cupy

    return cupy.asarray(array).get()


def to_gpu_of(array: Any, example: Any) -> Any:
    """Copy a NumPy array into a CuPy array on the CUDA device that `example` is on."""
    import cupy

    with cupy.asarray(example).device:
        return cupy.array(array)


def is_host(array: Any) -> bool:
    """Say whether an array, or a number, is in the main memory."""
    return isinstance(array, (np.ndarray, np.generic))


def device_of(array: Any) -> str:
    """Name the device that an array is on: "cpu", "cuda:0".

    >>> device_of(np.ones(2))
    'cpu'
    """
    return "cpu" if is_host(array) else f"cuda:{array.device.id}"


def same_device(one: str, other: str) -> bool:
    """Say whether two names mean one device; "cuda" is the first of its kind."""
    return {"cuda": "cuda:0"}.get(one, one) == {"cuda": "cuda:0"}.get(other, other)


def require_one_device(name: str, operands: Iterable[Any]) -> None:
    """Raise `InvalidArgument` if the operands of a function, called `name`, are arrays on several devices."""
    arrays = [operand for operand in operands if isinstance(operand, np.ndarray) or is_on_gpu(operand)]
    devices = list(dict.fromkeys(map(device_of, arrays)))
    if len(devices) > 1:
        raise InvalidArgument(
            f"{name} was given arrays on {' and '.join(devices)}: bring them to one device first, as "
            f"x.to({devices[-1]!r}) does."
        )


def array(data: Any, dtype: Any = None, device: str | None = None, copy: bool = True) -> Any:
    """Give data as an array of real numbers, integers or booleans on a device.

    Raises:
        InvalidArgument: the data are something else.
        DeviceUnavailable: the device cannot be used here.
    """
    require_device(device)
    if not is_on_gpu(data):
        try:
            known = np.asarray(data) if is_array_of_another_library(data) else data
            data = np.array(known, dtype, copy=True if copy else None)
        except (TypeError, ValueError, RuntimeError) as error:  # the last of PyTorch's tensors that require gradients
            reason = str(error).rstrip(".")
            raise InvalidArgument(
                f"A tensor cannot be made of this {type(data).__name__}: {reason}. Give an array, a number, or lists "
                f"of numbers of equal lengths."
            ) from None
    elif dtype is not None or copy:
        data = data.astype(dtype or data.dtype)
    if data.dtype.kind not in "fiub" or data.dtype.char == "g":
        raise InvalidArgument(
            f"A tensor cannot hold entries of dtype {data.dtype}: give real numbers (float64, float32, float16), "
            f"integers or booleans; of several tensors, np.stack([a, b]) makes one."
        )
    return data


def from_dlpack(array: Any) -> Any:
    """Take over an array of another library where it is; raises `InvalidArgument` if it does not offer its memory."""
    if not hasattr(array, "__dlpack__"):
        raise InvalidArgument(
            f"A {type(array).__name__} does not offer its memory by the DLPack protocol: use Tensor(data)."
        )
    if is_on_gpu(array):
        import cupy

        return cupy.from_dlpack(array)
    return np.from_dlpack(array)


def overwritten(target: Any, source: Any) -> Any:
    """Write `source` into the memory of `target`; gives the array that now holds it, a new one for a number."""
    if isinstance(target, np.generic):
        return np.array(source, target.dtype)
    target[...] = source
    return target


def are_same_entries(one: Any, other: Any) -> bool:
    """Say whether two arrays are the same entries of the same memory, in the same order."""
    name = "__array_interface__" if is_host(one) and is_host(other) else "__cuda_array_interface__"
    return bool(getattr(one, name) == getattr(other, name))


def share_memory(one: Any, other: Any) -> bool:
    """Say whether two arrays look at overlapping memory."""
    if is_host(one) and is_host(other):
        return np.may_share_memory(one, other)
    if not (is_on_gpu(one) and is_on_gpu(other)):
        return False
    import cupy

    return bool(cupy.may_share_memory(one, other))
