"""This machine's compiler: text in LLVM's language becomes a function at an address.

Sums may be taken in any order and the functions of the C library come in vectors (glibc's libmvec), so that loops
become vector instructions; all other arithmetic is as written.
"""

import ctypes
import os
import threading
from functools import cache
from time import perf_counter
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from .cache import cached, is_kept

STRAIGHT = 3000
"""Lines from which a program that has few turns of loops is not optimized: that would take longer than linear."""
LONG = 30_000
"""Lines from which it is translated line by line, 8 times as fast."""

LONG_DRAFT = 10_000
"""Lines from which a draft of a program without loops takes as long as its code."""
FOR_OPTIMIZER = "@llvm.compiler.used"
"""How the line begins that only the optimizer understands."""

_VECTOR_LIBRARY = "libmvec.so.1"
_LANES = {"double": {"e": 8, "d": 4, "b": 2}, "float": {"e": 16, "d": 8, "b": 4}}
"""Entries in a vector of each instruction set: AVX-512, AVX2, SSE2; named as the x86-64 vector function ABI has it."""


class _Turns:
    """Who may use the compiler: one thread at a time, and in a forked process none that is not there."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self.lock = threading.Lock()


_TURNS = _Turns()
os.register_at_fork(after_in_child=_TURNS.begin_anew)


class Code:
    """A compiled module; its functions live as long as it does.

    Args:
        text: the module.
        has_loops: whether it has any.
        is_draft: whether it is translated as it stands, in a tenth of the time, where no better code is kept on disk.
    """

    def __init__(self, text: str, *, has_loops: bool, is_draft: bool = False) -> None:
        with _TURNS.lock:
            self._load(text, has_loops, is_draft)

    def _load(self, text: str, has_loops: bool, is_draft: bool) -> None:
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _new_machine(0))
        key = f"{_identity()} {has_loops} {text}"
        self.is_draft = is_draft and _gains_by_draft(text, has_loops) and not is_kept(key)
        """Whether there is better code to be had."""
        code = drafted(text) if self.is_draft else cached(key, lambda: translated(text, has_loops))
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def address(self, name: str) -> int:
        """Give where a function begins."""
        return int(self._engine.get_function_address(name))


def translated(text: str, has_loops: bool) -> bytes:
    """Give the code of a module, as it would stand in a file."""
    machine = _machine(_effort(text, has_loops))
    module = llvm.parse_assembly(text)
    if has_loops:
        _optimize(module, machine)
    code: bytes = machine.emit_object(module)
    return code


def drafted(text: str) -> bytes:
    """Give code of a module that nothing has been done to."""
    lines = [line for line in text.split("\n") if not line.startswith(FOR_OPTIMIZER)]
    code: bytes = _machine(0).emit_object(llvm.parse_assembly("\n".join(lines)))
    return code


def seconds_to_translate(text: str, *, has_loops: bool) -> float:
    """Say how long it takes to translate a module, whatever is kept on disk."""
    with _TURNS.lock:
        began = perf_counter()
        translated(text, has_loops)
        return perf_counter() - began


@cache
def _identity() -> str:
    """Name the processor and the compiler that code is for, and by."""
    features = llvm.get_host_cpu_features().flatten()
    return f"{llvmlite.__version__} {STRAIGHT} {llvm.get_host_cpu_name()} {features} {bool(_vector_library())}"


def _gains_by_draft(text: str, has_loops: bool) -> bool:
    return has_loops or text.count("\n") < LONG_DRAFT


def _effort(text: str, has_loops: bool) -> int:
    if has_loops:
        return 3
    return 1 if text.count("\n") < LONG else 0


@cache
def _machine(effort: int) -> Any:
    return _new_machine(effort)


def _new_machine(effort: int) -> Any:
    _initialize()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten() + ",-prefer-256-bit"
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=effort, jit=True)


@cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    _vector_library()


def _optimize(module: Any, machine: Any) -> None:
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)


@cache
def _vector_library() -> Any:
    try:
        library = ctypes.CDLL(_VECTOR_LIBRARY)
    except OSError:
        return None
    llvm.load_library_permanently(_VECTOR_LIBRARY)
    return library


@cache
def _instruction_sets() -> str:
    features = llvm.get_host_cpu_features()
    return "".join(kind for kind, name in (("e", "avx512f"), ("d", "avx2"), ("b", "sse2")) if features.get(name))


@cache
def vector_variants(name: str, kind: str, operands: int) -> tuple[tuple[str, int], ...]:
    """Give the names of a C function for vectors, and the lanes of each: none where the machine has none.

    Args:
        name: of the function for one number: `exp`, or `expf` for floats.
        kind: "double" or "float".
        operands: how many it takes.
    """
    library = _vector_library()
    if library is None:
        return ()
    found = []
    for letter in _instruction_sets():
        lanes = _LANES[kind][letter]
        symbol = f"_ZGV{letter}N{lanes}{'v' * operands}_{name}"
        if hasattr(library, symbol):
            found.append((symbol, lanes))
    return tuple(found)
