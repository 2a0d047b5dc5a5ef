"""A function of Python whose body is a program: it takes arrays, and costs some 50 nanoseconds to call.

It is written in LLVM's language like the program itself, against the stable layout of Python's and NumPy's objects: a
number's value, and the address of an array's entries, stand 16 bytes behind the beginning of the object.
"""

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .machine import Code

_BEHIND_HEAD = 16
"""Bytes from the beginning of a number or an array to its value, or to the address of its entries."""
_FASTCALL = 0x0080


class _Method(ctypes.Structure):
    """PyMethodDef, which tells Python of a function."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("documentation", ctypes.c_char_p),
    )


def layout_is_known() -> bool:
    """Say whether objects are laid out here as this file takes for granted."""
    array, number = np.array([math.pi]), np.float64(math.e)
    data = ctypes.c_void_p.from_address(id(array) + _BEHIND_HEAD).value
    value = ctypes.c_double.from_address(id(number) + _BEHIND_HEAD).value
    return data == array.__array_interface__["data"][0] and value == math.e


def entrance_text(is_number: Sequence[bool], size: int, *, is_long: bool) -> str:
    """Write the function of Python that calls `run`, and gives what it returns as a whole number.

    Args:
        is_number: of each argument, whether it is a number, passed by the address of its value, or an array.
        size: bytes of the memory that the program computes in.
        is_long: whether other threads of Python may run meanwhile, which costs some 100 nanoseconds.
    """
    lines = ["define ptr @enter(ptr %self, ptr %arguments, i64 %count) {", "entry:"]
    for n, number in enumerate(is_number):
        lines += [
            f"%p{n} = getelementptr ptr, ptr %arguments, i64 {n}",
            f"%a{n} = load ptr, ptr %p{n}",
            f"%d{n} = getelementptr i8, ptr %a{n}, i64 {_BEHIND_HEAD}",
            *([] if number else [f"%e{n} = load ptr, ptr %d{n}"]),
        ]
    lines.append(
        f"%memory = call ptr @aligned_alloc(i64 64, i64 {size})"
        if size
        else "%memory = getelementptr i8, ptr null, i64 0"
    )
    if is_long:
        lines.append("%thread = call ptr @PyEval_SaveThread()")
    arguments = ", ".join([*(f"ptr %{'d' if number else 'e'}{n}" for n, number in enumerate(is_number)), "ptr %memory"])
    lines.append(f"%status = call i64 @run({arguments})")
    if is_long:
        lines.append("call void @PyEval_RestoreThread(ptr %thread)")
    if size:
        lines.append("call void @free(ptr %memory)")
    lines += ["%result = call ptr @PyLong_FromLongLong(i64 %status)", "ret ptr %result", "}"]
    declarations = [
        "declare ptr @PyLong_FromLongLong(i64)",
        *(["declare ptr @aligned_alloc(i64, i64)", "declare void @free(ptr)"] if size else []),
        *(["declare ptr @PyEval_SaveThread()", "declare void @PyEval_RestoreThread(ptr)"] if is_long else []),
    ]
    return "\n".join([*declarations, *lines, ""])


class Entrance:
    """The compiled function; `call(*arguments)` checks none of them."""

    def __init__(self, code: Code):
        self._code = code
        self._method = _Method(b"enter", code.address("enter"), _FASTCALL, None)
        create = ctypes.pythonapi.PyCFunction_NewEx
        create.restype = ctypes.py_object
        create.argtypes = [ctypes.POINTER(_Method), ctypes.c_void_p, ctypes.c_void_p]
        self.call: Any = create(ctypes.byref(self._method), None, None)
