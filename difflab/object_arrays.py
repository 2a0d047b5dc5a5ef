"""Explaining what NumPy says when it meets an array of Python objects.

`np.array([x[0], np.sin(x[1])])` of values that stand in for numbers is an array of objects. NumPy runs operators,
ufuncs and sums on it entry by entry; its compiled functions (np.linalg.det) refuse it, in words about casting.
"""

import sys
import traceback
from typing import Literal

from .errors import DifflabError, UnsupportedFunction
from .user_code import calling_line, line_of, module_of

_COMPLAINTS = ("dtype('O')", "not supported for the input types", "has no callable", "holds references")


def _is_complaint(error: Exception) -> bool:
    return any(complaint in str(error) for complaint in _COMPLAINTS)


def _is_raised_in_numpy(error: Exception) -> bool:
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return module_of(frame).startswith("numpy.")


WINDOWS = "index the windows, x[np.arange(len(x) - k + 1)[:, None] + np.arange(k)]"
"""What to write in place of windows by strides."""


def refuse_strides() -> None:
    """Raise `UnsupportedFunction` if np.lib.stride_tricks.as_strided is who asks a value for an array of objects.

    It would read entries of the dtype's size in an array of references, which ends Python itself.
    """
    if sys._getframe(2).f_code.co_name == "as_strided":
        raise UnsupportedFunction(
            f"np.lib.stride_tricks.as_strided was called on a value under differentiation{calling_line()[0]}, which is "
            f"no memory that strides could be of: {WINDOWS}."
        )


def object_arrays_explained(remedy: str) -> "_Explained":
    """Turn NumPy's complaint about an array of objects into `UnsupportedFunction`, with what to write instead.

    Gives a context. As it is entered at each call of a differentiated function, it is no generator, which takes longer.
    """
    return _Explained(remedy)


class _Explained:
    __slots__ = ("remedy",)

    def __init__(self, remedy: str):
        self.remedy = remedy

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> Literal[False]:
        if not isinstance(error, (TypeError, ValueError, AttributeError)) or isinstance(error, DifflabError):
            return False
        if isinstance(error.__cause__, DifflabError):  # of an entry that would not become a plain number
            raise error.__cause__ from None
        if not (_is_complaint(error) or (isinstance(error, AttributeError) and _is_raised_in_numpy(error))):
            return False
        raise UnsupportedFunction(
            f"NumPy could not take an array of Python objects{line_of(error)}: {self.remedy}"
        ) from None
