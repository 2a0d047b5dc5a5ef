"""Copies from the main memory to a device while it computes.

The device's own copying engine reads *pinned* memory, which stays where it is, without the CPU. It works through a
queue (a stream) of copies beside that of the computations. Each waits for the other only where it has to:

* a copy begins when all computations have ended that were asked for before it, because they may still use the memory
  that it writes to, which the pool may have handed out anew;
* computations that are asked for after `ready()` begin when the copy has ended.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import Array
from . import cuda

Pending = tuple[Any, list[Array], list[Array]]
"""The event that marks the end of copies, the arrays on the device, and the pinned ones that are read."""


class Uploads:
    """Brings batches to a device: begun in one thread, used in another, which makes this object.

    On the CPU batches are given as they are.
    """

    def __init__(self, device: str):
        self.device = device
        self.unfinished: deque[Pending] = deque()
        """Handed out or not, what the device may still be copying."""
        if device != "cpu":
            with cuda.current(device):
                self.computing = cuda.cupy().cuda.get_current_stream()
                self.copying = cuda.cupy().cuda.Stream(non_blocking=True)

    def begin(self, batch: Sequence[Array]) -> Any:
        """Begin to copy NumPy arrays to the device; gives what `ready` takes."""
        if self.device == "cpu":
            return batch
        library = cuda.cupy()
        with cuda.current(self.device):
            with self.computing:  # so that the pool hands out memory in the order of the computations
                arrays = [library.empty(array.shape, array.dtype) for array in batch]
                before = self.computing.record()
            self.copying.wait_event(before)
            pinned = [_pinned(array) for array in batch]
            for target, source in zip(arrays, pinned, strict=True):
                target.set(source, self.copying)
            pending = self.copying.record(), arrays, pinned
        self.unfinished.append(pending)
        return pending

    def ready(self, pending: Any) -> Sequence[Array]:
        """Give arrays on the device, which computations that are asked for from now on may use."""
        if self.device == "cpu":
            batch: Sequence[Array] = pending
            return batch
        event, arrays, _ = pending
        self.computing.wait_event(event)
        while self.unfinished and self.unfinished[0][0].done:
            self.unfinished.popleft()
        found = list(arrays)
        arrays.clear()  # what becomes of them is ordered by the computations now
        return found

    def close(self) -> None:
        """Wait for all copies, so that the memory which they use may be let go of."""
        if self.device != "cpu":
            self.copying.synchronize()
            self.unfinished.clear()


def _pinned(array: Array) -> Array:
    """Copy a NumPy array into pinned memory."""
    if not array.size:
        return array
    memory = cuda.cupy().cuda.alloc_pinned_memory(array.nbytes)
    pinned = np.frombuffer(memory, array.dtype, array.size).reshape(array.shape)
    pinned[...] = array
    return pinned
