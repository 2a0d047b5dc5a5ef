"""The engines by name, each imported when it is first asked for; and the check that a gradient passes to be timed."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from difflab.types import Array

from . import functions
from .rows import Call, Row

Build = Callable[[Row, tuple[Any, ...]], Call]
"""Prepares the gradient of a row at its arguments."""

TOLERANCE = 1e-9
"""By which an entry may differ, in units of its array's largest."""


def _build(module: str, name: str, row: Row, arguments: tuple[Any, ...], **settings: str) -> Call:
    call: Call = getattr(import_module(f"{__package__}.{module}"), name)(row, arguments, **settings)
    return call


OWN: dict[str, Build] = {
    "reverse": partial(_build, "in_difflab", "build", method="reverse"),
    "reverse_compiled": partial(_build, "in_difflab", "build", method="reverse_compiled"),
}
PEERS: dict[str, Build] = {
    "autograd": partial(_build, "in_autograd", "build"),
    "torch": partial(_build, "in_torch", "build"),
    "torch, own functions": partial(_build, "in_torch", "build_own"),
    "jax": partial(_build, "in_jax", "build"),
    "jax, unrolled": partial(_build, "in_jax", "build_unrolled"),
    "casadi": partial(_build, "in_casadi", "build"),
}
WARM_UP = Row("warm-up", functions.logistic_map, lambda: (np.float64(0.3), 2.0, 3), loop_steps=3)
"""Runs in each engine before anything is timed: to import it is not part of a first call."""


def why_wrong(found: Sequence[Array], expected: Sequence[Array]) -> str:
    """Say how a gradient differs from the expected one; nothing if it does not.

    >>> why_wrong([np.array([1.0, 2.0])], [np.array([1.0, 2.5])])
    'a wrong gradient: off by 0.2 of its largest entry'
    >>> why_wrong([np.ones(2)], [np.ones(2)])
    ''
    """
    shapes = [np.shape(one) for one in found], [np.shape(one) for one in expected]
    if shapes[0] != shapes[1]:
        return f"a wrong gradient: of shapes {shapes[0]}, not {shapes[1]}"
    pairs = zip(found, expected, strict=True)
    error = np.max([np.max(np.abs(one - other)) / np.max(np.abs(other)) for one, other in pairs])
    return "" if error <= TOLERANCE else f"a wrong gradient: off by {error:.2g} of its largest entry"
