"""The device that tensors are made on where none is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from . import cuda
from .detection import require_device

_default: ContextVar[str] = ContextVar("device", default="cpu")


@contextmanager
def device(name: str) -> Iterator[None]:
    """Make tensors on a device, inside: "cpu", "cuda", "cuda:1".

    That is what `Tensor` makes of lists, numbers and NumPy arrays, and so the parameters of modules and the batches of
    a loader. What is on a device already stays there. NumPy's functions still make NumPy arrays: of constants on the
    device write `np.ones_like(x)`. It holds for this thread, and inside nested blocks the innermost holds.

    Raises:
        DeviceUnavailable: the device cannot be used here; the message says why.

    >>> from difflab import Tensor
    >>> with device("cpu"):
    ...     Tensor([1.0]).device
    'cpu'
    """
    require_device(str(name))
    token = _default.set(name)
    try:
        with cuda.current(name):
            yield
    finally:
        _default.reset(token)


def default_device() -> str:
    """Name the device that tensors are made on now.

    >>> default_device()
    'cpu'
    """
    return _default.get()
