"""Loops whose work is worth several threads: each does a part of the outermost axis.

A loop becomes a function of its own, which finds in a frame what it reads of the function around it: the part's ends,
the pointers to arrays, numbers; and leaves there what it summed. Threads are made for the loop and end with it; where
none can be made, its part is done all the same.
"""

import os
from functools import cache

from .loops import Loop, Memory
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

    def write(self) -> list[Number | None]:
        name = f"part{len(self.text.functions)}"
        self.write_function(name)
        text = self.text
        frames = [text.allocate("i64", self.size) for _ in range(self.parts)]
        length = self.loop.axes()[0][0]
        for n, frame in enumerate(frames):
            self.fill(frame, n * length // self.parts, (n + 1) * length // self.parts)
        text.declarations["pthread_create"] = "declare i32 @pthread_create(ptr, ptr, ptr, ptr)"
        text.declarations["pthread_join"] = "declare i32 @pthread_join(ptr, ptr)"
        started = [self.start(name, frame) for frame in frames[1:]]
        text.line(f"call ptr @{name}(ptr {frames[0]})")
        for thread, failed, frame in started:
            self.finish(name, thread, failed, frame)
        return self.combined(frames)

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

    def fill(self, frame: str, begin: int, end: int) -> None:
        values = [
            Number(str(begin), "i64"),
            Number(str(end), "i64"),
            *(Number(self.memory.pointers[x], "ptr") for x in self.arrays),
            *(self.memory.numbers[x] for x in self.numbers),
        ]
        for n, value in enumerate(values):
            self.store(self.text, frame, n, value)

    def start(self, name: str, frame: str) -> tuple[str, str, str]:
        """Make a thread; gives where its name stands, whether that failed, and its frame."""
        thread = self.text.allocate("ptr")
        code = self.text.assign(f"call i32 @pthread_create(ptr {thread}, ptr null, ptr @{name}, ptr {frame})", "i32")
        return thread, self.text.assign(f"icmp ne i32 {code.text}, 0", "i1").text, frame

    def finish(self, name: str, thread: str, failed: str, frame: str) -> None:
        """Wait for a thread, or do its part where there is none."""
        text = self.text
        alone, wait, after = text.label(), text.label(), text.label()
        text.line(f"br i1 {failed}, label %{alone}, label %{wait}")
        text.begin(alone)
        text.line(f"call ptr @{name}(ptr {frame})")
        text.line(f"br label %{after}")
        text.begin(wait)
        made = text.assign(f"load ptr, ptr {thread}", "ptr")
        text.line(f"call i32 @pthread_join(ptr {made.text}, ptr null)")
        text.line(f"br label %{after}")
        text.begin(after)

    def combined(self, frames: list[str]) -> list[Number | None]:
        """Make one result of those of all parts."""
        found: list[Number | None] = []
        slot = self.size - len(self.totals)
        for each in self.loop.reductions:
            if each.is_array:
                found.append(None)
                continue
            results = [self.read(self.text, frame, slot, each.kind) for frame in frames]
            total = results[0]
            for result in results[1:]:
                total = each.combine(self.text, total, result)
            found.append(total)
            slot += 1
        return found

    @staticmethod
    def read(text: Text, frame: str, slot: int, kind: str) -> Number:
        address = text.assign(f"getelementptr i64, ptr {frame}, i64 {slot}", "ptr")
        return text.assign(f"load {kind}, ptr {address.text}", kind)

    @staticmethod
    def store(text: Text, frame: str, slot: int, value: Number) -> None:
        address = text.assign(f"getelementptr i64, ptr {frame}, i64 {slot}", "ptr")
        text.line(f"store {value.kind} {value.text}, ptr {address.text}")
