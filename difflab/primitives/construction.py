"""Arrays made after the pattern of others, and conversions of dtype."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..errors import UnsupportedFunction
from ..types import Array
from .arguments import as_array, as_float64
from .batching import stacked
from .layout import Layout, Split
from .table import composite, linear


def _pattern(a: Array, dtype: Any, shape: Any) -> tuple[Any, Any]:
    return a.shape if shape is None else shape, a.dtype if dtype is None else dtype


@composite(np.zeros_like)
def _zeros_like(a: Array, dtype: Any = None, shape: Any = None) -> Array:
    return np.zeros(*_pattern(a, dtype, shape), like=place_of(a))


@composite(np.ones_like)
def _ones_like(a: Array, dtype: Any = None, shape: Any = None) -> Array:
    shape, dtype = _pattern(a, dtype, shape)
    return np.ones_like(place_of(a), dtype, shape=shape)


@composite(np.empty_like)
def _empty_like(prototype: Array, dtype: Any = None, shape: Any = None) -> Array:
    return np.empty(*_pattern(prototype, dtype, shape), like=place_of(prototype))


@composite(np.full_like)
def _full_like(a: Array, fill_value: Any, dtype: Any = None, shape: Any = None) -> Array:
    shape, dtype = _pattern(a, dtype, shape)
    return np.broadcast_to(as_array(fill_value, a), shape).astype(dtype)


@composite(np.linspace)
def _linspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, retstep: bool = False, axis: int = 0
) -> Array | tuple[Array, Array]:
    intervals = num - 1 if endpoint else num
    step = (stop - start) / intervals if intervals else (stop - start) * np.nan
    weights = np.reshape(np.arange(num, dtype=step.dtype, like=place_of(step)), (num,) + (1,) * np.ndim(step))
    samples = start + weights * step if intervals else np.expand_dims(start + 0 * stop, 0)[:num]
    samples = np.moveaxis(samples, 0, axis)
    return (samples, step) if retstep else samples


@composite(np.logspace)
def _logspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, base: Any = 10.0, axis: int = 0
) -> Array:
    return np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))


@composite(np.geomspace)
def _geomspace(start: Array, stop: Array, num: int = 50, endpoint: bool = True, axis: int = 0) -> Array:
    start, stop = as_float64(start, stop), as_float64(stop, start)
    return start * np.exp(np.linspace(0 * start, np.log(stop / start), num, endpoint, axis=axis))


class AstypeLayout(Layout):
    """`x.astype(dtype)`, as a method, because `np.astype` does not take NumPy's scalars."""

    def __init__(self) -> None:
        super().__init__(np.astype, 1, ("dtype", "copy"))

    def split(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Split:
        """Split a call; raises `UnsupportedFunction` for dtypes other than real numbers."""
        operands, parameters = super().split(args, kwargs)
        dtype = np.dtype(parameters["dtype"])
        if dtype.kind not in "fiub":
            raise UnsupportedFunction(
                f"astype({dtype}) has no derivative rule: values under differentiation are real numbers. Compute the "
                f"real and imaginary parts of complex numbers apart."
            )
        return operands, {"dtype": dtype}

    def caller(self, function: Any) -> Any:
        """Give the call of the method."""
        return lambda x, dtype: x.astype(dtype)


linear(np.copy, lambda g, position, x: g, batch=stacked)
linear(np.astype, lambda g, position, x, dtype: g, layout=AstypeLayout(), batch=stacked)
