"""Cost that a noisy machine cannot blur: peak bytes, calls of the function, nodes of the tape."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..arrays import measured_memory
from ..interface import Derivatives
from ..types import Function
from .case import FUNCTION, Case, Method, bound, on_its_device
from .measurement import Measurement, missing
from .prepared import prepared
from .tape import tape_nodes
from .worker import Worker


def measure(case: Case, methods: Sequence[Method], worker: Worker) -> Iterator[Measurement]:
    """Give the rows of the plain function and of each method."""
    for method in (FUNCTION, *methods):
        cell = case.cell(method)
        for metric, unit, task in _tasks(method):
            outcome = worker.call(task, case, method)
            if not outcome.ok:
                yield from missing(cell, outcome.status, outcome.reason, metric)
            else:
                yield Measurement(cell, metric, float(outcome.value), unit)


def _tasks(method: Method) -> Iterator[tuple[str, str, Callable[..., int]]]:
    yield "peak memory", "bytes", peak_bytes
    if method != FUNCTION:
        yield "function calls", "calls", calls
    if method == "reverse":
        yield "tape nodes", "nodes", nodes


@on_its_device
def peak_bytes(case: Case, method: Method) -> int:
    """Measure the memory that one call, not the first, takes on its device: the peak above the start, in bytes."""
    call = prepared(case, method).call
    with measured_memory(case.device) as memory:
        call()
    return memory.peak


@on_its_device
def calls(case: Case, method: Method) -> int:
    """Count how often the prepared method calls the function for one result."""
    derivatives = prepared(case, method).derivatives
    assert derivatives is not None
    counted = _Counted(derivatives.signature.function)
    signature = replace(derivatives.signature, function=counted)
    bound(case, Derivatives(derivatives.method, signature, derivatives.kernel))()
    return counted.count


def nodes(case: Case, method: Method) -> int:
    """Count the primitives that one run of the function records."""
    return tape_nodes(case)


class _Counted:
    """A function that counts its calls."""

    def __init__(self, function: Function):
        self.function = function
        self.count = 0
        self.__qualname__ = getattr(function, "__qualname__", "function")

    def __call__(self, *args: Any) -> Any:
        self.count += 1
        return self.function(*args)
