"""The text of a module in LLVM's language, put together line by line."""

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .machine import FOR_OPTIMIZER, STRAIGHT, vector_variants

SIZES = {"double": 8, "float": 4, "i64": 8, "i1": 1}
"""Bytes of a number of each kind in memory, as NumPy has it."""
_KINDS = {
    np.dtype(np.float64): "double",
    np.dtype(np.float32): "float",
    np.dtype(np.int64): "i64",
    np.dtype(bool): "i1",
}


_VECTORS = "_ZGV"
"""How the names of functions of vectors begin."""


class Number(NamedTuple):
    """A number that the program has: the name it goes by, or itself, and its kind."""

    text: str
    kind: str


def kind_of(dtype: Any) -> str | None:
    """Name the kind of number that an array of a dtype holds; None if programs have none such.

    >>> kind_of(np.dtype(float)), kind_of(np.dtype(complex))
    ('double', None)
    """
    return _KINDS.get(np.dtype(dtype))


def literal(value: Any, kind: str) -> Number:
    """Write a constant.

    >>> literal(1, "double").text
    '0x3FF0000000000000'
    """
    if kind == "i1":
        return Number("true" if value else "false", kind)
    if kind == "i64":
        return Number(str(int(value)), kind)
    if kind == "float":
        with np.errstate(over="ignore"):  # what is too large is infinite
            value = np.float32(value)
    return Number(f"0x{struct.pack('>d', float(value)).hex().upper()}", kind)


class Text:
    """A function being written, and the declarations that it needs.

    Args:
        head: the function's result, name and parameters.
        caller: the function of the same module that calls it, if there is one.
    """

    def __init__(self, head: str, caller: "Text | None" = None):
        self.lines = [f"define {head} {{", "entry:"]
        self.declarations: dict[str, str] = {} if caller is None else caller.declarations
        self.attributes: dict[str, int] = {} if caller is None else caller.attributes
        self.metadata: list[str] = [] if caller is None else caller.metadata
        self.functions: list[Text] = [] if caller is None else caller.functions
        """All that the module has beside the first."""
        if caller is not None:
            self.functions.append(self)
        self.allocations: list[str] = []
        self.loops: dict[str, str] = {}
        """Where each loop ends, by the block that it begins with."""
        self.block = "entry"
        self.count = 0
        self.turns = 0
        """How often the bodies of all loops run together."""

    def name(self) -> str:
        """Give a name that is not taken."""
        self.count += 1
        return f"%t{self.count}"

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append(text)

    def assign(self, text: str, kind: str) -> Number:
        """Add a line that computes something; gives it."""
        name = self.name()
        self.lines.append(f"{name} = {text}")
        return Number(name, kind)

    def label(self) -> str:
        """Give the name of a block that is not taken."""
        self.count += 1
        return f"b{self.count}"

    def begin(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.block = label

    def allocate(self, kind: str, count: int = 1) -> str:
        """Make a place for numbers that change; gives its address."""
        name = self.name()
        self.allocations.append(f"{name} = alloca {kind}, i64 {count}")
        return name

    def access_group(self) -> int:
        """Make a name for the reads and writes of a loop."""
        self.metadata.append("distinct !{}")
        return len(self.metadata) - 1

    def loop_metadata(self, group: int) -> int:
        """Say that no read or write of a group depends on one of another turn of the loop."""
        self.metadata.append(f'!{{!"llvm.loop.parallel_accesses", !{group}}}')
        number = len(self.metadata)
        self.metadata.append(f"distinct !{{!{number}, !{number - 1}}}")
        return number

    def call(self, function: str, operands: Sequence[Number], kind: str) -> Number:
        """Call a function of the C library, or one of LLVM's own (`llvm.…`), that only computes."""
        kinds = ", ".join(operand.kind for operand in operands)
        self.declarations[function] = f"declare {kind} @{function}({kinds}) memory(none) nounwind"
        arguments = ", ".join(f"{operand.kind} {operand.text}" for operand in operands)
        return self.assign(f"call {kind} @{function}({arguments}){self._vectors(function, len(operands), kind)}", kind)

    def _vectors(self, function: str, operands: int, kind: str) -> str:
        """Say which functions do the same for vectors, so that a loop over calls can become one over them."""
        variants = () if function.startswith("llvm.") else vector_variants(function, kind, operands)
        if not variants:
            return ""
        for symbol, lanes in variants:
            vectors = ", ".join([f"<{lanes} x {kind}>"] * operands)
            self.declarations[symbol] = f"declare <{lanes} x {kind}> @{symbol}({vectors}) memory(none) nounwind"
        names = ",".join(f"{symbol}({symbol})" for symbol, _ in variants)
        number = self.attributes.setdefault(f'"vector-function-abi-variant"="{names}"', len(self.attributes))
        return f" #{number}"

    @property
    def has_loops(self) -> bool:
        """Whether loops are what takes time: there are some, and they are not lost in long straight lines."""
        turns = self.turns + sum(function.turns for function in self.functions)
        return turns > 0 and (len(self.lines) < STRAIGHT or turns > len(self.lines))

    def written(self) -> list[str]:
        """Give the lines of this function."""
        return [*self.lines[:2], *self.allocations, *self.lines[2:], "}"]

    def module(self) -> str:
        """Give the whole module; functions of vectors are declared, and kept, for loops alone."""
        declared = {
            name: text for name, text in self.declarations.items() if self.has_loops or not name.startswith(_VECTORS)
        }
        kept = [name for name in declared if name.startswith(_VECTORS)]
        used = ", ".join(f"ptr @{name}" for name in kept)
        return "\n".join(
            [
                *declared.values(),
                *([f"{FOR_OPTIMIZER} = appending global [{len(kept)} x ptr] [{used}]"] if kept else []),
                *(line for function in (self, *self.functions) for line in function.written()),
                *(f"attributes #{number} = {{ {text} }}" for text, number in self.attributes.items()),
                *(f"!{number} = {text}" for number, text in enumerate(self.metadata)),
                "",
            ]
        )
