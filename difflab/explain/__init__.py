"""What a compiled method makes of a function, shown step by step: `difflab.explain(function, *args)` is this package.

>>> import numpy as np
>>> found = explain(lambda x: np.sum(x**3) if x[0] > 0 else np.sum(x), np.ones(1000))
>>> print(found.text(["guards"]))
The gradient of `<lambda>` by reverse_compiled
...
Guards: while these hold, so does the trace; else the code is traced again, and both are kept
  1. x[0] > 0 is True   ...
"""

import sys
from types import ModuleType
from typing import Any

from .explaining import explain
from .explanation import Compilation, Explanation
from .guards import Condition
from .inputs import Input
from .memory import Memory, Place
from .parts import Part
from .stages import StageInWords
from .steps import Step

__all__ = [
    "Compilation",
    "Condition",
    "Explanation",
    "Input",
    "Memory",
    "Part",
    "Place",
    "StageInWords",
    "Step",
    "explain",
]


class _Callable(ModuleType):
    """A package that can be called: `difflab.explain` is its name, and that of its function."""

    def __call__(self, *args: Any, **options: Any) -> Explanation:
        return explain(*args, **options)


sys.modules[__name__].__class__ = _Callable
