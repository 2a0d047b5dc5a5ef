"""A strict stand-in for an array of CuPy, where there is no GPU.

Its memory is hidden. NumPy's functions reach it only by the protocols, and find there what CuPy has: those functions,
parameters and ufunc methods that `cupy_signatures.json` lists. It is stricter than CuPy in what happens behind one's
back: it refuses NumPy arrays also as indices, and `float(x)` and `int(x)`, which would wait for the device; `x.item()`
says that it does. Of CuPy's own ways it has these: results are arrays, never NumPy's numbers; which of several values
for one entry stays is undefined, and so refused; a device computes only on its own arrays; powers of complex numbers
are exponentials of logarithms, their convolutions go by Fourier transforms, and most special functions are for real
numbers only.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

OFFERS = json.loads(Path(__file__).with_name("cupy_signatures.json").read_text(encoding="utf-8"))
DTYPES = "?bhilqBHILQefdFD"
ADDED_UP = "iILQefdFD"
"""Dtypes that `np.add.at` and its like take."""
JOINING = ("numpy.stack", "numpy.concatenate", "numpy.column_stack")
"""The functions that take a list of arrays, and no numbers in it."""
OF_COMPLEX_NUMBERS = ("loggamma", "xlog1py", "xlogy")
"""The special functions that take complex numbers, of those of SciPy that do."""


class DeviceArray:
    """An array on a device that only the device can read.

    Args:
        hidden: the memory.
        device: where it is; has an `id`, `machine.current`, the number of the device that computes now, and
            `machine.traffic`, which is told of what goes up and down.
    """

    __slots__ = ("_hidden", "device")
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, hidden: np.ndarray, device: Any):
        if hidden.dtype.char not in DTYPES:
            raise ValueError(f"Unsupported dtype {hidden.dtype}")
        self._hidden = hidden
        self.device = device

    # What other code sees

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()`.")

    def _refuse_number(self, *_: Any) -> Any:
        raise TypeError("Implicit conversion to a Python number is not allowed. Please use `.item()`.")

    __float__ = __int__ = __index__ = __complex__ = _refuse_number

    def __bool__(self) -> bool:
        return bool(self._copied_down())

    def __len__(self) -> int:
        return len(self._hidden)

    def __iter__(self) -> Iterator["DeviceArray"]:
        return (self[position] for position in range(len(self)))

    def __repr__(self) -> str:
        return repr(self._hidden)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        return {**self._hidden.__array_interface__, "version": 3}

    def __dlpack__(self, **options: Any) -> Any:
        raise AssertionError("the memory of a device was exported: only from_dlpack of the library reads it")

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, self.device.id

    def get(self) -> np.ndarray:
        """Copy to the CPU, which one has to ask for."""
        return self._copied_down().copy()

    def set(self, source: np.ndarray, stream: Any = None) -> None:
        """Copy from the CPU."""
        assert type(source) is np.ndarray
        assert (source.shape, source.dtype) == (self.shape, self.dtype)
        self._hidden[...] = source
        self.device.machine.traffic.up.append(self.size)
        self.device.machine.note("copy", stream)

    def item(self, *position: int) -> Any:
        return self._copied_down().item(*position)

    def tolist(self) -> Any:
        return self._copied_down().tolist()

    def _copied_down(self) -> np.ndarray:
        self.device.machine.traffic.down.append(self.size)
        return self._hidden

    # What it is

    shape = property(lambda self: self._hidden.shape)
    dtype = property(lambda self: self._hidden.dtype)
    ndim = property(lambda self: self._hidden.ndim)
    size = property(lambda self: self._hidden.size)
    nbytes = property(lambda self: self._hidden.nbytes)
    itemsize = property(lambda self: self._hidden.itemsize)
    strides = property(lambda self: self._hidden.strides)

    @property
    def flags(self) -> Any:
        """CuPy's have no `writeable`."""
        flags = self._hidden.flags
        return SimpleNamespace(c_contiguous=flags.c_contiguous, f_contiguous=flags.f_contiguous, owndata=flags.owndata)

    @property
    def base(self) -> "DeviceArray | None":
        base = self._hidden.base
        return DeviceArray(base, self.device) if isinstance(base, np.ndarray) else None

    @property
    def T(self) -> "DeviceArray":  # noqa: N802  (NumPy's name)
        return np.transpose(self)

    @property
    def mT(self) -> "DeviceArray":  # noqa: N802  (NumPy's name)
        return np.swapaxes(self, -1, -2)

    @property
    def real(self) -> "DeviceArray":
        return self._of(self._hidden.real)

    @property
    def imag(self) -> "DeviceArray":
        return self._of(self._hidden.imag)

    # The protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if any(_answers_itself(each) for each in (*inputs, *options.get("out", ()))):
            return NotImplemented
        name = ufunc.__name__
        if getattr(np, name, None) is not ufunc:
            if name not in OFFERS["special"] or method != "__call__":
                return NotImplemented
            if any(map(_is_complex, inputs)) and name not in OF_COMPLEX_NUMBERS:
                raise TypeError(f"Wrong type ({self.dtype.type}) of arguments for cupyx_scipy_special_{name}")
        elif name not in OFFERS["ufuncs"] or method not in (*OFFERS["ufuncs"][name], "__call__", "outer"):
            return NotImplemented
        allowed = (
            {"out", "dtype", "casting", "axis", "keepdims"} if method != "__call__" else {"out", "dtype", "casting"}
        )
        if not options.keys() <= allowed:
            raise TypeError(f"Wrong arguments {options.keys() - allowed} of cupy.{name}")
        if method == "at" and self._hidden.dtype.char not in ADDED_UP:
            raise TypeError(f"{name}.at of CuPy takes no {self.dtype}")
        if any(type(each) in (list, tuple) for each in inputs) and method != "at":
            raise TypeError("Unsupported type <class 'list'>")
        operation = _complex_power if ufunc is np.power and any(map(_is_complex, inputs)) else ufunc
        result = getattr(operation, method)(*self._seen(inputs), **self._seen(options))
        return options["out"][0] if "out" in options else self._of(result)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        name = f"{function.__module__}.{function.__name__}"
        if not all(kind in (DeviceArray, np.ndarray) for kind in types) or name not in OFFERS["functions"]:
            return NotImplemented
        known = OFFERS["functions"][name]
        if known is not None and (len(args) > len(known) or not options.keys() <= set(known)):
            raise TypeError(f"{name} of CuPy takes {known}, and was given {len(args)} arguments and {list(options)}")
        if name == "numpy.where" and type(args[0]) is bool:
            raise AttributeError("'bool' object has no attribute 'astype'")
        self._require_arrays(name, args)
        result = function(*self._seen(args, made_here=_is_made(name)), **self._seen(options))
        if name == "numpy.convolve" and result.dtype.kind == "c":
            result = _as_accurate_as_its_largest(result)
        if _is_made(name) and not isinstance(args[0], DeviceArray):
            self.device.machine.traffic.up.append(result.size)
        return options["out"] if options.get("out") is not None else self._of(result)

    def _require_arrays(self, name: str, args: Any) -> None:
        """Refuse numbers and lists that are joined, and NumPy's arrays in linear algebra, each as CuPy does."""
        if name.startswith("numpy.linalg.") and any(type(each) in (list, np.ndarray) for each in args):
            raise np.linalg.LinAlgError("cupy.linalg only supports cupy.ndarray")
        for each in args[0] if name in JOINING else ():
            if type(each) is not DeviceArray:
                kind = type(each).__name__
                raise TypeError(
                    f"Argument 'a' has incorrect type (expected cupy._core.core._ndarray_base, got "
                    f"{'numpy.' if kind == 'ndarray' else ''}{kind})"
                )

    def _seen(self, given: Any, made_here: bool = False) -> Any:
        """Give what the device sees of arguments: the memory of its own arrays, and numbers; no NumPy arrays.

        Args:
            given: the arguments.
            made_here: whether they say what a new array is made of: then NumPy arrays are copied to the device.
        """
        if isinstance(given, DeviceArray):
            if given.device.id != given.device.machine.current:
                raise ValueError(
                    f"The device where the array resides ({given.device.id}) is different from the current device "
                    f"({given.device.machine.current})."
                )
            return given._hidden
        if isinstance(given, np.ndarray) and not made_here:
            raise TypeError(f"Unsupported type {type(given)}")
        if type(given) in (list, tuple):
            return type(given)(self._seen(each, made_here) for each in given)
        if type(given) is dict:
            return {name: self._seen(each, made_here) for name, each in given.items()}
        return given

    def _of(self, result: Any) -> Any:
        """Give a result as arrays of this device."""
        if isinstance(result, (np.ndarray, np.generic)):
            return DeviceArray(np.asarray(result), self.device)
        if isinstance(result, tuple) and hasattr(result, "_fields"):
            return type(result)(*map(self._of, result))
        if isinstance(result, (tuple, list)):
            return type(result)(self._of(each) for each in result)
        return result

    # Indexing

    def __getitem__(self, index: Any) -> "DeviceArray":
        return self._of(self._hidden[self._index(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(value, np.ndarray):
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")  # noqa: TRY004  (as CuPy does)
        if _answers_itself(value):
            raise TypeError(f"float() argument must be a string or a real number, not {type(value)}")
        place, content = self._index(index), self._seen(value)
        self._hidden[place] = content
        repeated = any(isinstance(part, (np.ndarray, list)) for part in place)
        if repeated and not np.array_equal(self._hidden[place], np.broadcast_to(content, self._hidden[place].shape)):
            raise AssertionError("several values were given for one entry: CuPy leaves open which of them stays")

    def _index(self, index: Any) -> tuple[Any, ...]:
        """Give an index as the device sees it, with an ellipsis, so that an entry is a view of no axes."""
        parts = self._seen(index if isinstance(index, tuple) else (index,))
        return parts if any(part is Ellipsis for part in parts) else (*parts, Ellipsis)

    # Methods

    def astype(self, dtype: Any, order: str = "K", copy: bool = True) -> "DeviceArray":
        converted = self._hidden.astype(dtype, order, copy=copy)
        return self if converted is self._hidden else self._of(converted)

    def copy(self, order: str = "C") -> "DeviceArray":
        return self._of(self._hidden.copy(order))

    def __copy__(self) -> "DeviceArray":
        return self.copy()

    def __deepcopy__(self, memo: Any) -> "DeviceArray":
        return self.copy()

    def flatten(self, order: str = "C") -> "DeviceArray":
        return self._of(self._hidden.flatten(order))

    def reshape(self, *shape: Any, order: str = "C") -> "DeviceArray":
        return self._of(self._hidden.reshape(*shape, order=order))

    def transpose(self, *axes: Any) -> "DeviceArray":
        return self._of(self._hidden.transpose(*axes))

    def ravel(self, order: str = "C") -> "DeviceArray":
        return self._of(self._hidden.ravel(order))

    def fill(self, value: Any) -> None:
        self[...] = value

    def view(self) -> "DeviceArray":
        return self._of(self._hidden.view())


def _answers_itself(value: Any) -> bool:
    """Say whether a value has a protocol of its own, as those under differentiation do, whatever they say they are."""
    return hasattr(value, "__array_ufunc__") and not issubclass(type(value), (DeviceArray, np.ndarray, np.generic))


def _is_complex(value: Any) -> bool:
    return getattr(value, "dtype", np.dtype(float)).kind == "c"


def _as_accurate_as_its_largest(result: Any) -> Any:
    """Round real and imaginary parts as Fourier transforms do."""
    unit = np.finfo(result.dtype).eps * np.max(np.abs(result), initial=1e-300)
    return (np.round(result.real / unit) + 1j * np.round(result.imag / unit)) * unit


def _complex_power(base: Any, exponent: Any) -> Any:
    return np.where(exponent == 0, 1, np.exp(np.log(base) * exponent))


def _is_made(name: str) -> bool:
    return name in ("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray")


def _operator(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    return lambda self, other: ufunc(self, other)


def _reflected(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    return lambda self, other: ufunc(other, self)


def _in_place(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    def in_place(self: DeviceArray, other: Any) -> DeviceArray:
        if _answers_itself(other):
            raise TypeError(f"Unsupported type {type(other)}")
        return ufunc(self, other, out=self)

    return in_place


def _method(function: Any) -> Callable[..., Any]:
    return lambda self, *args, **options: function(self, *args, **options)


BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power}
BINARY |= {"mod": np.remainder, "floordiv": np.floor_divide, "matmul": np.matmul}
BINARY |= {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}
for _name, _ufunc in BINARY.items():
    setattr(DeviceArray, f"__{_name}__", _operator(_ufunc))
    setattr(DeviceArray, f"__r{_name}__", _reflected(_ufunc))
    if _name != "matmul":
        setattr(DeviceArray, f"__i{_name}__", _in_place(_ufunc))
COMPARISONS = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}
COMPARISONS |= {"eq": np.equal, "ne": np.not_equal}
for _name, _ufunc in COMPARISONS.items():
    setattr(DeviceArray, f"__{_name}__", _operator(_ufunc))
for _name, _ufunc in {"neg": np.negative, "pos": np.positive, "abs": np.absolute, "invert": np.invert}.items():
    setattr(DeviceArray, f"__{_name}__", _method(_ufunc))
METHODS = ("all", "any", "argmax", "argmin", "argsort", "clip", "cumprod", "cumsum", "diagonal", "dot", "max", "mean")
METHODS += ("min", "nonzero", "prod", "repeat", "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take")
METHODS += ("trace", "var")
for _name in METHODS:
    setattr(DeviceArray, _name, _method(getattr(np, _name)))
