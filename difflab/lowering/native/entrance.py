"""A function of Python whose body is a program: it takes arrays, and costs some 100 nanoseconds to call.

It is written in LLVM's language like the program itself, against the stable layout of Python's and NumPy's objects, and
looks itself whether an argument is what the program reads.
"""

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np

from .machine import Code
from .text import kind_of

UNFIT = -2
"""What is returned where an argument is not as expected; nothing was computed then."""

_TYPE, _VALUE, _AXES, _LENGTHS, _DTYPE, _FLAGS = 8, 16, 24, 32, 56, 64
"""Bytes from the beginning of an object to its type, to a number's value or an array's entries, to the number of axes,
their lengths, the dtype and the flags of an array."""
_ROW_BY_ROW = 0x0001 | 0x0100
"""NumPy's flags of an array whose entries stand one after the other, each where the processor wants it."""
_FASTCALL = 0x0080
_KINDS = {"double": np.float64, "float": np.float32, "i64": np.int64, "i1": np.bool}


class Expected(NamedTuple):
    """An argument: a number where it has no axes, else an array."""

    kind: str
    shape: tuple[int, ...]


class _Method(ctypes.Structure):
    """PyMethodDef, which tells Python of a function."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("documentation", ctypes.c_char_p),
    )


@cache
def layout_is_known() -> bool:
    """Say whether objects are laid out here as this file takes for granted."""
    array, number = np.full((2, 3), 0.5), np.float64(0.25)

    def word(thing: Any, offset: int, kind: Any = ctypes.c_void_p) -> Any:
        return kind.from_address(id(thing) + offset).value

    return (  # the address among them is followed if all else is as it should be
        word(array, _TYPE) == id(np.ndarray)
        and word(array, _VALUE) == array.__array_interface__["data"][0]
        and word(array, _AXES, ctypes.c_int32) == 2
        and word(array, _DTYPE) == id(np.dtype(float))
        and word(array, _FLAGS, ctypes.c_int32) & _ROW_BY_ROW == _ROW_BY_ROW
        and word(number, _TYPE) == id(np.float64)
        and word(number, _VALUE, ctypes.c_double) == 0.25
        and ctypes.c_int64.from_address(word(array, _LENGTHS) + 8).value == 3
    )


@cache
def _name_objects() -> None:
    """Let programs find the types that they compare with."""
    llvm.add_symbol("difflab_array", id(np.ndarray))
    llvm.add_symbol("difflab_python_float", id(float))
    for kind, number in _KINDS.items():
        llvm.add_symbol(f"difflab_number_{kind}", id(number))
        llvm.add_symbol(f"difflab_dtype_{kind}", id(np.dtype(number)))


def entrance_text(inputs: Sequence[Expected], others: int, size: int, *, is_long: bool) -> str:
    """Write the function of Python that calls `run`, and gives what it returns as a whole number.

    Args:
        inputs: the arguments that are looked at.
        others: how many arrays follow, which are taken as they are.
        size: bytes of the memory that the program computes in.
        is_long: whether other threads of Python may run meanwhile, which costs some 100 nanoseconds.
    """
    total = len(inputs) + others
    lines = [
        "define ptr @enter(ptr %self, ptr %arguments, i64 %count) {",
        "entry:",
        f"%all = icmp eq i64 %count, {total}",
        "br i1 %all, label %given, label %unfit",
        "given:",
    ]
    for n in range(total):
        lines += [f"%p{n} = getelementptr ptr, ptr %arguments, i64 {n}", f"%a{n} = load ptr, ptr %p{n}"]
    for n, expected in enumerate(inputs):
        lines += _looked_at(n, expected) if expected.shape else _number(n, expected)
    for n in range(total):
        lines.append(f"%v{n} = getelementptr i8, ptr %a{n}, i64 {_VALUE}")
        if n >= len(inputs) or inputs[n].shape:
            lines.append(f"%d{n} = load ptr, ptr %v{n}")
    names = [f"%{'d' if n >= len(inputs) or inputs[n].shape else 'v'}{n}" for n in range(total)]
    lines += [
        *(_allocated(size) if size else ["%memory = getelementptr i8, ptr null, i64 0"]),
        *(["%thread = call ptr @PyEval_SaveThread()"] if is_long else []),
        f"%status = call i64 @run({', '.join(f'ptr {name}' for name in [*names, '%memory'])})",
        *(["call void @PyEval_RestoreThread(ptr %thread)"] if is_long else []),
        *(["call void @free(ptr %memory)"] if size else []),
        "%result = call ptr @PyLong_FromLongLong(i64 %status)",
        "ret ptr %result",
        "unfit:",
        f"%unfit.result = call ptr @PyLong_FromLongLong(i64 {UNFIT})",
        "ret ptr %unfit.result",
        "}",
    ]
    kinds = sorted({expected.kind for expected in inputs})
    declarations = [
        "declare ptr @PyLong_FromLongLong(i64)",
        "@difflab_array = external global i8",
        "@difflab_python_float = external global i8",
        *(f"@difflab_{what}_{kind} = external global i8" for kind in kinds for what in ("dtype", "number")),
        *(_OF_MEMORY if size else []),
        *(["declare ptr @PyEval_SaveThread()", "declare void @PyEval_RestoreThread(ptr)"] if is_long else []),
    ]
    return "\n".join([*declarations, *lines, ""])


_OF_MEMORY = ("declare ptr @aligned_alloc(i64, i64)", "declare void @free(ptr)", "declare ptr @PyErr_NoMemory()")


def _allocated(size: int) -> list[str]:
    """Go on with memory to compute in; where there is none, raise `MemoryError`."""
    return [
        f"%memory = call ptr @aligned_alloc(i64 64, i64 {size})",
        "%none = icmp eq ptr %memory, null",
        "br i1 %none, label %full, label %begin",
        "full:",
        "%error = call ptr @PyErr_NoMemory()",
        "ret ptr %error",
        "begin:",
    ]


def _load(name: str, kind: str, base: str, offset: int) -> list[str]:
    return [f"{name}.p = getelementptr i8, ptr {base}, i64 {offset}", f"{name} = load {kind}, ptr {name}.p"]


def _number(n: int, expected: Expected) -> list[str]:
    """Go on if an argument is a number of a kind; a Python float is one of doubles."""
    lines = [*_load(f"%type{n}", "ptr", f"%a{n}", _TYPE)]
    lines.append(f"%is{n} = icmp eq ptr %type{n}, @difflab_number_{expected.kind}")
    if expected.kind == "double":
        lines.append(f"%python{n} = icmp eq ptr %type{n}, @difflab_python_float")
        lines.append(f"%fits{n} = or i1 %is{n}, %python{n}")
    return [
        *lines,
        f"br i1 %{'fits' if expected.kind == 'double' else 'is'}{n}, label %fit{n}, label %unfit",
        f"fit{n}:",
    ]


def _looked_at(n: int, expected: Expected) -> list[str]:
    """Go on if an argument is an array of a kind and shape whose entries stand one after the other."""
    lines = [
        *_load(f"%type{n}", "ptr", f"%a{n}", _TYPE),
        f"%is{n} = icmp eq ptr %type{n}, @difflab_array",
        f"br i1 %is{n}, label %array{n}, label %unfit",
        f"array{n}:",
        *_load(f"%dtype{n}", "ptr", f"%a{n}", _DTYPE),
        f"%c{n}.0 = icmp eq ptr %dtype{n}, @difflab_dtype_{expected.kind}",
        *_load(f"%flags{n}", "i32", f"%a{n}", _FLAGS),
        f"%row{n} = and i32 %flags{n}, {_ROW_BY_ROW}",
        f"%c{n}.1 = icmp eq i32 %row{n}, {_ROW_BY_ROW}",
        *_load(f"%axes{n}", "i32", f"%a{n}", _AXES),
        f"%c{n}.2 = icmp eq i32 %axes{n}, {len(expected.shape)}",
        f"%b{n}.1 = and i1 %c{n}.0, %c{n}.1",
        f"%b{n}.2 = and i1 %b{n}.1, %c{n}.2",
        f"br i1 %b{n}.2, label %axes{n}.same, label %unfit",
        f"axes{n}.same:",
        *_load(f"%lengths{n}", "ptr", f"%a{n}", _LENGTHS),
        f"%s{n}.0 = add i1 0, true",
    ]
    for axis, length in enumerate(expected.shape):
        lines += [
            *_load(f"%length{n}.{axis}", "i64", f"%lengths{n}", 8 * axis),
            f"%l{n}.{axis} = icmp eq i64 %length{n}.{axis}, {length}",
            f"%s{n}.{axis + 1} = and i1 %s{n}.{axis}, %l{n}.{axis}",
        ]
    return [*lines, f"br i1 %s{n}.{len(expected.shape)}, label %fit{n}, label %unfit", f"fit{n}:"]


class Entrance:
    """The compiled function; `call(*arguments)` gives the status, `UNFIT` for arguments that are not as expected.

    Args:
        text: the module.
        has_loops: see `Code`.
        is_draft: likewise; `finish` then puts better code in its place, behind the same function.
    """

    def __init__(self, text: str, *, has_loops: bool, is_draft: bool = False):
        _name_objects()
        code = Code(text, has_loops=has_loops, is_draft=is_draft)
        self._waiting = (text, has_loops) if code.is_draft else None
        self._method = _Method(b"enter", code.address("enter"), _FASTCALL, None)
        self._kept: list[Any] = [self._method, code]
        create = ctypes.pythonapi.PyCFunction_NewEx
        create.restype = ctypes.py_object
        create.argtypes = [ctypes.POINTER(_Method), ctypes.py_object, ctypes.c_void_p]
        self.call: Any = create(ctypes.byref(self._method), self._kept, None)  # which keeps them as long as itself

    def finish(self) -> None:
        """Let better code answer from now on, also calls of what `call` gave before."""
        if self._waiting is not None:
            text, has_loops = self._waiting
            code = Code(text, has_loops=has_loops)
            self._kept.append(code)  # beside the draft, in which another thread may be
            self._method.function = code.address("enter")
            self._waiting = None


def expected(shape: tuple[int, ...], dtype: Any) -> Expected:
    """Say what an argument of a shape and dtype, of which programs have numbers, is."""
    kind = kind_of(dtype)
    assert kind is not None
    return Expected(kind, shape)
