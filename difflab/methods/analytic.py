"""Arrays that carry a tiny imaginary part through NumPy code that takes them for real ones.

Where plain complex arrays would lose the imaginary part in silence (`np.abs`, comparisons, products
that conjugate, assignment into a real array), this one follows the analytic continuation of the
function, or refuses with a sentence.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from typing import Any

import numpy as np

from ..array_likes import is_number_of_another_library
from ..arrays import MAKERS, as_array, made_beside, place_of
from ..carrier import Carrier, refuse_nesting
from ..errors import NotDifferentiable, UnsupportedFunction
from ..object_arrays import refuse_strides
from ..types import Array
from . import analytic_functions
from .analytic_ufuncs import extend

TAKEN_APART = 1000
"""Entries up to which an array is made one of Python objects: each operation on these takes microseconds an entry."""


def _method(function: Any) -> Callable[..., Any]:
    def method(self: "AnalyticArray", *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    return method


class AnalyticArray(Carrier, np.lib.mixins.NDArrayOperatorsMixin):
    """A complex array `data` near the real line, which looks to NumPy code like its real part; on any device.

    >>> z = AnalyticArray(np.array([-3.0 + 1e-20j, 2.0]))
    >>> abs(z).data.imag[0]
    np.float64(-1e-20)
    >>> z < 0
    array([ True, False])
    """

    __slots__ = ("data", "run")

    def __init__(self, data: Array, run: int | None = None):
        self.data: np.ndarray = as_array(data)
        self.run = run or _current_run.get()
        """Which call of a function it belongs to: imaginary parts of several must not meet. None in a new thread."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None)
        operands = [plain(operand) for operand in inputs]
        if method == "__call__" and not kwargs:
            return _stored(wrapped(_called(ufunc, operands)), out)
        if method == "outer" and not kwargs and out is None:
            left, right = operands
            return wrapped(extend(ufunc, np.reshape(left, np.shape(left) + (1,) * np.ndim(right)), right))
        if out is None and (along_axis := _ALONG_AXIS.get((ufunc, method))):
            return along_axis(inputs[0], **{"axis": 0, **kwargs})
        if out is None and method == "reduce" and not kwargs.keys() - {"axis"}:
            return reduce(ufunc, np.moveaxis(wrapped(operands[0]), kwargs.get("axis", 0), 0))
        raise UnsupportedFunction(
            f"complex_step cannot follow {ufunc.__name__}.{method} with these options: write a loop, or use another "
            f"method, such as central_difference."
        )

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if (getattr(function, "__module__", None) or "").startswith("difflab."):
            return NotImplemented  # it then runs as it is written, in NumPy's functions
        if function in MAKERS:
            return made_beside(function, args, kwargs, self)
        options = {name: plain(value) for name, value in kwargs.items()}
        return wrapped(analytic_functions.apply(function, plain(args), options))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Give an object array of the entries, so that `np.array([x[0], np.sin(x[1])])` keeps the imaginary parts."""
        if dtype is not None and np.dtype(dtype) != object:
            raise _refused_conversion()
        refuse_strides()
        if self.size > TAKEN_APART:
            raise UnsupportedFunction(
                f"np.asarray, or a function that calls it, would take an array of {self.size:,} entries under a complex"
                f" step apart, to be computed one by one: leave it out, or use NumPy's functions."
            )
        entries = np.empty(self.shape, object)
        for position in np.ndindex(*self.shape):
            entries[position] = AnalyticArray(self.data[position], self.run)
        entries.flags.writeable = copy is True  # writing to it would change the array itself in NumPy, and not here
        return entries

    def __getattr__(self, name: str) -> Any:
        # NumPy runs np.sin on an object array by calling the entries' method `sin`.
        ufunc = getattr(np, name, None)
        if isinstance(ufunc, np.ufunc):
            return lambda *others: ufunc(self, *others)
        raise AttributeError(
            f"An array under a complex step has no attribute {name!r}: use a NumPy function, such as np.{name}(x) if "
            f"there is one."
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.data.size

    @property
    def dtype(self) -> Any:
        """Dtype of the real part, which is what NumPy code expects."""
        return self.data.real.dtype

    @property
    def underlying(self) -> Array:
        """The complex array, which says where new arrays are made beside it."""
        return self.data

    T = property(_method(np.transpose), doc="The transpose: axes reversed, nothing conjugated.")
    mT = property(_method(np.matrix_transpose), doc="The matrix transpose: the last two axes swapped.")  # noqa: N815  (NumPy's name)

    @property
    def real(self) -> "AnalyticArray":
        """The array itself: to the function it is real."""
        return self

    @property
    def imag(self) -> Array:
        """Zeros: to the function the array is real."""
        return np.zeros(self.shape, self.dtype, like=place_of(self.data))

    @property
    def flat(self) -> "AnalyticArray":
        """The entries in C order."""
        return self.reshape(-1)

    all, any = _method(np.all), _method(np.any)
    argmax, argmin, argsort = _method(np.argmax), _method(np.argmin), _method(np.argsort)
    clip, round, nonzero = _method(np.clip), _method(np.round), _method(np.nonzero)
    conj, conjugate = _method(np.conjugate), _method(np.conjugate)
    copy = _method(np.copy)
    cumprod, cumsum, dot, trace = _method(np.cumprod), _method(np.cumsum), _method(np.dot), _method(np.trace)
    max, min, mean, prod = _method(np.max), _method(np.min), _method(np.mean), _method(np.prod)
    std, sum, var = _method(np.std), _method(np.sum), _method(np.var)
    diagonal, repeat, squeeze = _method(np.diagonal), _method(np.repeat), _method(np.squeeze)
    swapaxes, take = _method(np.swapaxes), _method(np.take)

    def reshape(self, *shape: Any, order: Any = "C") -> "AnalyticArray":
        """Give the same entries in another shape."""
        return AnalyticArray(self.data.reshape(*shape, order=order), self.run)

    def ravel(self, order: Any = "C") -> "AnalyticArray":
        """Give the entries along one axis."""
        return AnalyticArray(self.data.ravel(order), self.run)

    def flatten(self, order: Any = "C") -> "AnalyticArray":
        """Give a copy of the entries along one axis."""
        return AnalyticArray(self.data.flatten(order), self.run)

    def transpose(self, *axes: Any) -> "AnalyticArray":
        """Reorder the axes; reverse them if none are given."""
        return AnalyticArray(self.data.transpose(*axes), self.run)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """Convert: to another precision, keeping the imaginary part, or to integers or booleans, which are constant."""
        target = np.dtype(dtype)
        if target.kind != "f":
            return self.data.real.astype(target)
        return AnalyticArray(self.data.astype(np.result_type(target, np.complex64)), self.run)

    def item(self, *position: Any) -> "AnalyticArray":
        """Give one entry, still an array: a Python float would lose the imaginary part."""
        return AnalyticArray(self.data[position] if position else self.data.reshape(()), self.run)

    def tolist(self) -> Any:
        """Give nested lists of entries, each still an array."""
        return [entry.tolist() for entry in self] if self.shape else self

    def fill(self, value: Any) -> None:
        """Set every entry."""
        self.data[...] = plain(value)

    def sort(self, axis: int = -1) -> None:
        """Sort in place by the real part."""
        self.data[...] = np.sort(self, axis).data

    def __getitem__(self, index: Any) -> "AnalyticArray":
        return AnalyticArray(self.data[plain(index)], self.run)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.data[plain(index)] = plain(value)

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator["AnalyticArray"]:
        return map(AnalyticArray, self.data)

    def __bool__(self) -> bool:
        return bool(self.data.real)

    def __int__(self) -> int:
        return int(self.data.real)

    def __floor__(self) -> int:
        return math.floor(self.data.real)

    def __ceil__(self) -> int:
        return math.ceil(self.data.real)

    def __trunc__(self) -> int:
        return int(self.data.real)

    def __round__(self, digits: int | None = None) -> Any:
        return round(float(self.data.real), digits)

    def __hash__(self) -> int:
        raise NotDifferentiable(
            "A value under a complex step was used as a key of a dictionary or a member of a set, and a derivative "
            "does not pass through keys: write int(x) for the key."
        )

    def __float__(self) -> float:
        raise _refused_conversion()

    def as_integer_ratio(self) -> tuple[int, int]:
        """Refuse, as for a float; Python's statistics asks for it."""
        raise _refused_conversion()

    def __complex__(self) -> complex:
        raise _refused_conversion()

    def __repr__(self) -> str:
        return f"AnalyticArray({self.data!r})"

    def __format__(self, specification: str) -> str:
        return format(self.data.real[()], specification)


_ALONG_AXIS: dict[tuple[np.ufunc, str], Any] = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
}


_current_run: ContextVar[int | None] = ContextVar("current_run", default=None)
_next_run = itertools.count(1).__next__


@contextmanager
def one_run() -> Iterator[None]:
    """Tell the arrays that are made from here on from those of another call of a function, around this one."""
    token = _current_run.set(_next_run())
    try:
        yield
    finally:
        _current_run.reset(token)


def plain(value: Any) -> Any:
    """Take the complex data out of arrays, also in lists and tuples; refuse complex numbers of the function's own."""
    if isinstance(value, AnalyticArray):
        if value.run != _current_run.get() and value.run and _current_run.get():
            raise refuse_nesting()
        return value.data
    if isinstance(value, Carrier):
        raise refuse_nesting()
    if isinstance(value, (list, tuple)):
        return type(value)([plain(item) for item in value])
    if isinstance(value, (np.matrix, np.ma.MaskedArray)):
        raise UnsupportedFunction(
            f"complex_step met a {type(value).__name__}, whose own arithmetic is not followed: write np.asarray(a), "
            f"and np.where(mask, 0, x) for what a mask does."
        )
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([plain(item) for item in value.flat]).reshape(value.shape)
    if is_number_of_another_library(value):
        return float(value)
    if np.iscomplexobj(value):
        raise NotDifferentiable(
            "complex_step uses the imaginary part for the derivative, so the function must not compute with complex "
            "numbers of its own: use another method, such as central_difference."
        )
    return value


def wrapped(value: Any) -> Any:
    """Wrap what is complex, also in lists and tuples; the rest is constant and stays as it is."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(wrapped, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(wrapped, value))
    return AnalyticArray(value) if np.iscomplexobj(value) else value


def _called(ufunc: np.ufunc, operands: Sequence[Any]) -> Any:
    if ufunc is np.divmod:
        return extend(np.floor_divide, *operands), extend(np.remainder, *operands)
    if ufunc is np.modf:
        whole = extend(np.trunc, *operands)
        return operands[0] - whole, whole
    return extend(ufunc, *operands)


def _stored(result: Any, out: tuple[Any, ...] | None) -> Any:
    """Write the result where the call asked for it, as `x += 1` does; a number is given anew, as NumPy's are."""
    if out is None:
        return result
    (target,) = out
    if isinstance(target, AnalyticArray) and not target.shape:
        return result
    if isinstance(target, AnalyticArray):
        target[...] = result
    elif isinstance(result, AnalyticArray):
        raise NotDifferentiable(
            "A plain NumPy array cannot take a result under a complex step, whose imaginary part it would drop: write "
            "y = y + x instead of y += x, or start from np.zeros_like(x)."
        )
    else:
        target[...] = result
    return target


def _refused_conversion() -> NotDifferentiable:
    return NotDifferentiable(
        "A value under a complex step was turned into a plain number, which would drop the imaginary part that carries "
        "the derivative: use NumPy's functions (np.sin, not math.sin), leave out float(), and join entries with "
        "np.stack, or in np.zeros_like(x), instead of an array of floats."
    )
