"""How much memory a block takes: of a CUDA device by CuPy's pool, of the CPU by Python's own accounts."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from . import cuda


class Memory(Protocol):
    """What a block has taken so far."""

    @property
    def in_use(self) -> int:
        """Bytes that it took and still has; fewer than 0 where it let go of what was there before."""

    @property
    def peak(self) -> int:
        """The most that it had at a time."""


@contextmanager
def measured_memory(device: str) -> Iterator[Memory]:
    """Measure the memory that a block takes on a device, in bytes, from now on.

    On the CPU that is what Python and NumPy allocate (tracemalloc), in all threads; on a CUDA device what CuPy hands
    out of its pool in this thread, where sizes are multiples of 512. Memory that other libraries take is not seen.

    >>> import numpy as np
    >>> with measured_memory("cpu") as memory:
    ...     x = np.ones(1000)
    ...     y = 2 * x
    ...     del y
    >>> 8000 <= memory.in_use < 9000, 16_000 <= memory.peak < 17_000
    (True, True)
    """
    with _on_the_cpu() if device == "cpu" else _on_cuda(device) as memory:
        yield memory


class _Taken:
    """What was taken, once it is known."""

    def __init__(self) -> None:
        self.in_use = 0
        self.peak = 0


class _Traced:
    """Reads Python's accounts until the block is left."""

    def __init__(self, start: int):
        self.start = start
        self.last: tuple[int, int] | None = None

    def _read(self) -> tuple[int, int]:
        return self.last or tracemalloc.get_traced_memory()

    @property
    def in_use(self) -> int:
        return self._read()[0] - self.start

    @property
    def peak(self) -> int:
        return self._read()[1] - self.start


@contextmanager
def _on_the_cpu() -> Iterator[_Traced]:
    nested = tracemalloc.is_tracing()
    if nested:
        tracemalloc.reset_peak()
    else:
        tracemalloc.start()
    memory = _Traced(tracemalloc.get_traced_memory()[0])
    try:
        yield memory
    finally:
        memory.last = tracemalloc.get_traced_memory()
        if not nested:
            tracemalloc.stop()


@contextmanager
def _on_cuda(device: str) -> Iterator[_Taken]:
    taken, number = _Taken(), cuda.number_of(device)

    class Hook(cuda.cupy().cuda.MemoryHook):  # type: ignore[misc]
        """Is told by CuPy's pool of each block of memory that it hands out or takes back."""

        name = f"difflab's meter {id(taken)}"
        """CuPy keeps hooks by their names, and refuses a second one of a name."""

        def malloc_postprocess(self, **block: Any) -> None:
            if block["device_id"] == number:
                taken.in_use += block["mem_size"]
                taken.peak = max(taken.peak, taken.in_use)

        def free_postprocess(self, **block: Any) -> None:
            if block["device_id"] == number:
                taken.in_use -= block["mem_size"]

    with cuda.current(device), Hook():
        yield taken
