"""Refusals: what would silently cut a derivative, or fail deep inside, with what to write instead."""

import re
import sys
from types import FrameType
from typing import Any

import numpy as np

from ..errors import NotDifferentiable, UnsupportedFunction
from ..user_code import calling_line, module_of

OBJECT_ARRAYS = (
    "np.array([[a, b], [c, d]]) makes one of values under differentiation. Write np.stack([a, b, c, d]).reshape(2, 2) "
    "instead, and loop over x.flat, not np.nditer(x)."
)
"""What to write where NumPy cannot take an array of objects."""


def refuse_conversion() -> NotDifferentiable:
    """Describe a conversion of a value to a float, naming the line of the caller and what to write there."""
    where, line = calling_line()
    return NotDifferentiable(
        f"A value under differentiation was turned into a plain number{where}: the result would carry no derivative. "
        + _remedy(line)
    )


def refuse_number_of_points() -> NotDifferentiable:
    """Describe a conversion of a value at many points to one float."""
    where, line = calling_line()
    return NotDifferentiable(
        f"A value that stands for many points (difflab.vmap) was turned into one number{where}, and each point has its "
        f"own. {_remedy(line)}"
    )


def refuse_parting_points() -> NotDifferentiable:
    """Describe code that looks at a value on which the points do not agree."""
    where, _ = calling_line()
    return NotDifferentiable(
        f"The points of difflab.vmap part ways{where}: a branch, a loop, int(x) or a mask looks at a value that is not "
        f"the same at all of them. Write np.where(condition, a, b) in place of a branch, np.where(mask, x, 0) in place "
        f"of x[mask], np.take_along_axis(a, i, 0) in place of a[i] for a plain array a; or call the function point by "
        f"point."
    )


def refuse_scipy() -> None:
    """Raise `UnsupportedFunction` if scipy is what asks for a plain array, where it would fail on it and say less."""
    module = function = ""
    frame: FrameType | None = sys._getframe(2)
    while frame and (inner := module_of(frame)).startswith(("numpy.", "scipy.")):
        if inner.startswith(("scipy.linalg.", "scipy.special.", "scipy.sparse.", "scipy._lib._util")):
            module, function = inner, frame.f_code.co_name
        frame = frame.f_back
    if not module or module == _ARRANGES_ENTRIES:
        return
    if module.startswith("scipy.special."):
        public = hasattr(sys.modules["scipy.special"], function)
        name = f"scipy.special.{function}" if public else "A function of scipy.special"
        remedy = _SPECIAL.get(function, "functions of numpy, or the ufuncs of scipy.special")
    elif module.startswith("scipy.sparse."):
        name, remedy = "A sparse matrix of scipy.sparse", "a.toarray() @ x"
    else:
        name = "A function of scipy.linalg"
        remedy = "the function of np.linalg (solve, inv, det, cholesky, eigh, qr, svd, …)"
    raise UnsupportedFunction(
        f"{name} was called on a value under differentiation{calling_line()[0]}, and it takes plain arrays only: "
        f"write {remedy} instead."
    )


_ARRANGES_ENTRIES = "scipy.linalg._special_matrices"
"""Where functions that arrange entries are defined (block_diag); they work on object arrays too."""

_SPECIAL = {
    "logsumexp": "np.logaddexp.reduce(x, axis=axis)",
    "softmax": "np.exp(x - np.logaddexp.reduce(x, axis=axis, keepdims=True))",
    "log_softmax": "x - np.logaddexp.reduce(x, axis=axis, keepdims=True)",
    "polygamma": "(-1) ** (n + 1) * scipy.special.factorial(n) * scipy.special.zeta(n + 1, x)",
}
"""What to write in place of functions of scipy.special that are no ufuncs, and so pass NumPy's protocols by."""


def refuse_assignment() -> NotDifferentiable:
    """Describe item assignment on a value, naming the line and what to write there."""
    where, _ = calling_line()
    return NotDifferentiable(
        f"Item assignment, x[…] = …, on a value under differentiation{where} would overwrite what the derivative still "
        f"needs. Write x = np.where(mask, value, x), or change the entries in a list and join them again: "
        f"entries = list(x); entries[0] = value; x = np.stack(entries)."
    )


def refuse_in_place(reason: str) -> NotDifferentiable:
    """Describe an augmented assignment that cannot do what NumPy does, naming the line and what to write there."""
    where, _ = calling_line()
    return NotDifferentiable(
        f"An array under differentiation was changed in place{where}, and {reason}. Write y = y + x in place of y += x."
    )


def refuse_outdated(changed_at: str) -> NotDifferentiable:
    """Describe the use of a value whose memory was changed in place by another name."""
    where, _ = calling_line()
    return NotDifferentiable(
        f"An array under differentiation was changed in place{changed_at}, and one that shares its entries, as a "
        f"slice, reshape or transpose does, is used after that{where}, where the change would not be seen. "
        f"Write y = y + x in place of y += x, or take the slice anew."
    )


def refuse_lost(dtype: np.dtype) -> None:
    """Raise `NotDifferentiable` if a result of this dtype would lose its derivative, which integers do not have."""
    if dtype.kind not in "fiubc":
        what = "an array of Python objects" if dtype.kind == "O" else f"of dtype {dtype}"
        raise NotDifferentiable(
            f"A value under differentiation became {what}{calling_line()[0]}, where its derivative would be lost: "
            f"write float(c) for a constant c of another library, and plain numbers for durations."
        )
    if dtype.kind == "c":
        raise NotDifferentiable(
            f"A value under differentiation became complex{calling_line()[0]}, and differentiated values are real: "
            f"compute the real and the imaginary part apart, np.cos(x) and np.sin(x) in place of np.exp(1j * x)."
        )


def refuse_other_arithmetic(operand: Any) -> UnsupportedFunction:
    """Describe an operand that is an array by type and not by its arithmetic."""
    return UnsupportedFunction(
        f"A value under differentiation met a {type(operand).__name__}{calling_line()[0]}, whose own arithmetic is not "
        f"followed: write np.asarray(a), and np.where(mask, 0, x) for what a mask does."
    )


def refuse_hashing() -> NotDifferentiable:
    """Describe the use of a value as a key of a dictionary or as a member of a set."""
    where, _ = calling_line()
    return NotDifferentiable(
        f"A value under differentiation was used as a key of a dictionary or a member of a set{where}: keys are plain "
        f"numbers or text, and a derivative does not pass through them. Write int(x) for the key."
    )


def refuse_escaped() -> NotDifferentiable:
    """Describe a result that depends on the variable of an inner derivative after its end."""
    return NotDifferentiable(
        "A value of an inner derivative was kept (in a list, an attribute or an outer variable) and used after that "
        "derivative had ended, when its variable means nothing any more: let the inner function return what is needed."
    )


def refuse_pickling() -> NotDifferentiable:
    """Describe the saving of a value, or its sending to another process."""
    where, _ = calling_line()
    return NotDifferentiable(
        f"A value under differentiation was to be pickled{where}, as for a file or another process: it would come back "
        f"without its derivative. Differentiate inside the other process, or do its work in this one."
    )


def no_attribute(name: str) -> str:
    """Say what to write instead of an attribute that arrays have and values under differentiation have not."""
    if remedy := _ATTRIBUTES.get(name):
        return f"A value under differentiation has no attribute {name!r}: {remedy}."
    if callable(getattr(np, name, None)):
        return f"A value under differentiation has no attribute {name!r}: write np.{name}(x, …)."
    return (
        f"A value under differentiation has no attribute {name!r}: it has the arithmetic of an array, not its memory."
    )


_ATTRIBUTES = {
    "fill": "it cannot be changed in place; write x = np.full_like(x, value)",
    "partition": "it cannot be changed in place; write x = np.partition(x, k)",
    "put": "it cannot be changed in place; write x = np.where(mask, values, x)",
    "resize": "it cannot be changed in place; write x = np.resize(x, shape)",
    "setflags": "it cannot be changed in place, and needs no protection",
    "sort": "it cannot be changed in place; write x = np.sort(x)",
    "view": "write x.astype(dtype) to convert its entries",
}


def _remedy(line: str) -> str:
    if found := re.search(r"\bmath\.(\w+)\(", line):
        name = _NUMPY_NAMES.get(found[1], found[1])
        return f"Write np.{name}(…) instead of math.{found[1]}(…)."
    return next((remedy for pattern, remedy in _REMEDIES.items() if re.search(pattern, line)), _ANY_REMEDY)


_NUMPY_NAMES = {"fabs": "abs", "pow": "power", "fsum": "sum", "dist": "linalg.norm", "comb": "prod"}
_REMEDIES = {
    r"\bnp\.fill_diagonal\(": "Write np.where(np.eye(n, dtype=bool), values, a).",
    r"\bnp\.(put|place|putmask|put_along_axis|copyto)\(": "Write np.where(mask, values, a).",
    r"\bnp\.fromiter\(": "Write np.stack(list(…)).",
    r"\bnp\.\w*array\(.*dtype": "Leave out dtype=…, or write np.stack([a, b]).astype(dtype).",
    r"\bnp\.float\d*\(": "Leave the conversion out, or write x.astype(dtype).",
    r"\bstatistics\.": "Write np.mean(x), np.std(x), np.median(x) in place of Python's statistics.",
    r"\bnp\.\w+\(\[": "A list of values is one of objects: write np.mean(np.stack([a, b])), not np.mean([a, b]).",
    r"\bcomplex\(": "Values under differentiation are real: compute the real and the imaginary part apart.",
    r"\bfloat\(": "Leave out float(): the value already behaves as a number.",
    r"\b(normal|uniform|laplace|logistic|gumbel)\(": (
        "Draw from the standard distribution and move the draws: loc + scale * rng.standard_normal(n)."
    ),
    r"\b(arange|range)\(": "Write int(x) for a count, or np.linspace(start, stop, n), which has a derivative.",
    r"\]\s*([-+*/@%&|^]|\*\*|//|<<|>>)?=[^=]": (
        "An entry of a plain NumPy array cannot hold it: collect the entries in a list, or in an array made with "
        "dtype=object, and call np.stack(list(entries)) when all are there."
    ),
}
"""By a pattern in the line of code, the likeliest first."""
_ANY_REMEDY = (
    "Use NumPy functions on it (np.sin, not math.sin), leave out float() and conversions to float arrays, and "
    "write np.stack([a, b]) in place of np.array([a, b])."
)
