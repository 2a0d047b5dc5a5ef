"""Gradients by difflab's own methods, of the functions as they stand."""

from typing import Any

import difflab
from difflab.interface import Differentiator

from .rows import Call, Row


def build(row: Row, arguments: tuple[Any, ...], method: str | Differentiator) -> Call:
    """Prepare a method, and make the call that gives the gradient."""
    prepared = difflab.prepare(row.function, *arguments, method=method, argnums=row.argnums)
    return lambda: prepared.gradient(*arguments)
