"""A worker process that measures, and that can be killed when it takes too long or too much memory.

One worker serves many cells, so that imports and caches stay warm; it is killed and replaced only
when a cell overruns its budget. The parent watches the worker's resident memory itself: an
`RLIMIT_AS` would count the address space that BLAS and LLVM reserve and never touch.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from ..arrays import unavailable_reason
from ..errors import DeviceUnavailable, DifflabError, InvalidArgument
from ..user_code import described, one_line
from .measurement import Status

START_SECONDS = 60.0
COMPILING_SECONDS = 60.0
"""That a call on a device may take in which its kernels may be compiled, which is done once on a machine."""
WATCH_SECONDS = 0.02
GIBIBYTE = 2**30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task gave: its value with status `ok`, or a status and its reason."""

    status: Status
    value: Any = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.status == "ok"


@dataclass(frozen=True)
class Budget:
    """What one cell may use: seconds, and bytes of memory beyond what the worker holds already."""

    seconds: float = 3.0
    memory: int = 2 * GIBIBYTE


class Worker:
    """A process that runs tasks one after another, each within the budget.

    A context manager; the process starts with the first task.

    Args:
        budget: for each task.
        devices: which the process gets ready before its first task, so that this is not part of any.

    >>> import math
    >>> with Worker(Budget(seconds=5)) as worker:
    ...     worker.call(math.sqrt, 16.0)
    Outcome(status='ok', value=4.0, reason='')
    """

    def __init__(self, budget: Budget, devices: Sequence[str] = ()):
        self.budget = budget
        self.devices = tuple(devices)
        self._running: _Running | None = None

    def call(self, task: Callable[..., Any], *args: Any, seconds: float = 0.0) -> Outcome:
        """Run `task(*args)`, both picklable, in the worker; it may take `seconds`, whatever the budget.

        Raises:
            InvalidArgument: the task or an argument cannot be sent to another process.
            DifflabError: the worker process does not start.
        """
        request = _pickled(task, args)
        if self._running is None:
            self._running = _start(self.devices)
        self._running.connection.send_bytes(request)
        return self._answer(self._running, max(seconds, self.budget.seconds))

    def close(self) -> None:
        """Kill the process, whatever it does."""
        if self._running is not None:
            self._running.process.kill()
            self._running.process.wait()
            self._running.connection.close()
            self._running = None

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, running: "_Running", seconds: float) -> Outcome:
        deadline = time.monotonic() + seconds
        allowed = resident_bytes(running.process.pid) + self.budget.memory
        while not running.connection.poll(WATCH_SECONDS):
            if time.monotonic() > deadline:
                self.close()
                return Outcome("timeout", reason=f"took longer than the budget of {seconds:g} s")
            if resident_bytes(running.process.pid) > allowed:
                self.close()
                return Outcome("out of memory", reason=f"used more than the budget of {self._memory()}")
        try:
            status, value, reason = pickle.loads(running.connection.recv_bytes())
        except EOFError:
            exit_code = running.process.wait()
            self.close()
            return _epitaph(exit_code)
        return Outcome(status, value, reason)

    def _memory(self) -> str:
        return f"{self.budget.memory / GIBIBYTE:.3g} GiB"


@dataclass(frozen=True, slots=True)
class _Running:
    process: "subprocess.Popen[bytes]"
    connection: "Connection[Any, Any]"


def _start(devices: tuple[str, ...]) -> _Running:
    """Start a plain interpreter: unlike `multiprocessing.Process`, it does not run the caller's script again."""
    ours, theirs = Pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()}, {devices})"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        pass_fds=[theirs.fileno()],
        start_new_session=True,  # Ctrl-C reaches all of a terminal's processes: here the parent decides.
    )
    theirs.close()
    try:
        if ours.poll(START_SECONDS) and ours.recv() == "ready":
            return _Running(process, ours)
    except EOFError:
        pass
    process.kill()
    process.wait()
    raise DifflabError(f"The measuring process did not start: {sys.executable} cannot import {__name__}.")


def _epitaph(exit_code: int) -> Outcome:
    if exit_code == -signal.SIGKILL:
        return Outcome("out of memory", reason="the operating system killed the measuring process")
    how = f"by signal {signal.Signals(-exit_code).name}" if exit_code < 0 else f"with exit status {exit_code}"
    return Outcome("error", reason=f"the measuring process ended {how}")


def serve(descriptor: int, devices: Sequence[str] = ()) -> None:
    """Answer requests that come through the open file `descriptor` until its other end closes: a worker's life."""
    connection: Connection[Any, Any] = Connection(descriptor)
    _silence()
    warnings.simplefilter("ignore")  # Overflow and NaN are reported as figures, not as warnings.
    for device in devices:
        unavailable_reason(device)  # which loads CuPy, and computes once
    connection.send("ready")
    while True:
        try:
            request = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(_served(request))


def resident_bytes(pid: int) -> int:
    """Give the resident memory of a process in bytes; 0 if it has ended."""
    if not Path("/proc/self/statm").exists():
        listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return int(listed.stdout or 0) * 1024
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (FileNotFoundError, ProcessLookupError):
        return 0


def failure(error: BaseException) -> tuple[Status, str]:
    """Say what an exception means for a cell: its status, and the reason in one line."""
    if isinstance(error, MemoryError):
        return "out of memory", one_line(str(error)) or "an allocation failed"
    if isinstance(error, ModuleNotFoundError):
        return "not measured", f"needs the package {error.name}, which is not installed here"
    if isinstance(error, DeviceUnavailable):
        return "not measured", one_line(str(error))
    if isinstance(error, DifflabError):
        return "refused", one_line(str(error))
    return "error", described(error)


def _served(request: bytes) -> bytes:
    try:
        task, args = pickle.loads(request)
    except (AttributeError, ImportError) as error:
        reason = (
            f"the measuring process cannot import what it was sent ({error}): define it in a module, not in a script"
        )
        return pickle.dumps(("refused", None, reason))
    try:
        return pickle.dumps(("ok", task(*args), ""))
    except Exception as error:  # noqa: BLE001 (any failure of what is measured is a row of the report)
        status, reason = failure(error)
        return pickle.dumps((status, None, reason))


def _pickled(task: Callable[..., Any], args: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((task, args))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InvalidArgument(
            f"This cannot be sent to the measuring process: {error}. Define functions, problems and methods "
            f"at the top level of a module that can be imported."
        ) from error


def _silence() -> None:
    """Send what measured functions print to nowhere: the terminal belongs to the report."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
