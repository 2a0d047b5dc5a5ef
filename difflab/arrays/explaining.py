"""What it means that a function failed on arrays of a device."""

import re
from collections.abc import Iterable
from typing import Any

from ..errors import DifflabError, InvalidArgument, UnsupportedFunction
from .places import device_of, is_on_gpu, require_one_device

_MISSING = re.compile(
    r"no implementation found for '([\w.]+)'"  # of NumPy's functions
    r"|returned NotImplemented from __array_ufunc__\(<ufunc '(\w+)'>, '(\w+)'"
    r"|`?cupy_(\w+)\.(\w+)`? is not supported"
    r"|Wrong type \(.*\) of arguments for (?:cupy_|cupyx_scipy_)?(?:special_)?(\w+)"
)


def explain(name: str, operands: Iterable[Any], error: Exception) -> None:
    """Raise in its place an error that says what was wrong, if that was a matter of devices.

    Args:
        name: of the function that failed.
        operands: what it was given.
        error: with which it failed.

    Raises:
        InvalidArgument: the operands, or arrays that the function has of its own, are on several devices, or not on the
            current one.
        UnsupportedFunction: CuPy has no such function.
    """
    given = list(operands)
    if isinstance(error, DifflabError) or not any(map(is_on_gpu, given)):
        return
    if isinstance(error, TypeError) or "device" in str(error) or "numpy.ndarray" in str(error):
        require_one_device(name, given)
        if "numpy.ndarray" in str(error):
            place = next(device_of(each) for each in given if is_on_gpu(each))
            raise InvalidArgument(
                f"{name} brings arrays on {place} together with arrays on cpu: make constants where x is, as "
                f"np.ones_like(x) does."
            ) from error
    if (found := _MISSING.search(str(error))) is not None:
        function, *of_ufunc = found.groups()
        missing = function or ".".join(each for each in of_ufunc if each and each != "__call__")
        raise UnsupportedFunction(
            f"{name} needs {missing}, or an option of it, which CuPy has not: compute that part on the CPU, or write "
            f"it in other functions."
        ) from error
