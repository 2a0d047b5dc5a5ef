"""What stands for the module CuPy, over the strict arrays of `stand_in`."""

from threading import local
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
import scipy.special

from tests.devices.stand_in import DeviceArray


class CUDARuntimeError(RuntimeError):
    """As CuPy's."""


class Traffic:
    """What went between the CPU and the devices: the number of entries of each copy."""

    def __init__(self) -> None:
        self.up: list[int] = []
        self.down: list[int] = []


class Machine(local):
    """The GPUs, and what they were asked for; threads have each their own current device and stream."""

    current = 0

    def __init__(self, count: int, log: list[Any], traffic: Traffic):
        self.count = count
        self.log = log
        self.traffic = traffic
        self.stream: Any = None
        self.hooks: list[Any] = []

    def note(self, what: str, *on: Any) -> None:
        """Write down what was asked for."""
        self.log.append((what, *on))


class Device:
    """A GPU, and a context in which it is the current one."""

    def __init__(self, machine: Machine, number: int | None):
        self.machine = machine
        self.id = machine.current if number is None else number
        self.before: list[int] = []

    def __enter__(self) -> Self:
        if self.id >= self.machine.count:
            raise CUDARuntimeError("cudaErrorInvalidDevice: invalid device ordinal")
        self.before.append(self.machine.current)
        self.machine.current = self.id
        return self

    def __exit__(self, *_: object) -> None:
        self.machine.current = self.before.pop()


class Event:
    """A mark in a queue, at a time that it is told."""

    done = True

    def __init__(self, machine: Machine):
        self.machine = machine
        self.at: float | None = None

    def record(self, stream: Any = None) -> None:
        self.at = float(len(self.machine.log))
        self.machine.note("mark", stream or self.machine.stream)

    def synchronize(self) -> None:
        self.machine.note("wait on the CPU")


class Stream:
    """A queue."""

    def __init__(self, machine: Machine, name: str):
        self.machine, self.name = machine, name
        self.before: list[Any] = []

    def __enter__(self) -> Self:
        self.before.append(self.machine.stream)
        self.machine.stream = self
        return self

    def __exit__(self, *_: object) -> None:
        self.machine.stream = self.before.pop()

    def record(self) -> Event:
        event = Event(self.machine)
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        self.machine.note("wait for mark", self, event.at)

    def synchronize(self) -> None:
        self.machine.note("wait for all", self)

    def __repr__(self) -> str:
        return self.name


class MemoryHook:
    """Is told what the pool hands out, while it is entered."""

    machine: Machine
    name: str

    def __enter__(self) -> Self:
        if any(each.name == self.name for each in self.machine.hooks):
            raise KeyError(f"memory hook {self.name} already exists")
        self.machine.hooks.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.machine.hooks.remove(self)


class FakeCuPy:
    """The module: put it into `sys.modules`.

    Args:
        devices: how many GPUs there are.
    """

    __name__ = "cupy"
    __version__ = "14.2.0"
    ndarray = DeviceArray

    def __init__(self, devices: int = 2):
        self.log: list[Any] = []
        self.traffic = Traffic()
        self.machine = machine = Machine(devices, self.log, self.traffic)
        self.main = Stream(machine, "computing")
        self.cuda = SimpleNamespace(
            Device=lambda number=None: Device(machine, number),
            Event=lambda: Event(machine),
            Stream=lambda non_blocking=False: Stream(machine, "copying"),
            MemoryHook=type("MemoryHook", (MemoryHook,), {"machine": machine}),
            get_current_stream=lambda: machine.stream or self.main,
            get_elapsed_time=lambda first, last: 1000.0 * (last.at - first.at),
            alloc_pinned_memory=self._pinned,
            runtime=SimpleNamespace(
                getDeviceProperties=lambda number: {
                    "name": b"Stand-in %d" % number,
                    "totalGlobalMem": 2**34,
                    "major": 9,
                    "minor": 0,
                },
                driverGetVersion=lambda: 13000,
                runtimeGetVersion=lambda: 12090,
            ),
        )

    @property
    def uploads(self) -> int:
        """How many NumPy arrays were copied to a device."""
        return len(self.traffic.up)

    def modules(self) -> dict[str, Any]:
        """Give what belongs into `sys.modules`."""
        special = SimpleNamespace(zeta=lambda s, x: x._of(scipy.special.zeta(*x._seen((s, x)))))
        scipy_part = SimpleNamespace(special=special)
        whole = SimpleNamespace(scipy=scipy_part)
        return {"cupy": self, "cupyx": whole, "cupyx.scipy": scipy_part, "cupyx.scipy.special": special}

    def _pinned(self, size: int) -> bytearray:
        self.machine.note("pin", size)
        return bytearray(size + 512)  # as CuPy's pool rounds up

    def _on_device(self, memory: np.ndarray) -> DeviceArray:
        return DeviceArray(memory, Device(self.machine, self.machine.current))

    def array(self, data: Any, dtype: Any = None, copy: bool = True) -> DeviceArray:
        made = self._on_device(np.array(data._hidden if isinstance(data, DeviceArray) else data, dtype))
        if not isinstance(data, DeviceArray):
            self.traffic.up.append(made.size)
        return made

    def asarray(self, data: Any) -> DeviceArray:
        if isinstance(data, DeviceArray):
            return data
        return self.array(data.copy_to_host() if hasattr(data, "copy_to_host") else data)

    def from_dlpack(self, data: DeviceArray) -> DeviceArray:
        return DeviceArray(data._hidden, data.device)

    def ones(self, shape: Any) -> DeviceArray:
        return self._on_device(np.ones(shape))

    def empty(self, shape: Any, dtype: Any) -> DeviceArray:
        self.machine.note("take memory", self.machine.stream)
        return self._on_device(np.full(shape, 0, dtype))

    def matmul(self, one: DeviceArray, other: DeviceArray) -> DeviceArray:
        return one @ other

    def may_share_memory(self, one: DeviceArray, other: DeviceArray) -> bool:
        return np.may_share_memory(one._hidden, other._hidden)

    def take_memory(self, size: int, device: int = 0) -> None:
        """Tell the hooks that the pool hands out memory, or takes back as much as a negative size says."""
        for hook in self.machine.hooks:
            if size > 0:
                hook.malloc_postprocess(device_id=device, size=size - 1, mem_size=size, mem_ptr=0, pmem_id=0)
            else:
                hook.free_postprocess(device_id=device, mem_size=-size, mem_ptr=0, pmem_id=0)
