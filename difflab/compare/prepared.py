"""A method prepared for a case, once in each worker: what all metrics share, and what that took."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ..arrays import synchronize
from ..interface import Derivatives
from ..methods import get as get_method
from ..methods import names as method_names
from ..types import Tree
from .case import FUNCTION, Case, Method, bound, on_its_device, prepare


@dataclass(frozen=True, slots=True)
class Prepared:
    """A method prepared for a case and called once."""

    derivatives: Derivatives | None
    """None for the plain function."""
    call: Callable[[], Tree]
    """Do the work of the cell once."""
    result: Tree
    """Of the first call."""
    prepare_seconds: float
    first_seconds: float


@lru_cache(maxsize=16)
def prepared(case: Case, method: Method) -> Prepared:
    """Prepare a method and call it, each timed; later calls give the same again. Runs in the worker."""
    _warm_up(method if isinstance(method, str) else method.name, case.device)
    began = time.perf_counter()
    derivatives = None if method == FUNCTION else prepare(case, method)
    synchronize(case.device)
    ready = time.perf_counter()
    call = bound(case, derivatives)
    synchronize(case.device)
    bound_at = time.perf_counter()
    result = call()
    synchronize(case.device)
    done = time.perf_counter()
    if derivatives is not None:
        call()  # by which some methods learn that it is worth compiling
        derivatives.settle()
    return Prepared(derivatives, call, result, ready - began, done - bound_at)


@on_its_device
def compile_kernels(case: Case, method: Method) -> None:
    """Let CuPy compile what a method needs on a device: kernels are kept on the machine, and loaded from then on."""
    prepared(case, method)


@lru_cache(maxsize=64)
def _warm_up(name: str, device: str) -> None:
    """Load what the method, and the device, need when first used: that is no part of preparing a function."""
    if name in method_names() and name != "manual":
        get_method(name).prepare(_square, 2.0, device=None if device == "cpu" else device).jacobian(2.0)


def _square(x: float) -> float:
    return x * x
