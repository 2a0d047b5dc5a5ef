"""Moving what tests use, cases of rules, nests of arrays, to the stand-in device and back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from difflab.arrays import is_on_gpu, to_host
from tests.primitives.case import Case

Move = Callable[[Any], Any]


def there(cupy: Any) -> Move:
    """Give what copies the NumPy arrays in a nest to the device."""

    def move(value: Any) -> Any:
        return cupy.array(value) if isinstance(value, np.ndarray) and value.dtype != object else value

    return lambda nest: _mapped(move, nest)


def back(nest: Any) -> Any:
    """Copy the device's arrays in a nest to the CPU; fails if it holds arrays that are there already."""

    def move(value: Any) -> Any:
        assert not isinstance(value, (np.ndarray, np.floating)), "this was computed on the CPU"
        return to_host(value) if is_on_gpu(value) else value

    return _mapped(move, nest)


def case_there(case: Case, cupy: Any) -> Case:
    """Give a case with its operands on the device; in its parameters arrays go there too."""
    move = there(cupy)
    return replace(case, operands=move(case.operands), parameters=move(case.parameters), argnums=case.moving)


def _mapped(function: Move, nest: Any) -> Any:
    if isinstance(nest, dict):
        return {name: _mapped(function, each) for name, each in nest.items()}
    if isinstance(nest, (list, tuple)):
        each = [_mapped(function, one) for one in nest]
        return type(nest)(*each) if hasattr(nest, "_fields") else type(nest)(each)
    return function(nest)
