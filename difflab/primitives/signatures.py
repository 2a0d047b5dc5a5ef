"""The parameters of NumPy's functions, by name."""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

_DECLARED: dict[str, Any] = {
    "accumulate": lambda array, axis=0, dtype=None, out=None: ...,
    "bincount": lambda x, weights=None, minlength=0: ...,
    "concatenate": lambda arrays, axis=0, out=None, *, dtype=None, casting="same_kind": ...,
    "copyto": lambda dst, src, casting="same_kind", where=True: ...,
    "dot": lambda a, b, out=None: ...,
    "empty_like": lambda prototype, dtype=None, order="K", subok=True, shape=None, *, device=None: ...,
    "inner": lambda a, b: ...,
    "lexsort": lambda keys, axis=-1: ...,
    "putmask": lambda a, mask, values: ...,
    "reduce": lambda array, axis=0, dtype=None, out=None, **kwargs: ...,
    "result_type": lambda *arrays_and_dtypes: ...,
    "unravel_index": lambda indices, shape, order="C": ...,
    "vdot": lambda a, b: ...,
    "where": lambda condition, x=None, y=None: ...,
}
"""Of compiled functions, which before NumPy 2.4 do not say."""


@cache
def parameters_of(function: Any) -> Mapping[str, inspect.Parameter]:
    """Give the parameters of a function, none if it does not say; a ufunc's operands are called x1, x2 and so on."""
    if isinstance(function, np.ufunc):
        operands = range(1, function.nin + 1)
        return {f"x{n}": inspect.Parameter(f"x{n}", inspect.Parameter.POSITIONAL_ONLY) for n in operands}
    try:
        return inspect.signature(function).parameters
    except ValueError:
        declared = _DECLARED.get(function.__name__)
        return inspect.signature(declared).parameters if declared else {}
