"""Loops whose work is worth several threads: each does a part of the outermost axis.

A loop becomes a function of its own, which finds in a frame what it reads of the function around it: the part's ends,
the pointers to arrays, numbers; and leaves there what it summed. Threads are made for the loop and end with it; where
none can be made, its part is done all the same.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache

from .loops import Loop, Memory, Reduction
from .text import Number, Text

WORTHWHILE = 200_000
"""Nanoseconds of work from which several threads pay for being made, which takes some 50,000."""


@cache
def threads() -> int:
    """Say how many threads share a loop: as many as processors, or as OMP_NUM_THREADS says.

    >>> threads() >= 1
    True
    """
    asked = os.environ.get("OMP_NUM_THREADS", "")
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(count, int(asked))) if asked.isdigit() else count


def write(memory: Memory, loop: Loop, nanoseconds: float) -> list[Number | None]:
    """Write a loop, for several threads if its work is worth that and can be divided; see `Loop.write`."""
    lengths, _ = loop.axes()
    parts = min(threads(), lengths[0])
    if nanoseconds < WORTHWHILE or parts < 2 or not _can_be_divided(loop):
        return loop.write(memory)
    return _Divided(memory, loop, parts).write()


def _can_be_divided(loop: Loop) -> bool:
    """Say whether no two parts add to the same entries."""
    _, strides = loop.axes()
    of_reductions = strides[len(loop.loads) + len(loop.stores) :]
    return all(steps[0] for reduction, steps in zip(loop.reductions, of_reductions, strict=True) if reduction.is_array)


class _Divided:
    def __init__(self, memory: Memory, loop: Loop, parts: int):
        self.memory = memory
        self.text = memory.text
        self.loop = loop
        self.parts = parts
        sources = dict.fromkeys(view.source for view in loop.views)
        self.numbers = [x for x in sources if x in memory.numbers]
        self.arrays = [x for x in sources if x not in memory.numbers and x in memory.pointers]
        self.totals = [each for each in loop.reductions if not each.is_array]
        self.size = 2 + len(self.arrays) + len(self.numbers) + len(self.totals)
        self.frames = self.text.allocate("i64", parts * self.size)
        self.threads = self.text.allocate("ptr", parts)
        self.failed = self.text.allocate("i32", parts)

    def write(self) -> list[Number | None]:
        name = f"part{len(self.text.functions)}"
        self.write_function(name)
        text = self.text
        text.declarations["pthread_create"] = "declare i32 @pthread_create(ptr, ptr, ptr, ptr)"
        text.declarations["pthread_join"] = "declare i32 @pthread_join(ptr, ptr)"
        self.for_each_part(0, self.fill)
        self.for_each_part(1, lambda number: self.start(name, number))
        text.line(f"call ptr @{name}(ptr {self.frames})")
        self.for_each_part(1, lambda number: self.finish(name, number))
        totals = (self.read(text, self.frames, slot, each.kind) for slot, each in self.slots())
        return [None if each.is_array else next(totals) for each in self.loop.reductions]

    def for_each_part(self, first: int, body: Callable[[str], None]) -> None:
        """Write what is done for each part from one on, by its number: a loop, as there may be many."""
        text = self.text
        head, after, before = text.label(), text.label(), text.block
        text.line(f"br label %{head}")
        text.begin(head)
        number = text.name()
        text.line(f"{number} = phi i64 [{first}, %{before}], [{number}.next, %{head}.latch]")
        body(number)
        text.line(f"br label %{head}.latch")
        text.begin(f"{head}.latch")
        text.line(f"{number}.next = add nuw nsw i64 {number}, 1")
        text.line(f"{number}.more = icmp ult i64 {number}.next, {self.parts}")
        text.line(f"br i1 {number}.more, label %{head}, label %{after}")
        text.begin(after)

    def frame(self, number: str) -> str:
        """Give the address of a part's frame."""
        offset = self.text.assign(f"mul nuw nsw i64 {number}, {self.size}", "i64")
        return self.text.assign(f"getelementptr i64, ptr {self.frames}, i64 {offset.text}", "ptr").text

    def slots(self) -> Iterator[tuple[int, Reduction]]:
        """Give where in a frame the result of each sum is that is one number."""
        return enumerate(self.totals, start=self.size - len(self.totals))

    def write_function(self, name: str) -> None:
        """Write the function that does a part."""
        text = Text(f"internal ptr @{name}(ptr %frame)", self.text)
        begin, end = (self.read(text, "%frame", n, "i64").text for n in range(2))
        pointers = {x: self.read(text, "%frame", 2 + n, "ptr").text for n, x in enumerate(self.arrays)}
        first = 2 + len(self.arrays)
        numbers = {
            x: self.read(text, "%frame", first + n, self.memory.numbers[x].kind) for n, x in enumerate(self.numbers)
        }
        results = self.loop.write(Memory(text, pointers, numbers), (begin, end))
        kept = [result for result in results if result is not None]
        for n, result in enumerate(kept):
            self.store(text, "%frame", first + len(self.numbers) + n, result)
        text.line("ret ptr null")

    def fill(self, number: str) -> None:
        """Write into a frame what its part reads."""
        text = self.text
        length = self.loop.axes()[0][0]
        following = text.assign(f"add nuw nsw i64 {number}, 1", "i64").text
        ends = [text.assign(f"mul nuw nsw i64 {n}, {length}", "i64").text for n in (number, following)]
        values = [
            *(text.assign(f"udiv i64 {end}, {self.parts}", "i64") for end in ends),
            *(Number(self.memory.pointers[x], "ptr") for x in self.arrays),
            *(self.memory.numbers[x] for x in self.numbers),
        ]
        frame = self.frame(number)
        for n, value in enumerate(values):
            self.store(text, frame, n, value)

    def start(self, name: str, number: str) -> None:
        """Make a thread, or note that there is none."""
        text = self.text
        thread = text.assign(f"getelementptr ptr, ptr {self.threads}, i64 {number}", "ptr").text
        failed = text.assign(f"getelementptr i32, ptr {self.failed}, i64 {number}", "ptr").text
        arguments = f"ptr {thread}, ptr null, ptr @{name}, ptr {self.frame(number)}"
        code = text.assign(f"call i32 @pthread_create({arguments})", "i32").text
        text.line(f"store i32 {code}, ptr {failed}")

    def finish(self, name: str, number: str) -> None:
        """Wait for a thread, or do its part where there is none; and add what it summed to what the first did."""
        text = self.text
        alone, wait, after = text.label(), text.label(), text.label()
        frame = self.frame(number)
        failed = text.assign(f"getelementptr i32, ptr {self.failed}, i64 {number}", "ptr").text
        code = text.assign(f"load i32, ptr {failed}", "i32").text
        is_made = text.assign(f"icmp eq i32 {code}, 0", "i1").text
        text.line(f"br i1 {is_made}, label %{wait}, label %{alone}")
        text.begin(alone)
        text.line(f"call ptr @{name}(ptr {frame})")
        text.line(f"br label %{after}")
        text.begin(wait)
        place = text.assign(f"getelementptr ptr, ptr {self.threads}, i64 {number}", "ptr").text
        thread = text.assign(f"load ptr, ptr {place}", "ptr").text
        text.line(f"call i32 @pthread_join(ptr {thread}, ptr null)")
        text.line(f"br label %{after}")
        text.begin(after)
        for slot, each in self.slots():
            total, result = (self.read(text, place, slot, each.kind) for place in (self.frames, frame))
            self.store(text, self.frames, slot, each.combine(text, total, result))

    @staticmethod
    def read(text: Text, frame: str, slot: int, kind: str) -> Number:
        address = text.assign(f"getelementptr i64, ptr {frame}, i64 {slot}", "ptr")
        return text.assign(f"load {kind}, ptr {address.text}", kind)

    @staticmethod
    def store(text: Text, frame: str, slot: int, value: Number) -> None:
        address = text.assign(f"getelementptr i64, ptr {frame}, i64 {slot}", "ptr")
        text.line(f"store {value.kind} {value.text}, ptr {address.text}")
