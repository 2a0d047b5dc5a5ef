"""Where arrays are, and bringing them elsewhere."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..array_likes import is_array_of_another_library
from ..carrier import Carrier
from ..errors import InvalidArgument
from . import cuda
from .default import default_device
from .detection import require_device


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
    return cuda.adopted(array).get()


def on_the_cpu(leaf: Any) -> Any:
    """Copy an array on a device to the CPU; one without axes becomes a number. Others are given as they are."""
    return to_host(leaf)[()] if is_on_gpu(leaf) else leaf


def as_array(value: Any) -> Any:
    """Give an array on a device as it is, and anything else as one of NumPy."""
    return value if type(value) is not np.ndarray and is_on_gpu(value) else np.asarray(value)


def host_copy(array: Any) -> Any:
    """Copy an array, wherever it is, into a new NumPy array."""
    return np.array(to_host(array))


def to_gpu_of(array: Any, example: Any) -> Any:
    """Copy a NumPy array into a CuPy array on the CUDA device that `example` is on."""
    return cuda.uploaded(array, device_of(cuda.adopted(example)))


def moved(array: Any, device: str) -> Any:
    """Copy an array, or a number, of any dtype to another device."""
    return to_host(array) if same_device(device, "cpu") else cuda.uploaded(array, device)


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
    """Raise `InvalidArgument` if the operands of a function, called `name`, are arrays on several devices.

    Or if they are on a CUDA device other than the current one, which CuPy would compute on.
    """
    arrays = [operand for operand in operands if isinstance(operand, np.ndarray) or is_on_gpu(operand)]
    devices = list(dict.fromkeys(map(device_of, arrays)))
    if len(devices) > 1:
        raise InvalidArgument(
            f"{name} was given arrays on {' and '.join(devices)}: bring them to one device first, as "
            f"x.to({devices[-1]!r}) does with a tensor, and make constants there, as np.ones_like(x) does."
        )
    if devices and devices != ["cpu"] and devices != [current := cuda.current_device()]:
        raise InvalidArgument(
            f"{name} was given arrays on {devices[0]} while {current} computes: write it inside a block `with "
            f"difflab.device({devices[0]!r}):`."
        )


def place_of(*operands: Any) -> Any:
    """Give the array behind the first operand on a device, for NumPy's functions that make a new array beside it.

    Rules make all their arrays by it: a constant that is made without is on the CPU. CuPy 14 does not understand how
    NumPy hands on `np.ones`, `np.eye` and `np.full`: write `np.ones_like`, `np.identity`, `np.full_like`.

    >>> np.arange(3, like=place_of(np.ones(2), 1.0))
    array([0, 1, 2])
    """
    for x in operands:
        while isinstance(x, Carrier):
            x = x.underlying
        if type(x) is not np.ndarray and hasattr(x, "__array_function__"):
            return x
    return _ON_THE_CPU


_ON_THE_CPU = np.empty(0)
"""What NumPy's arrays, and numbers, are like."""


def beside(array: Any, x: Any) -> Any:
    """Give a NumPy array, of indices say, as one on the device that `x` is on; anything else as it is."""
    return np.asarray(array, like=place_of(x)) if type(array) is np.ndarray else array


MAKERS: frozenset[Any] = frozenset(
    {np.arange, np.array, np.asarray, np.empty, np.eye, np.full, np.identity, np.ones, np.tri, np.zeros}
)
"""NumPy's functions that make a new array, beside another one by their parameter `like`."""


def made_beside(maker: Any, args: Any, options: Any, x: Any) -> Any:
    """Call one of the `MAKERS`, as it was called with `like=x`; the array is made on the device that `x` is on.

    One made of values under differentiation is left to what NumPy makes of them, an array of objects.
    """
    made = maker(*args, **options)
    return made if made.dtype == object else beside(made, x)


def array(data: Any, dtype: Any = None, device: str | None = None, copy: bool = True) -> Any:
    """Give data as an array of real numbers, integers or booleans on a device.

    Args:
        data: an array, a number, or nested lists of numbers.
        dtype: of the entries; by default, NumPy's choice for the data.
        device: where; by default where the data is, if it is on a CUDA device, and else the `default_device`.
        copy: whether to make a new array in any case.

    Raises:
        InvalidArgument: the data are something else.
        DeviceUnavailable: the device cannot be used here.
    """
    require_device(device)
    here = device_of(data) if is_on_gpu(data) else "cpu"
    there = device or (default_device() if here == "cpu" else here)
    moves = not same_device(here, there)
    array = (_array_on_the_cpu if here == "cpu" else _array_on_cuda)(data, dtype, copy and not moves)
    if array.dtype.kind not in "fiub" or array.dtype.char == "g":
        raise InvalidArgument(
            f"A tensor cannot hold entries of dtype {array.dtype}: give real numbers (float64, float32, float16), "
            f"integers or booleans; of several tensors, np.stack([a, b]) makes one."
        )
    if not moves:
        return array
    return to_host(array) if there == "cpu" else cuda.uploaded(array, there)


def _array_on_the_cpu(data: Any, dtype: Any, copy: bool) -> Any:
    try:
        known = np.asarray(data) if is_array_of_another_library(data) else data
        return np.array(known, dtype, copy=True if copy else None)
    except (TypeError, ValueError, RuntimeError) as error:  # the last of PyTorch's tensors that require gradients
        reason = str(error).rstrip(".")
        raise InvalidArgument(
            f"A tensor cannot be made of this {type(data).__name__}: {reason}. Give an array, a number, or lists "
            f"of numbers of equal lengths."
        ) from None


def _array_on_cuda(data: Any, dtype: Any, copy: bool) -> Any:
    found = data if hasattr(data, "__array_function__") else cuda.adopted(data)
    return found.astype(dtype or found.dtype, copy=copy)


def from_dlpack(array: Any) -> Any:
    """Take over an array of another library where it is; raises `InvalidArgument` if it does not offer its memory."""
    if not hasattr(array, "__dlpack__"):
        raise InvalidArgument(
            f"A {type(array).__name__} does not offer its memory by the DLPack protocol: use Tensor(data)."
        )
    if is_on_gpu(array):
        return cuda.adopted_by_dlpack(array)
    return np.from_dlpack(array)


def assign(target: Any, index: tuple[Any, ...], values: Any) -> None:
    """Write `target[index] = values`, so that of several values for one entry the last stays.

    As NumPy does by itself; CuPy leaves open which of them stays, so there each is replaced by the last beforehand.

    >>> x = np.zeros(3)
    >>> assign(x, (np.array([0, 0, 2]),), np.array([1.0, 2.0, 3.0]))
    >>> x
    array([2., 0., 3.])
    """
    if not is_host(target) and any(getattr(part, "ndim", 0) and part.dtype != bool for part in index):
        numbers = np.zeros(target.shape, np.uint64, like=target)  # a dtype that CuPy has an atomic maximum for
        places = numbers[index]
        order = np.arange(1, places.size + 1, dtype=np.uint64, like=target).reshape(places.shape)
        np.maximum.at(numbers, index, order)
        last = numbers[index].astype(np.int64) - 1
        if getattr(values, "ndim", 0):
            fitting = values.reshape(values.shape[max(0, values.ndim - places.ndim) :])  # leading axes of length 1
            values = np.broadcast_to(fitting, places.shape).reshape(-1)[last]
    target[index] = values


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
    return is_on_gpu(one) and is_on_gpu(other) and cuda.share_memory(one, other)
