"""What it means that a function failed on arrays of a device."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ..carrier import Carrier
from ..errors import DifflabError, InvalidArgument, NotDifferentiable, UnsupportedFunction
from .places import device_of, is_on_gpu, require_one_device

_MISSING = re.compile(
    r"no implementation found for '([\w.]+)'"  # of NumPy's functions
    r"|returned NotImplemented from __array_ufunc__\(<ufunc '(\w+)'>, '(\w+)'"
    r"|`?cupy_(\w+)\.(\w+)`? is not supported"
    r"|Wrong type \(.*\) of arguments for (?:cupy_|cupyx_scipy_)?(?:special_)?(\w+)"
)


_OF_NUMPY = re.compile(r"numpy\.ndarray|cupy\.linalg only supports cupy\.ndarray")
_NO_ARRAY = re.compile(r"expected cupy\S*ndarray\S*, got (?:\w+\.)*(\w+)\)|Unsupported type <class '(list|tuple)'>")
_A_VALUE = re.compile(r"Unsupported type <class 'difflab\.")


def explain(name: str, operands: Iterable[Any], error: Exception) -> None:
    """Raise in its place an error that says what was wrong, if that was a matter of devices.

    Args:
        name: of the function that failed.
        operands: what it was given.
        error: with which it failed.

    Raises:
        InvalidArgument: the operands, or arrays that the function has of its own, are on several devices, or not on the
            current one; or there is a number or a list among them where CuPy takes arrays only.
        NotDifferentiable: a value under differentiation is written into an array.
        UnsupportedFunction: CuPy has no such function.
    """
    if isinstance(error, DifflabError):
        return
    given = list(map(_behind, operands))
    if not any(map(is_on_gpu, given)):
        return
    place = next(device_of(each) for each in given if is_on_gpu(each))
    is_of_numpy = _OF_NUMPY.search(str(error))
    if isinstance(error, TypeError) or "device" in str(error) or is_of_numpy:
        require_one_device(name, given)
        if is_of_numpy:
            raise InvalidArgument(
                f"{name} brings arrays on {place} together with arrays on cpu: make constants where x is, as "
                f"np.ones_like(x) does."
            ) from error
    if _A_VALUE.search(str(error)):
        raise NotDifferentiable(
            f"{name} writes a value under differentiation into an array on {place}, which holds numbers alone: write "
            f"a = a + x in place of a += x."
        ) from error
    if (found := _NO_ARRAY.search(str(error))) is not None:
        raise InvalidArgument(
            f"{name} brings a {found[1] or found[2]} together with arrays on {place}, where CuPy takes arrays only: "
            f"make one there, as np.full_like(x, 2.0) or np.asarray([1.0, 2.0], like=x) does."
        ) from error
    if (found := _MISSING.search(str(error))) is not None:
        function, *of_ufunc = found.groups()
        missing = function or ".".join(each for each in of_ufunc if each and each != "__call__")
        raise UnsupportedFunction(
            f"{name} needs {missing}, or an option of it, which CuPy has not: compute that part on the CPU, or write "
            f"it in other functions."
        ) from error


def _behind(operand: Any) -> Any:
    """Give the array behind a value; the value itself where it may not be used any more."""
    with suppress(DifflabError):
        while isinstance(operand, Carrier):
            operand = operand.underlying
    return operand
