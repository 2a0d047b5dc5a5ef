"""How a value under transformation looks to NumPy code: operators, attributes, methods, indexing."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any

import numpy as np

from ..arrays import is_on_gpu, place_of
from ..errors import NotDifferentiable
from ..object_arrays import refuse_strides
from ..primitives.indexing import GATHER, looked_at, split_index
from ..primitives.layout import NO_PARAMETERS
from ..primitives.primitive import Primitive
from ..primitives.table import TABLE
from ..types import Array
from .dispatch import Value, apply, call
from .refusals import (
    no_attribute,
    refuse_assignment,
    refuse_conversion,
    refuse_hashing,
    refuse_in_place,
    refuse_outdated,
    refuse_pickling,
    refuse_scipy,
)
from .views import has_relatives, outdate_others


def _binary(function: Any) -> Callable[[Any, Any], Any]:
    primitive = TABLE[function]
    assert isinstance(primitive, Primitive)

    def operator(self: Any, other: Any) -> Any:
        kind = type(other)
        if kind in NUMBERS or (kind is type(self) and other.level == self.level):
            return self.process(primitive, (self, other), NO_PARAMETERS)
        return apply(primitive, (self, other))

    return operator


def _reflected(function: Any) -> Callable[[Any, Any], Any]:
    primitive = TABLE[function]
    assert isinstance(primitive, Primitive)

    def operator(self: Any, other: Any) -> Any:
        if type(other) in NUMBERS:
            return self.process(primitive, (other, self), NO_PARAMETERS)
        return apply(primitive, (other, self))

    return operator


NUMBERS = frozenset((int, float, np.float64))
"""Operands that need no search for the highest level, for speed."""
PLAIN = NUMBERS | {np.ndarray}
"""Types that are not of values under transformation, for speed."""


def _in_place(function: Any) -> Callable[[Any, Any], Any]:
    """Make an augmented assignment, which changes an array for all its names, as in NumPy, and rebinds a number."""
    operator = _binary(function)

    def in_place(self: Any, other: Any) -> Any:
        result = operator(self, other)
        if self.is_rebound():
            return result
        if result.shape != self.shape:
            raise refuse_in_place(f"the result's shape {result.shape} is not its shape {self.shape}")
        if isinstance(result, Value) and result.level > self.level:
            raise refuse_in_place("it belongs to an outer derivative, the other operand to an inner one")
        if not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise refuse_in_place(f"its entries, of dtype {self.dtype}, cannot hold {result.dtype}")
        self.change(result if result.dtype == self.dtype else np.astype(result, self.dtype))
        return self

    return in_place


def _unary(function: Any) -> Callable[[Any], Any]:
    primitive = TABLE[function]
    assert isinstance(primitive, Primitive)
    return lambda self: self.process(primitive, (self,), NO_PARAMETERS)


def _method(function: Any) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: call(function, (self, *args), kwargs)


class ArrayValue(Value):
    """A value that can stand where NumPy code expects an array; subclasses say what is behind it."""

    __slots__ = ()

    def __hash__(self) -> int:
        raise refuse_hashing()

    @property
    @abstractmethod
    def underlying(self) -> Array:
        """The array, or the value of a lower level, behind this one."""

    def is_rebound(self) -> bool:
        """Say whether an augmented assignment gives the name another value, as for a number, and changes no array."""
        return not self.shape and not has_relatives(self)

    def change(self, result: Array) -> None:
        """Take on the content of `result`, of this value's dtype and of its level or one below, for all who have it."""
        self.hold(result)
        outdate_others(self)

    def hold(self, result: Array) -> None:
        """Take the place of `result`."""
        raise refuse_in_place("it is a direction inside a derivative rule")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape, as NumPy code sees it."""
        return np.shape(self.underlying)

    @property
    def dtype(self) -> Any:
        """Dtype, as NumPy code sees it."""
        return self.underlying.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of entries."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    @property
    def T(self) -> Array:  # noqa: N802  (NumPy's name)
        """The transpose: axes reversed."""
        return np.transpose(self)

    @property
    def mT(self) -> Array:  # noqa: N802  (NumPy's name)
        """The matrix transpose: the last two axes swapped."""
        return np.swapaxes(self, -1, -2)

    @property
    def flat(self) -> Array:
        """The entries in C order."""
        return np.reshape(self, -1)

    @property
    def real(self) -> Array:
        """The value itself: differentiated values are real."""
        return self

    @property
    def imag(self) -> Array:
        """Zeros: differentiated values are real."""
        return np.zeros(self.shape, self.dtype, like=place_of(self))

    __add__ = _binary(np.add)
    __sub__ = _binary(np.subtract)
    __mul__ = _binary(np.multiply)
    __truediv__ = _binary(np.divide)
    __pow__ = _binary(np.power)
    __mod__ = _binary(np.remainder)
    __floordiv__ = _binary(np.floor_divide)
    __matmul__ = _binary(np.matmul)
    __radd__ = _reflected(np.add)
    __rsub__ = _reflected(np.subtract)
    __rmul__ = _reflected(np.multiply)
    __rtruediv__ = _reflected(np.divide)
    __rpow__ = _reflected(np.power)
    __rmod__ = _reflected(np.remainder)
    __rfloordiv__ = _reflected(np.floor_divide)
    __divmod__ = _method(np.divmod)
    __rmatmul__ = _reflected(np.matmul)
    __iadd__ = _in_place(np.add)
    __isub__ = _in_place(np.subtract)
    __imul__ = _in_place(np.multiply)
    __itruediv__ = _in_place(np.divide)
    __ipow__ = _in_place(np.power)
    __imod__ = _in_place(np.remainder)
    __ifloordiv__ = _in_place(np.floor_divide)
    __imatmul__ = _in_place(np.matmul)
    __iand__ = _in_place(np.bitwise_and)
    __ior__ = _in_place(np.bitwise_or)
    __ixor__ = _in_place(np.bitwise_xor)
    __neg__ = _unary(np.negative)
    __pos__ = _unary(np.positive)
    __abs__ = _unary(np.absolute)
    __and__ = _binary(np.bitwise_and)
    __or__ = _binary(np.bitwise_or)
    __xor__ = _binary(np.bitwise_xor)
    __rand__ = _reflected(np.bitwise_and)
    __ror__ = _reflected(np.bitwise_or)
    __rxor__ = _reflected(np.bitwise_xor)
    __invert__ = _unary(np.invert)
    __lt__ = _binary(np.less)
    __le__ = _binary(np.less_equal)
    __gt__ = _binary(np.greater)
    __ge__ = _binary(np.greater_equal)
    __eq__ = _binary(np.equal)
    __ne__ = _binary(np.not_equal)

    all = _method(np.all)
    any = _method(np.any)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argpartition = _method(np.argpartition)
    argsort = _method(np.argsort)
    astype = _method(np.astype)
    choose = _method(np.choose)
    clip = _method(np.clip)
    copy = _method(np.copy)
    cumprod = _method(np.cumprod)
    cumsum = _method(np.cumsum)
    diagonal = _method(np.diagonal)
    dot = _method(np.dot)
    max = _method(np.max)
    mean = _method(np.mean)
    min = _method(np.min)
    nonzero = _method(np.nonzero)
    prod = _method(np.prod)
    ravel = _method(np.ravel)
    repeat = _method(np.repeat)
    round = _method(np.round)
    searchsorted = _method(np.searchsorted)
    squeeze = _method(np.squeeze)
    std = _method(np.std)
    sum = _method(np.sum)
    swapaxes = _method(np.swapaxes)
    take = _method(np.take)
    trace = _method(np.trace)
    var = _method(np.var)

    def reshape(self, *shape: Any, order: str = "C") -> Array:
        """Give the same entries in another shape."""
        return call(np.reshape, (self, shape[0] if len(shape) == 1 else shape), {"order": order})

    def flatten(self, order: str = "C") -> Array:
        """Give the entries in one axis, apart from this array."""
        return copy(self.ravel(order))

    def transpose(self, *axes: Any) -> Array:
        """Reorder the axes; reverse them if none are given."""
        order = axes[0] if len(axes) == 1 else axes or None
        return call(np.transpose, (self, order), {})

    def compress(self, condition: Array, axis: int | None = None) -> Array:
        """Give the slices where `condition` holds."""
        return call(np.compress, (condition, self, axis), {})

    def item(self, *position: int) -> Array:
        """Give one entry, still carrying its derivative."""
        if not position and self.size != 1:
            raise ValueError(f"item() of an array of shape {self.shape}: say which entry, as item(0) does.")
        return self[position or (0,) * self.ndim]

    def tolist(self) -> Any:
        """Give nested lists of entries, each still carrying its derivative."""
        return [entry.tolist() for entry in self] if self.shape else self

    def __getitem__(self, index: Any) -> Array:
        template, arrays = split_index(index)
        if not arrays:
            return self.process(GATHER, (self,), {"template": template})
        return apply(GATHER, (self, *arrays), {"template": template})

    def __setitem__(self, index: Any, value: Any) -> None:
        raise refuse_assignment()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a number under differentiation: only arrays with an axis have a length.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Array]:
        return (self[position] for position in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self.underlying)

    def __int__(self) -> int:
        below = self.underlying
        return int(below.item() if is_on_gpu(below) else below)

    def __floor__(self) -> int:
        return int(np.floor(self))

    def __ceil__(self) -> int:
        return int(np.ceil(self))

    def __trunc__(self) -> int:
        return int(np.trunc(self))

    def __rdivmod__(self, other: Any) -> Any:
        return call(np.divmod, (other, self), {})

    def __round__(self, digits: int | None = None) -> Any:
        return int(np.rint(self)) if digits is None else np.round(self, digits)

    def __index__(self) -> int:
        if self.dtype.kind not in "iu":
            raise TypeError(f"A {self.dtype} under differentiation was used as an index: write int(x).")
        return self.__int__()

    def refusal_of_number(self) -> NotDifferentiable:
        """Describe why this cannot become one plain number."""
        return refuse_conversion()

    def __float__(self) -> float:
        raise self.refusal_of_number()

    def __complex__(self) -> complex:
        raise self.refusal_of_number()

    def as_integer_ratio(self) -> tuple[int, int]:
        """Refuse, as for a float; Python's statistics asks for it."""
        raise self.refusal_of_number()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Give an object array of the entries, so that `np.array([x[0], np.sin(x[1])])` keeps their derivatives.

        Integers and booleans have none: they are given as they are, so that they can index plain arrays. Only a copy
        may be written to: `y = np.asarray(x); y *= 2` changes `x` in NumPy, and would not here.
        """
        if (plain := looked_at(self) if self.dtype.kind != "f" else self) is not self:
            return np.array(plain, dtype)
        refuse_strides()
        refuse_scipy()
        if dtype is not None and np.dtype(dtype) != object:
            raise self.refusal_of_number()
        entries = np.empty(self.shape, object)
        for position in np.ndindex(*self.shape):
            entries[position] = self[position] if self.shape else self
        entries.flags.writeable = copy is True
        return entries

    def __getattr__(self, name: str) -> Any:
        if name in type(self).__slots__:
            raise refuse_outdated(self.views.changed_at)
        # NumPy runs np.sin on an object array by calling the entries' method `sin`.
        ufunc = getattr(np, name, None)
        if isinstance(ufunc, np.ufunc):
            return lambda *others: call(ufunc, (self, *others), {})
        raise AttributeError(no_attribute(name))

    def __copy__(self) -> "ArrayValue":
        """Give a value with the same content, which changes in place do not reach."""
        slots: Sequence[str] = type(self).__slots__
        twin = object.__new__(type(self))
        twin.level = self.level
        for name in slots:
            setattr(twin, name, None if name == "views" else getattr(self, name))
        return twin

    def __deepcopy__(self, memo: Any) -> "ArrayValue":
        return self.__copy__()  # a copy of the graph behind it would lead to other inputs

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise refuse_pickling()

    def __format__(self, specification: str) -> str:
        return format(self.underlying, specification)
