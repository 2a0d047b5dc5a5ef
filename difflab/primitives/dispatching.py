"""Functions of difflab's own that dispatch as NumPy's do: through `__array_function__`."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np


def dispatching(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function be intercepted by values under transformation among its positional arguments."""

    @functools.wraps(function)
    def intercepted(*args: Any, **kwargs: Any) -> Any:
        for arg in args:
            if not isinstance(arg, (np.ndarray, np.generic)) and hasattr(arg, "__array_function__"):
                result = arg.__array_function__(intercepted, (type(arg),), args, kwargs)
                if result is not NotImplemented:  # as arrays on a device say
                    return result
        return function(*args, **kwargs)

    return intercepted
