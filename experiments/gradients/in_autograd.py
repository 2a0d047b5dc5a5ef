"""Gradients by autograd: the same code with `autograd.numpy` for `numpy`, as its documentation has it."""

from typing import Any

import autograd
import autograd.numpy

from .retarget import retargeted
from .rows import Call, Row


def build(row: Row, arguments: tuple[Any, ...]) -> Call:
    """Make the call that gives the gradient."""
    function = retargeted(row.function, autograd.numpy)
    gradient = autograd.grad(function, row.argnums)
    return lambda: gradient(*arguments)
