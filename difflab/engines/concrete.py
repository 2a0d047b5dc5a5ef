"""Refusing what would silently cut a derivative: turning a value into a plain Python float."""

import linecache
import re
import sys
import traceback
from pathlib import Path
from types import FrameType

from ..errors import NotDifferentiable, UnsupportedFunction

_PACKAGE = str(Path(__file__).resolve().parent.parent)


def refuse_conversion() -> NotDifferentiable:
    """Describe a conversion of a value to a float, naming the line of the caller and what to write there."""
    where, line = _calling_line()
    return NotDifferentiable(
        f"A value under differentiation was turned into a plain number{where}: the result would carry no derivative. "
        + _remedy(line)
    )


def refuse_scipy_linalg() -> None:
    """Raise `UnsupportedFunction` if scipy.linalg is what asks for a plain array: it would fail on it, and say less."""
    frame: FrameType | None = sys._getframe(2)
    while frame and (module := _module(frame)).startswith(("numpy.", "scipy.")):
        if module.startswith(("scipy.linalg.", "scipy._lib._util")) and module != _ARRANGES_ENTRIES:
            where, _ = _calling_line()
            raise UnsupportedFunction(
                f"A function of scipy.linalg was called on a value under differentiation{where}, and it takes plain "
                f"arrays only: write the function of np.linalg (solve, inv, det, cholesky, eigh, qr, svd, …) instead."
            )
        frame = frame.f_back


_ARRANGES_ENTRIES = "scipy.linalg._special_matrices"
"""Where functions that arrange entries are defined (block_diag); they work on object arrays too."""


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _calling_line() -> tuple[str, str]:
    frame: FrameType | None = sys._getframe(1)
    while frame and not _is_users(frame):
        frame = frame.f_back
    return ("", "") if frame is None else _place(frame, frame.f_lineno)


def line_of(error: Exception) -> str:
    """Say, in parentheses, in which line of the differentiated code an error arose."""
    steps = [step for step in traceback.walk_tb(error.__traceback__) if _is_users(step[0])]
    return _place(*steps[-1])[0] if steps else ""


def _is_users(frame: FrameType) -> bool:
    return not (frame.f_code.co_filename.startswith(_PACKAGE) or _module(frame).startswith(("numpy.", "scipy.")))


def _place(frame: FrameType, number: int) -> tuple[str, str]:
    filename = frame.f_code.co_filename
    line = linecache.getline(filename, number, frame.f_globals).strip()
    return f" ({filename}, line {number}{': ' + line if line else ''})", line


def _remedy(line: str) -> str:
    if found := re.search(r"\bmath\.(\w+)\(", line):
        name = _NUMPY_NAMES.get(found[1], found[1])
        return f"Write np.{name}(…) instead of math.{found[1]}(…)."
    if "float(" in line:
        return "Leave out float(): the value already behaves as a number."
    if re.search(r"\]\s*[-+*/]?=[^=]", line):
        return (
            "An entry of a plain NumPy array cannot hold it: collect the entries in a list and call np.stack(list), "
            "or start from np.zeros_like of a differentiated array and use np.where or np.concatenate."
        )
    return (
        "Use NumPy functions on it (np.sin, not math.sin), leave out float() and conversions to float arrays, and "
        "write np.stack([a, b]) in place of np.array([a, b])."
    )


_NUMPY_NAMES = {"fabs": "abs", "pow": "power", "fsum": "sum", "dist": "linalg.norm", "comb": "prod"}
