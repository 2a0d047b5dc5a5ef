"""The same code with another module in NumPy's place."""

import builtins
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from difflab.types import Function


def retargeted(function: Function, module: ModuleType) -> Function:
    """Give a function, and those that it calls from its own file or others, with `module` for `np`.

    As if its files had said `import autograd.numpy as np`; the function itself stays as it is.

    >>> import types
    >>> from difflab.problems.losses import squared_loss
    >>> retargeted(squared_loss, types.SimpleNamespace(mean=sum))(np.ones(3), np.zeros(3))
    np.float64(3.0)
    """
    assert isinstance(function, FunctionType)
    names = {"__builtins__": builtins}
    again = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    for name in _names(function.__code__) & function.__globals__.keys():
        names[name] = _moved(function.__globals__[name], module)
    return again


def _moved(value: Any, module: ModuleType) -> Any:
    if value is np:
        return module
    return retargeted(value, module) if isinstance(value, FunctionType) else value


def _names(code: CodeType) -> set[str]:
    """Give the names that a function's code, and the code of expressions inside it, looks up."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))
