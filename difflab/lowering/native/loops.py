"""Loops over arrays: entries are read, the body computes numbers of them, and these are stored or summed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .text import SIZES, Number, Text, kind_of, literal
from .views import Shape, View

Body = Callable[[Text, Sequence[Number]], Sequence[Number]]
"""Writes what is computed of the numbers read; gives those that are stored, then those that are summed."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """What is made of the numbers of a loop: a sum, a product, the largest, the smallest, whether all are true, or any.

    Args:
        function: NumPy's name for it.
        kind: of the numbers, and of the result.
        view: where the results stand, seen as an array of the loop's shape: with stride 0 along the axes summed over.
    """

    function: Any
    kind: str
    view: View

    @property
    def is_array(self) -> bool:
        """Whether there is more than one result."""
        return any(self.view.strides)

    @property
    def begin(self) -> Number:
        """The result of no numbers."""
        return literal(_BEGIN[self.function], self.kind)

    def combine(self, text: Text, total: Number, number: Number) -> Number:
        """Add a number to a result."""
        kind = self.kind
        if self.function in (np.max, np.min):
            if kind not in ("double", "float"):
                raise NotImplementedError
            name = "maximum" if self.function is np.max else "minimum"
            return text.call(f"llvm.{name}.f{8 * SIZES[kind]}", [total, number], kind)
        return text.assign(f"{_COMBINE[self.function, kind]} {kind} {total.text}, {number.text}", kind)


_BEGIN = {np.sum: 0, np.prod: 1, np.max: -math.inf, np.min: math.inf, np.all: 1, np.any: 0}
_COMBINE = {
    (np.sum, "double"): "fadd reassoc",
    (np.sum, "float"): "fadd reassoc",
    (np.sum, "i64"): "add",
    (np.prod, "double"): "fmul reassoc",
    (np.prod, "float"): "fmul reassoc",
    (np.prod, "i64"): "mul",
    (np.all, "i1"): "and",
    (np.any, "i1"): "or",
}
"""In any order: the sums of several lanes are added in the end, which is more precise than one after the other."""


class Memory:
    """Where arrays are, and reading and writing their entries.

    Args:
        text: the function being written.
        pointers: by source, the name of the pointer to its first entry.
        numbers: scalars that were computed, which take no memory.
    """

    def __init__(self, text: Text, pointers: Mapping[Any, str], numbers: Mapping[Any, Number]):
        self.text = text
        self.pointers = pointers
        self.numbers = numbers

    def address(self, view: View, offset: str) -> tuple[str, str]:
        """Give the address of an entry, and its kind."""
        kind = _kind(view)
        name = self.text.name()
        stored = "i8" if kind == "i1" else kind
        self.text.line(f"{name} = getelementptr {stored}, ptr {self.pointers[view.source]}, i64 {offset}")
        return name, kind

    def read(self, view: View, offset: str, suffix: str = "") -> Number:
        """Read an entry."""
        if view.source in self.numbers:
            return self.numbers[view.source]
        address, kind = self.address(view, offset)
        if kind != "i1":
            return self.text.assign(f"load {kind}, ptr {address}, align {SIZES[kind]}{suffix}", kind)
        byte = self.text.assign(f"load i8, ptr {address}{suffix}", "i8")
        return self.text.assign(f"icmp ne i8 {byte.text}, 0", "i1")

    def write(self, view: View, offset: str, number: Number, suffix: str = "") -> None:
        """Write an entry."""
        address, kind = self.address(view, offset)
        if kind == "i1":
            number = self.text.assign(f"zext i1 {number.text} to i8", "i8")
        self.text.line(f"store {number.kind} {number.text}, ptr {address}, align {SIZES[kind]}{suffix}")


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop over arrays.

    Args:
        shape: of the loop.
        loads: what is read, views of the loop's shape.
        body: what is computed of it.
        stores: where its first results go, likewise.
        reductions: what is made of the others.
    """

    shape: Shape
    loads: Sequence[View]
    body: Body
    stores: Sequence[View] = ()
    reductions: Sequence[Reduction] = ()

    def write(self, memory: Memory, bounds: tuple[str, str] | None = None) -> list[Number | None]:
        """Write it.

        Args:
            memory: where arrays are.
            bounds: where the outermost axis begins and ends; by default, all of it.

        Returns:
            For each reduction its result, if it is one number, else None: it stands where its view says.
        """
        return _Writer(memory, self, bounds).write()

    def axes(self) -> tuple[list[int], list[list[int]]]:
        """Give the lengths of the axes that are left when those that can be are joined, and each view's strides."""
        return joined_axes(self.shape, [view.strides for view in self.views])

    @property
    def views(self) -> list[View]:
        """All that is read, stored and summed."""
        return [*self.loads, *self.stores, *(each.view for each in self.reductions)]


class _Writer:
    def __init__(self, memory: Memory, loop: Loop, bounds: tuple[str, str] | None):
        self.memory = memory
        self.text = memory.text
        self.body = loop.body
        self.loads, self.stores, self.reductions = loop.loads, loop.stores, loop.reductions
        self.lengths, self.strides = loop.axes()
        self.bounds = [("0", str(length)) for length in self.lengths]
        if bounds is not None:
            self.bounds[0] = bounds
        self.offsets = [str(view.offset) for view in loop.views]
        self.in_memory = [each.is_array for each in self.reductions]

    def write(self) -> list[Number | None]:
        text = self.text
        text.turns += math.prod(self.lengths)
        depth = len(self.lengths)
        slots = [
            self.slot(each) if depth > 1 and not kept else None
            for each, kept in zip(self.reductions, self.in_memory, strict=True)
        ]
        opened = [self.open(axis) for axis in range(depth - 1)]
        totals = self.innermost(slots)
        for index, head, after in reversed(opened):
            self.close(index, head, after)
        return [
            None if kept else text.assign(f"load {each.kind}, ptr {slot}", each.kind) if slot else total
            for each, kept, slot, total in zip(self.reductions, self.in_memory, slots, totals, strict=True)
        ]

    def slot(self, reduction: Reduction) -> str:
        """Make a place for the total of an outer loop."""
        name = self.text.allocate(reduction.kind)
        self.text.line(f"store {reduction.kind} {reduction.begin.text}, ptr {name}")
        return name

    def open(self, axis: int) -> tuple[str, str, str]:
        """Begin a loop along an axis; the offsets then are those at its index."""
        text = self.text
        head, body, after, before = text.label(), text.label(), text.label(), text.block
        text.line(f"br label %{head}")
        text.begin(head)
        index = text.name()
        following = f"{index}.next"
        text.line(f"{index} = phi i64 [{self.bounds[axis][0]}, %{before}], [{following}, %{head}.latch]")
        text.line(f"br label %{body}")
        text.begin(body)
        self.offsets = [
            self.moved(offset, index, strides[axis]) for offset, strides in zip(self.offsets, self.strides, strict=True)
        ]
        text.loops[head] = self.bounds[axis][1]
        return index, head, after

    def close(self, index: str, head: str, after: str) -> None:
        text = self.text
        text.line(f"br label %{head}.latch")
        text.begin(f"{head}.latch")
        text.line(f"{index}.next = add nuw nsw i64 {index}, 1")
        text.line(f"{index}.more = icmp ult i64 {index}.next, {text.loops[head]}")
        text.line(f"br i1 {index}.more, label %{head}, label %{after}")
        text.begin(after)

    def moved(self, offset: str, index: str, stride: int) -> str:
        """Add an index times a stride to an offset."""
        if not stride:
            return offset
        step = index if stride == 1 else self.text.assign(f"mul nsw i64 {index}, {stride}", "i64").text
        return step if offset == "0" else self.text.assign(f"add nsw i64 {offset}, {step}", "i64").text

    def innermost(self, slots: Sequence[str | None]) -> list[Number]:
        """Write the loop along the last axis; gives the totals of the reductions that are one number in it."""
        text, memory = self.text, self.memory
        count, stored = len(self.loads), len(self.stores)
        steps = [strides[-1] for strides in self.strides]
        group = text.access_group()
        suffix = f", !llvm.access.group !{group}"
        constant = {
            n: memory.read(self.loads[n], self.offsets[n])
            for n in range(count)
            if not steps[n] or self.loads[n].source in memory.numbers
        }
        is_total = [not steps[count + stored + n] for n in range(len(self.reductions))]
        head, after, before = text.label(), text.label(), text.block
        text.line(f"br label %{head}")
        text.begin(head)
        index = text.name()
        begin, end = self.bounds[-1]
        text.line(f"{index} = phi i64 [{begin}, %{before}], [{index}.next, %{head}]")
        phis = []
        for each, total in zip(self.reductions, is_total, strict=True):
            name = text.name()
            if total:
                text.line(f"{name} = phi {each.kind} [{each.begin.text}, %{before}], [{name}.next, %{head}]")
            phis.append(Number(name, each.kind))
        offsets = [self.moved(offset, index, step) for offset, step in zip(self.offsets, steps, strict=True)]
        numbers = [
            constant[n] if n in constant else memory.read(self.loads[n], offsets[n], suffix) for n in range(count)
        ]
        results = self.body(text, numbers)
        for n in range(stored):
            memory.write(self.stores[n], offsets[count + n], results[n], suffix)
        for n, (each, total, phi) in enumerate(zip(self.reductions, is_total, phis, strict=True)):
            number = results[stored + n]
            if total:
                text.line(f"{phi.text}.next = {_renamed(text, each, phi, number)}")
            else:
                offset = offsets[count + stored + n]
                before_it = memory.read(each.view, offset, suffix)
                memory.write(each.view, offset, each.combine(text, before_it, number), suffix)
        text.line(f"{index}.next = add nuw nsw i64 {index}, 1")
        text.line(f"{index}.more = icmp ult i64 {index}.next, {end}")
        text.line(f"br i1 {index}.more, label %{head}, label %{after}, !llvm.loop !{text.loop_metadata(group)}")
        text.begin(after)
        totals = [Number(f"{phi.text}.next", phi.kind) for phi in phis]
        for n, (each, total, slot) in enumerate(zip(self.reductions, is_total, slots, strict=True)):
            if not total:
                continue
            if slot:
                so_far = text.assign(f"load {each.kind}, ptr {slot}", each.kind)
                text.line(f"store {each.kind} {each.combine(text, so_far, totals[n]).text}, ptr {slot}")
            elif self.in_memory[n]:
                offset = self.offsets[count + stored + n]
                so_far = memory.read(each.view, offset)
                memory.write(each.view, offset, each.combine(text, so_far, totals[n]))
        return totals


def _renamed(text: Text, reduction: Reduction, phi: Number, number: Number) -> str:
    """Give the instruction that adds a number to a total, without the name of its result."""
    result = reduction.combine(text, phi, number)
    line = text.lines.pop()
    name, instruction = line.split(" = ", 1)
    assert name == result.text
    return instruction


def _kind(view: View) -> str:
    kind = kind_of(view.source.dtype)
    assert kind is not None
    return kind


def joined_axes(shape: Shape, strides: Sequence[Shape]) -> tuple[list[int], list[list[int]]]:
    """Make one axis of neighbouring ones that all views go through in one step, and drop those of length 1.

    >>> joined_axes((2, 3, 4), [(12, 4, 1), (0, 0, 1)])
    ([6, 4], [[4, 1], [0, 1]])
    >>> joined_axes((2, 3, 4), [(12, 4, 1), (12, 4, 1)])
    ([24], [[1], [1]])
    """
    lengths: list[int] = []
    joined: list[list[int]] = [[] for _ in strides]
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1:
            continue
        fits = bool(lengths) and all(
            each[axis] == found[0] * lengths[0] for each, found in zip(strides, joined, strict=True)
        )
        if fits:
            lengths[0] *= shape[axis]
            continue
        lengths.insert(0, shape[axis])
        for each, found in zip(strides, joined, strict=True):
            found.insert(0, each[axis])
    if not lengths:
        return [1], [[0] for _ in strides]
    return lengths, joined
