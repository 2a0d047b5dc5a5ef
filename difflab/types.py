"""The words that signatures use.

Values that flow through difflab are deliberately duck-typed: anything that speaks NumPy's
protocols (`__array_ufunc__`, `__array_function__`, the operators) can be differentiated, traced
or batched. A stricter static type would name one array library and shut out the others.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Array: TypeAlias = Any
"""A NumPy array or scalar, or a value that speaks NumPy's protocols (dual, tensor, batch, tracer)."""

Tree: TypeAlias = Any
"""A number, an array, or nested dicts, lists and tuples of them."""

Function: TypeAlias = Callable[..., Any]
"""A function in plain NumPy, from trees to a tree."""
